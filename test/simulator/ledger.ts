import { hold } from './broken.ts';

/**
 * A signal as it was sent; its text is its name, so that it is recognised wherever it comes out.
 */
export interface Said {
  readonly name: string;
  readonly kind: 'offer' | 'answer' | 'candidate';
  readonly from: string;
  readonly to: string;
  /** Who sent it: one device in one call, since it last lost its memory. */
  readonly life: string;
  /**
   * The recipient's epoch that it is for; undefined when a legacy client sends it, which does not
   * know.
   */
  readonly epoch: number | undefined;
}

/** Everything that was sent in calls, and which of it was heard, by whom, in order. */
export class Ledger {
  readonly #hostile: ReadonlySet<string>;
  readonly said: Said[] = [];
  readonly #byName = new Map<string, Said>();
  readonly #heard = new Map<string, Said[]>();

  constructor(hostile: ReadonlySet<string>) {
    this.#hostile = hostile;
  }

  /** Records a signal and returns its name. */
  say(said: Omit<Said, 'name'>): string {
    const name = `s${this.said.length + 1}`;
    const entry = { ...said, name };
    this.said.push(entry);
    this.#byName.set(name, entry);
    return name;
  }

  /** Records that a life was handed a signal; a name that was never recorded is ignored. */
  hear(life: string, hearer: string, from: string | undefined, name: string) {
    const said = this.#byName.get(name);
    if (!said) return;
    // A client that breaks the protocol may not know to whom it speaks.
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
