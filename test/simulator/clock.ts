/** A clock that stands still between what happens, and a queue of what is to happen. Times are milliseconds since 1970. */
export class Clock {
  now = 1_800_000_000_000;
  /** The latest first; of the same time the last to be put in. */
  readonly #tasks: { readonly at: number; readonly run: () => void }[] = [];

  /** Has something happen after so many milliseconds, behind all that happens at that time already. */
  in(ms: number, run: () => void) {
    this.at(this.now + ms, run);
  }

  /** Has something happen at a time; at once where that is over. */
  at(time: number, run: () => void) {
    const at = Math.max(time, this.now);
    let index = this.#tasks.length;
    while (index > 0 && (this.#tasks[index - 1]?.at ?? at) <= at) index -= 1;
    this.#tasks.splice(index, 0, { at, run });
  }

  /** Lets so much time pass, and all happen that falls into it. */
  pass(ms: number) {
    const end = this.now + ms;
    for (;;) {
      const next = this.#tasks.at(-1);
      if (!next || next.at > end) break;
      this.#tasks.pop();
      this.now = next.at;
      next.run();
    }
    this.now = end;
  }
}
