import type { Log, SessionStorage } from './options.ts';
import type { Store } from './store.ts';
import { createStore } from './store.ts';

/** Why nobody is signed in: never was here, signed out, was signed out from elsewhere, ran out. */
export type SignedOutReason = 'new' | 'signed_out' | 'revoked' | 'expired';

/** Whether somebody is signed in. */
export type SessionState =
  /** The storage has not answered yet. */
  | { readonly state: 'unknown' }
  | { readonly state: 'signed_out'; readonly why: SignedOutReason }
  | { readonly state: 'signed_in'; readonly userId: string; readonly expiresAt: number };

/** Where the token is kept. */
export const TOKEN_KEY = 'aist.token';
const WHY_KEY = 'aist.signed-out';
const CHANNEL = 'aist.session';

const REASONS: readonly string[] = ['signed_out', 'revoked', 'expired'] satisfies SignedOutReason[];

/** Reads who a token is for, and when it ends; the server alone checks it. */
const readToken = (token: string): { userId: string; expiresAt: number } | undefined => {
  try {
    const payload = token.split('.')[1] ?? '';
    const bytes = Uint8Array.from(atob(payload.replace(/-/g, '+').replace(/_/g, '/')), (char) =>
      char.charCodeAt(0),
    );
    const { userId, exp } = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof userId !== 'string' || typeof exp !== 'number') return undefined;
    return { userId, expiresAt: exp * 1_000 };
  } catch {
    return undefined;
  }
};

/**
 * The session of this browser. All tabs have the same one: what a tab changes it writes into the
 * storage, and the others read it from there when they are told.
 */
export class SessionKeeper {
  readonly #storage: SessionStorage;
  readonly #now: () => number;
  readonly #state = createStore<SessionState>({ state: 'unknown' });
  readonly #log: Log;
  #channel: BroadcastChannel | undefined;
  #token: string | undefined;
  /** Reads and writes of the storage, one after another. */
  #work: Promise<unknown> = Promise.resolve();

  readonly #readAgain = (): void => void this.#enqueue(() => this.#read());

  constructor(storage: SessionStorage, { now, log }: { now(): number; readonly log: Log }) {
    this.#storage = storage;
    this.#now = now;
    this.#log = log;
    this.#channel = globalThis.BroadcastChannel && new BroadcastChannel(CHANNEL);
    if (this.#channel) this.#channel.onmessage = this.#readAgain;
    // A channel keeps Node awake, and a program that only waits for tabs should end.
    (this.#channel as { unref?(): void } | undefined)?.unref?.();
    // Where tabs are in several processes, a change may be told before it can be read: the browser
    // says when it can.
    globalThis.addEventListener?.('storage', this.#readAgain);
    void this.#enqueue(() => this.#read());
  }

  get state(): Store<SessionState> {
    return this.#state;
  }

  /** The token, once the storage has answered; undefined when nobody is signed in. */
  async token(): Promise<string | undefined> {
    await this.#work;
    return this.#token;
  }

  /**
   * Keeps a new token: somebody has signed in.
   *
   * @throws {TypeError} when it is no token
   */
  async signIn(token: string): Promise<void> {
    if (!readToken(token)) throw new TypeError('signIn wants a token as the API answers it');
    await this.#enqueue(() => this.#write(token, null));
  }

  /**
   * Ends the session in all tabs.
   *
   * @param token the token that ended: a newer one stays
   */
  signOut(why: Exclude<SignedOutReason, 'new'>, token?: string): Promise<void> {
    return this.#enqueue(async () => {
      // Another tab may have signed in since.
      await this.#read();
      if (token === undefined || token === this.#token) await this.#write(null, why);
    });
  }

  dispose(): void {
    globalThis.removeEventListener?.('storage', this.#readAgain);
    this.#channel?.close();
    // An answer that comes later still ends the session, and a closed channel throws.
    this.#channel = undefined;
  }

  #enqueue(work: () => Promise<void>): Promise<void> {
    const done = this.#work.then(work);
    this.#work = done.catch(() => undefined);
    return done;
  }

  async #read(): Promise<void> {
    try {
      const [token, why] = [await this.#storage.get(TOKEN_KEY), await this.#storage.get(WHY_KEY)];
      this.#show(token, REASONS.includes(why ?? '') ? (why as SignedOutReason) : 'new');
    } catch (error) {
      this.#report(error);
      // What is known stays: it lives as long as the page.
      if (this.#state.get().state === 'unknown') this.#show(null, 'new');
    }
  }

  async #write(token: string | null, why: SignedOutReason | null): Promise<void> {
    try {
      await this.#storage.set(TOKEN_KEY, token);
      await this.#storage.set(WHY_KEY, why);
    } catch (error) {
      this.#report(error);
    }
    this.#show(token, why ?? 'new');
    this.#channel?.postMessage('changed');
  }

  /** Logs that the storage has failed, by the name of the error: its text may have the token. */
  #report(error: unknown): void {
    this.#log('storage.failed', { error: (error as Error)?.name });
  }

  #show(token: string | null, why: SignedOutReason): void {
    const read = token === null ? undefined : readToken(token);
    const isOver = read !== undefined && read.expiresAt <= this.#now();
    this.#token = read && !isOver ? (token ?? undefined) : undefined;
    const before = this.#state.get();
    const after: SessionState =
      read && !isOver
        ? { state: 'signed_in', ...read }
        : { state: 'signed_out', why: isOver ? 'expired' : why };
    if (JSON.stringify(before) !== JSON.stringify(after)) this.#state.set(after);
  }
}
