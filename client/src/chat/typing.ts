import type { Clock } from '../options.ts';

/** For how long somebody is shown as writing, in milliseconds. */
const TYPING_MS = 6_000;

/** Who is writing, by chat. */
export class Typing {
  readonly #clock: Clock;
  readonly #onChange: () => void;
  readonly #timers = new Map<string, Map<string, unknown>>();

  constructor(clock: Clock, onChange: () => void) {
    this.#clock = clock;
    this.#onChange = onChange;
  }

  /** The ids of those who write in a chat. */
  in(chat: string): readonly string[] {
    return [...(this.#timers.get(chat)?.keys() ?? [])];
  }

  begin(chat: string, user: string): void {
    const timers = this.#timers.get(chat) ?? new Map<string, unknown>();
    this.#timers.set(chat, timers);
    this.#clock.clearTimeout(timers.get(user));
    timers.set(
      user,
      this.#clock.setTimeout(() => {
        timers.delete(user);
        this.#onChange();
      }, TYPING_MS),
    );
    this.#onChange();
  }

  /** Their message has come. */
  end(chat: string, user: string): void {
    const timers = this.#timers.get(chat);
    this.#clock.clearTimeout(timers?.get(user));
    timers?.delete(user);
  }

  stop(): void {
    for (const timers of this.#timers.values())
      for (const timer of timers.values()) this.#clock.clearTimeout(timer);
  }
}
