import { EMOJI } from './emoji.ts';

/** What goes over the data channel until both sides know the four emoji. */
export type SafetyMessage =
  /** The committing side: the hash of its nonce, before it has seen the other's. */
  | { readonly type: 'commit'; readonly hash: string }
  /** The other side: its nonce, which it chose before it could know the first one's. */
  | { readonly type: 'nonce'; readonly nonce: string }
  /** The committing side: its nonce. */
  | { readonly type: 'reveal'; readonly nonce: string };

/** The two ends of one connection, as this side knows them. */
export interface SafetyEnds {
  readonly call: string;
  /** The fingerprints of both certificates, see fingerprint.ts. */
  readonly fingerprints: readonly [mine: string, theirs: string];
  /** Whether this side commits: the one that offers. */
  readonly commits: boolean;
}

const COMMIT = 'aist call safety commit 1';
const SHOW = 'aist call safety emoji 1';
const HEX = /^[0-9a-f]{64}$/;
const SHOWN = 4;

const toHex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

/** Hashes lines: none of them can hold a line break, so no two lists have the same text. */
const hash = async (...lines: readonly string[]): Promise<Uint8Array> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(lines.join('\n'))));

/** Hashes a nonce so that it can be promised before it is told. */
export const commitTo = async (nonce: string): Promise<string> => toHex(await hash(COMMIT, nonce));

/** Which four emoji both ends show. `nonces`: the committing side's first. */
export const pickEmoji = async (
  { call, fingerprints }: Pick<SafetyEnds, 'call' | 'fingerprints'>,
  nonces: readonly [string, string],
): Promise<readonly string[]> => {
  const digest = await hash(SHOW, call, ...[...fingerprints].sort(), ...nonces);
  return Array.from(digest.subarray(0, SHOWN), (byte) => EMOJI[byte] ?? '');
};

/**
 * One exchange over one connection, once: whoever stands in the middle gets one guess among 2^32. A
 * message that does not fit the order ends it without emoji.
 */
export class SafetyExchange {
  readonly #ends: SafetyEnds;
  readonly #send: (message: SafetyMessage) => void;
  readonly #nonce = toHex(crypto.getRandomValues(new Uint8Array(32)));
  /** What may come next; undefined when nothing may. */
  #awaited: SafetyMessage['type'] | undefined;
  #commitment = '';

  constructor(ends: SafetyEnds, send: (message: SafetyMessage) => void) {
    this.#ends = ends;
    this.#send = send;
    this.#awaited = ends.commits ? 'nonce' : 'commit';
  }

  /** Begins, if this side commits. */
  async begin(): Promise<void> {
    if (!this.#ends.commits) return;
    const hash = await commitTo(this.#nonce);
    this.#send({ type: 'commit', hash });
  }

  /** Takes a message of the other side; returns the emoji once they are known. */
  async hear(message: SafetyMessage): Promise<readonly string[] | undefined> {
    const isAwaited = message.type === this.#awaited;
    const value = message.type === 'commit' ? message.hash : message.nonce;
    this.#awaited = undefined;
    if (!isAwaited || typeof value !== 'string' || !HEX.test(value)) return undefined;
    if (message.type === 'commit') {
      this.#commitment = value;
      this.#awaited = 'reveal';
      this.#send({ type: 'nonce', nonce: this.#nonce });
      return undefined;
    }
    // Its own nonce back would let the other side choose what both are.
    if (value === this.#nonce) return undefined;
    if (message.type === 'nonce') {
      this.#send({ type: 'reveal', nonce: this.#nonce });
      return pickEmoji(this.#ends, [this.#nonce, value]);
    }
    if ((await commitTo(value)) !== this.#commitment) return undefined;
    return pickEmoji(this.#ends, [value, this.#nonce]);
  }
}
