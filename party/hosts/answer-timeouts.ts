/** How long another room may take to answer, in milliseconds, as in `party/wire/post.ts`. */
const TIMEOUT_MS = 4_500;

/** How often answers that are overdue are looked for, in milliseconds. */
const CHECK_MS = 1_500;

/**
 * Waits for answers, but not for ever. One timer serves all, since a timer for each signal costs as
 * much as the signal.
 */
export class AnswerTimeouts {
  readonly #waiting = new Set<{ readonly until: number; giveUp(): void }>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * Resolves as the promise does.
   *
   * @throws when it does not settle in time
   */
  async waitFor<Value>(promise: Promise<Value>): Promise<Value> {
    const late = Promise.withResolvers<never>();
    const giveUp = () => late.reject(new Error('There is no answer in time'));
    const waiting = { until: Date.now() + TIMEOUT_MS, giveUp };
    this.#waiting.add(waiting);
    this.#timer ??= setTimeout(() => this.#giveUpOverdue(), CHECK_MS);
    try {
      return await Promise.race([promise, late.promise]);
    } finally {
      this.#waiting.delete(waiting);
    }
  }

  #giveUpOverdue(): void {
    const now = Date.now();
    for (const { until, giveUp } of this.#waiting) if (until <= now) giveUp();
    const isAny = this.#waiting.size > 0;
    this.#timer = isAny ? setTimeout(() => this.#giveUpOverdue(), CHECK_MS) : undefined;
  }
}
