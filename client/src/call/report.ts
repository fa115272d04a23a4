import type { Received } from './quality.ts';
import { lostShare } from './quality.ts';
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

/** How browsers name themselves; where there are several, the last one is meant. */
const BROWSERS = /\b(Chrome|Firefox|Version|Edg|OPR|YaBrowser)\/\d{1,4}/g;

const NAMES: Readonly<Record<string, string>> = {
  Version: 'Safari',
  Edg: 'Edge',
  OPR: 'Opera',
  YaBrowser: 'Yandex',
};

const SYSTEMS = ['Android', 'iPhone', 'iPad', 'Windows', 'Mac OS', 'CrOS', 'Linux'] as const;

/** Names browser and system, in words of a list: the browser's own text can tell people apart. */
export const namePlatform = (userAgent: string): string => {
  const [name = 'another', version = 'browser'] =
    userAgent.match(BROWSERS)?.at(-1)?.split('/') ?? [];
  const system = SYSTEMS.find((one) => userAgent.includes(one));
  return `${NAMES[name] ?? name} ${version}, ${system ?? 'another system'}`;
};

const NOTHING = { at: 0, packets: 0, lost: 0 } as Received;

/** What a report says of somebody's media: nothing that tells who or where they are. */
export const describeMedia = (read: Received | undefined): CallReport['people'][number] => {
  const lost = read && lostShare(NOTHING, read);
  return {
    route: read?.route ?? 'unknown',
    roundTripMs: read?.roundTripMs,
    lostPercent: lost === undefined ? undefined : Math.round(lost * 1_000) / 10,
    codecs: read?.codecs ?? [],
    framesDecoded: read?.frames ?? 0,
    audioSeconds: Math.round((read?.audioSeconds ?? 0) * 10) / 10,
  };
};
