import type { CallReport } from './types.ts';

/** How many lines a timeline keeps: the first ones and the last ones. */
const KEPT_FIRST = 50;
const KEPT_LAST = 150;

/** What may stand in a timeline: words of ours, and numbers. */
const WORD = /^[a-z][a-z0-9_]{0,31}$/;

/** What happened in a call, in words that name nobody. */
export class Timeline {
  readonly #began: number;
  readonly #now: () => number;
  readonly #first: { at: number; what: string }[] = [];
  readonly #last: { at: number; what: string }[] = [];

  constructor(now: () => number) {
    this.#now = now;
    this.#began = now();
  }

  /** Adds a line; what is no word of ours is left out, since it might name somebody. */
  note(...words: readonly (string | number)[]): void {
    const known = words.map(String).filter((word) => WORD.test(word) || /^-?\d{1,9}$/.test(word));
    const line = { at: Math.round(this.#now() - this.#began), what: known.join(' ') };
    if (this.#first.length < KEPT_FIRST) this.#first.push(line);
    else this.#last.push(line);
    if (this.#last.length > KEPT_LAST) this.#last.shift();
  }

  get lines(): CallReport['timeline'] {
    return [...this.#first, ...this.#last];
  }
}
