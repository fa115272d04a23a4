import { Worker } from 'node:worker_threads';
import type { LinkState } from '../../../client/src/link/state.ts';
import type { SessionState } from '../../../client/src/session.ts';
import { freshAddress } from '../../support/fresh.ts';
import type { LockOrder, LockWord, TabLocks } from './tab-locks.ts';

/** What a tab is started with; the gate is the memory that it waits on while it is frozen. */
export interface TabStart {
  readonly url: string;
  readonly gate: SharedArrayBuffer;
  readonly address: string;
}

/** What a tab is told to do. */
export type TabOrder = { readonly id: number } & (
  | { readonly do: 'signIn'; readonly token: string }
  | { readonly do: 'signOut' | 'wake' | 'close' }
  | { readonly do: 'decline'; readonly call: string }
  /** `isTold`: the page hears of it before. */
  | { readonly do: 'freeze'; readonly isTold: boolean }
);

/** What a tab hears. */
export type TabMessage =
  | TabOrder
  | { readonly storage: number; readonly value: string | null }
  | { readonly lock: LockWord };

/** What the tabs of a browser share. */
export interface Browser {
  readonly url: string;
  readonly storage: Map<string, string>;
  readonly locks: TabLocks;
  /** Hears what must never happen in a tab. */
  onFailure(reason: string): void;
}

/** What a tab shows. */
export interface Shown {
  readonly session: SessionState;
  readonly link: LinkState;
  readonly rings: readonly string[];
}

/** What a tab says. */
export type TabAnswer =
  | ({ readonly type: 'shown' } & Shown)
  | { readonly type: 'done'; readonly id: number; readonly error?: string }
  | { readonly type: 'failed'; readonly reason: string }
  | { readonly type: 'lock'; readonly order: LockOrder }
  | {
      readonly type: 'storage';
      readonly id: number;
      readonly key: string;
      readonly value: string | null | undefined;
    };

type WithoutId<Order> = Order extends unknown ? Omit<Order, 'id'> : never;

/** A tab in a thread of its own. */
export class Tab {
  shown: Shown | undefined;
  isFrozen = false;
  readonly #worker: Worker;
  readonly #locks: TabLocks;
  readonly #gate = new SharedArrayBuffer(4);
  readonly #done = new Map<number, (error: string | undefined) => void>();
  #last = 0;

  constructor(browser: Browser) {
    const { url, storage, locks } = browser;
    this.#locks = locks;
    const workerData: TabStart = { url, gate: this.#gate, address: freshAddress() };
    this.#worker = new Worker(new URL('./tab-worker.ts', import.meta.url), { workerData });
    this.#worker.on('error', (error) => browser.onFailure(String(error)));
    this.#worker.on('message', (answer: TabAnswer) => {
      if (answer.type === 'shown') this.shown = answer;
      else if (answer.type === 'failed') browser.onFailure(answer.reason);
      else if (answer.type === 'lock') locks.obey(this, answer.order);
      else if (answer.type === 'done') this.#done.get(answer.id)?.(answer.error);
      else {
        const { id, key, value } = answer;
        if (value === null) storage.delete(key);
        else if (value !== undefined) storage.set(key, value);
        this.#say({ storage: id, value: storage.get(key) ?? null });
      }
    });
  }

  hearLock(lock: LockWord): void {
    this.#say({ lock });
  }

  #say(message: TabMessage) {
    this.#worker.postMessage(message);
  }

  /** Has it do something; throws what it throws. */
  async order(order: WithoutId<TabOrder>): Promise<void> {
    const id = ++this.#last;
    const done = new Promise<string | undefined>((resolve) => this.#done.set(id, resolve));
    this.#say({ id, ...order } as TabOrder);
    const error = await done;
    if (error !== undefined) throw new Error(error);
  }

  /** Stops its thread, as a browser stops a page; resolves when it stands. */
  async freeze(isTold: boolean): Promise<void> {
    this.isFrozen = true;
    const gate = new Int32Array(this.#gate);
    void this.order({ do: 'freeze', isTold });
    const waited = Atomics.waitAsync(gate, 0, 0);
    if (waited.async) await waited.value;
  }

  thaw(): void {
    if (!this.isFrozen) return;
    this.isFrozen = false;
    const gate = new Int32Array(this.#gate);
    Atomics.store(gate, 0, 0);
    Atomics.notify(gate, 0);
  }

  /** Closes it as a person does. */
  async close(): Promise<void> {
    await this.order({ do: 'close' });
    await this.crash();
  }

  /** Ends it without a word. */
  async crash(): Promise<void> {
    this.thaw();
    await this.#worker.terminate();
    this.#locks.leave(this);
  }
}
