/**
 * A clock that moves only from task to task, with a queue of tasks. Times are milliseconds since
 * 1970.
 */
export class Clock {
  now = 1_800_000_000_000;
  /** The latest first; of two with the same time, the one that was queued last comes first. */
  readonly #tasks: { readonly at: number; readonly run: () => void }[] = [];

  /** Queues a task after `ms`, behind all tasks that are queued for that time already. */
  in(ms: number, run: () => void) {
    this.at(this.now + ms, run);
  }

  /** Queues a task for a time; a time in the past means now. */
  at(time: number, run: () => void) {
    const at = Math.max(time, this.now);
    let index = this.#tasks.length;
    while (index > 0 && (this.#tasks[index - 1]?.at ?? at) <= at) index -= 1;
    this.#tasks.splice(index, 0, { at, run });
  }

  /** Advances the clock by `ms` and runs every task that falls into this time. */
  pass(ms: number) {
    for (let left = this.passOne(ms); left !== undefined; left = this.passOne(left));
  }

  /**
   * Runs the first task of the next `ms`, and answers how much of this time is left; without a task
   * all of it passes.
   */
  passOne(ms: number): number | undefined {
    const end = this.now + ms;
    const next = this.#tasks.at(-1);
    if (!next || next.at > end) {
      this.now = end;
      return undefined;
    }
    this.#tasks.pop();
    this.now = next.at;
    next.run();
    return end - next.at;
  }
}
