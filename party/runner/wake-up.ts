import type { Host } from './host.ts';

/** When a room is woken: by the host's alarm, which outlives it, and by a timer, which does not. */
export class WakeUp {
  readonly #host: Pick<Host, 'now' | 'setAlarm'>;
  readonly #onTimer: () => void;
  #alarmAt: number | null = null;
  #timer: { readonly at: number; readonly id: ReturnType<typeof setTimeout> } | null = null;

  constructor(host: Pick<Host, 'now' | 'setAlarm'>, onTimer: () => void) {
    this.#host = host;
    this.#onTimer = onTimer;
  }

  /** Notes when the alarm goes off; null = it has gone off, or was deleted. */
  noteAlarm(at: number | null): void {
    this.#alarmAt = at;
  }

  /**
   * Has the alarm go off then at the latest. An earlier alarm stays: a room that is woken too early
   * sets the alarm again, which is cheaper than setting it with every frame.
   */
  setAlarm(at: number): void {
    if (this.#alarmAt !== null && this.#alarmAt <= at) return;
    this.#alarmAt = at;
    this.#host.setAlarm(at);
  }

  /** Has the timer go off then, or earlier if it is set already; undefined = never. */
  setTimer(at: number | undefined): void {
    if (at !== undefined && this.#timer && this.#timer.at <= at) return;
    if (this.#timer) clearTimeout(this.#timer.id);
    this.#timer = null;
    if (at === undefined) return;
    const id = setTimeout(() => {
      this.#timer = null;
      this.#onTimer();
    }, at - this.#host.now());
    this.#timer = { at, id };
  }
}
