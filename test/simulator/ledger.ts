import { hold } from './broken.ts';

/** A signal as it was said; its text is its name, so that it is known again wherever it comes out. */
export interface Said {
  readonly name: string;
  readonly kind: 'offer' | 'answer' | 'candidate';
  readonly from: string;
  readonly to: string;
  /** Who said it: one device in one call, since it last forgot. */
  readonly life: string;
  /** For which epoch of the recipient; undefined where an old client does not know. */
  readonly epoch: number | undefined;
}

/** Everything that was said in calls, and what of it was heard, by whom, in order. */
export class Ledger {
  readonly #hostile: ReadonlySet<string>;
  readonly said: Said[] = [];
  readonly #byName = new Map<string, Said>();
  readonly #heard = new Map<string, Said[]>();

  constructor(hostile: ReadonlySet<string>) {
    this.#hostile = hostile;
  }

  /** Notes a signal, and names it. */
  say(said: Omit<Said, 'name'>): string {
    const name = `s${this.said.length + 1}`;
    const entry = { ...said, name };
    this.said.push(entry);
    this.#byName.set(name, entry);
    return name;
  }

  /** Notes that a life was handed a signal of somebody; what is none of this world's is not looked at. */
  hear(life: string, hearer: string, from: string | undefined, name: string) {
    const said = this.#byName.get(name);
    if (!said) return;
    // One who breaks the protocol may not know whom it speaks to.
    const isRight =
      (said.to === hearer && from === (from && said.from)) || this.#hostile.has(said.from);
    hold(isRight, () => `${hearer} hears from ${from} what ${said.from} said to ${said.to}`);
    this.#heard.set(life, [...this.heardBy(life), said]);
  }

  /** All that a life was handed. */
  heardBy(life: string): readonly Said[] {
    return this.#heard.get(life) ?? [];
  }

  /** All lives that were handed something. */
  get hearers(): Iterable<readonly [string, readonly Said[]]> {
    return this.#heard;
  }
}
