/** How long another room may take to answer, in milliseconds, as `party/wire/post.ts` has it. */
const PATIENCE_MS = 4_500;

/** How often those that took too long are looked for, in milliseconds. */
const LOOK_MS = 1_500;

/** Waits for others, but not for ever: with one timer for all, since a timer for each signal costs as much as the signal. */
export class Patience {
  readonly #waiting = new Set<{ readonly until: number; giveUp(): void }>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * What is promised.
   *
   * @throws when it does not come in time
   */
  async waitFor<Value>(promise: Promise<Value>): Promise<Value> {
    const late = Promise.withResolvers<never>();
    const giveUp = () => late.reject(new Error('There is no answer in time'));
    const one = { until: Date.now() + PATIENCE_MS, giveUp };
    this.#waiting.add(one);
    this.#timer ??= setTimeout(() => this.#look(), LOOK_MS);
    try {
      return await Promise.race([promise, late.promise]);
    } finally {
      this.#waiting.delete(one);
    }
  }

  #look(): void {
    const now = Date.now();
    for (const { until, giveUp } of this.#waiting) if (until <= now) giveUp();
    this.#timer = this.#waiting.size > 0 ? setTimeout(() => this.#look(), LOOK_MS) : undefined;
  }
}
