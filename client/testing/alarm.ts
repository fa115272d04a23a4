import type { Clock } from '../src/options.ts';

/** Timers are set for at most an hour, since platforms cannot count beyond 25 days. */
const LONGEST_MS = 3_600_000;

/** Wakes somebody at a time, which can be changed. */
export class Alarm {
  readonly #clock: Clock;
  readonly #ring: () => void;
  #timer: unknown;
  #at: number | undefined;

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  /** When it goes off, in milliseconds since 1970. */
  get at(): number | undefined {
    return this.#at;
  }

  /** Has it go off then and at no other time; undefined = never. */
  set(at: number | undefined): void {
    this.#clock.clearTimeout(this.#timer);
    this.#at = at;
    if (at === undefined) return;
    const left = Math.max(0, at - this.#clock.now());
    this.#timer = this.#clock.setTimeout(() => this.#look(at), Math.min(left, LONGEST_MS));
  }

  #look(at: number): void {
    const isDue = this.#clock.now() >= at;
    this.set(isDue ? undefined : at);
    if (isDue) this.#ring();
  }
}
