import type { Client } from '../client.ts';
import type { Message } from '../contract.ts';
import type { AistError, ErrorDetails } from '../error.ts';
import { randomName } from '../random.ts';
import { isSameList } from '../store.ts';
import { isText, keep, readKept } from './kept.ts';

/** A message of mine that is under way, or was refused. */
export interface Pending {
  readonly chat: string;
  readonly clientId: string;
  readonly text: string;
  readonly attachment?: Message['attachment'];
  /** When it was written, in milliseconds by this device's clock. */
  readonly at: number;
  readonly error?: ErrorDetails<string> | undefined;
  /** What the server has of it. */
  readonly sent?: Message;
}

/** What an outbox works with, and whom it tells. */
export interface OutboxContext {
  readonly client: Client;
  readonly me: string;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Something is shown otherwise. */
  onChange(): void;
  /** The server has answered with a message. */
  onSent(chat: string, message: Message): void;
}

/** How long to wait before a message that got no answer is sent again, in milliseconds. */
const PAUSE_MS = 5_000;

/** A message that is older than this fails when no answer comes, in milliseconds. */
const GIVE_UP_MS = 3_600_000;

/** No date is later than this, in milliseconds. */
const LATEST_MS = 8_640_000_000_000_000;

/** Whether a refusal, by its status, says nothing of what was sent itself. */
export const isPassing = (status: number): boolean =>
  status === 0 || status === 401 || status === 429 || status >= 500;

const ignore = (): void => undefined;

const toList = (kept: unknown): readonly unknown[] => (Array.isArray(kept) ? kept : []);

/** Reads a message that was kept; none when it is damaged. */
const toPending = (kept: unknown): readonly Pending[] => {
  const { chat, clientId, text, at, attachment, error } = Object(kept);
  const { type, url } = Object(attachment);
  const isSound = [chat, clientId, text].every(isText) && Math.abs(at) <= LATEST_MS;
  if (!isSound) return [];
  return [
    {
      chat,
      clientId,
      text,
      at: Number(at),
      ...(isText(type) && isText(url) && { attachment: { type: type as 'image', url } }),
      ...(isText(error?.message) && { error }),
    },
  ];
};

/**
 * The messages of this tab that the server does not have yet. Those of a chat are sent one after
 * another, and are kept in the storage, each tab its own: who has the lock with the name of a tab
 * knows that the tab is gone, and takes what it left. A message that goes twice all the same is one
 * by its `clientId`.
 */
export class Outbox {
  readonly #context: OutboxContext;
  readonly #key: string;
  readonly #tab: string = randomName();
  readonly #locks: LockManager | undefined = globalThis.navigator?.locks;
  readonly #watched = new Set<string>([this.#tab]);
  /** In the order in which they are shown, and sent. */
  #entries = new Map<string, Pending>();
  readonly #promises = new Map<string, { resolve(): void; reject(error: Error): void }>();
  /** Chats of which a message is being sent, or waits for a while: then with a timer. */
  readonly #busy = new Map<string, unknown>();
  #work: Promise<unknown> = Promise.resolve();

  constructor(context: OutboxContext) {
    this.#context = context;
    this.#key = `aist.outbox.${context.me}`;
    void this.#enqueue(() => this.#hold().then(() => this.#adoptAll()));
  }

  /** The messages of a chat, as they are shown. */
  of(chat: string): readonly Pending[] {
    return [...this.#entries.values()].filter((one) => one.chat === chat);
  }

  /** Sends a message; resolves once the server has it, rejects when it fails. */
  add(pending: Pending): Promise<void> {
    const { chat, clientId } = pending;
    this.#entries.delete(clientId);
    this.#entries.set(clientId, pending);
    const done = new Promise<void>((resolve, reject) =>
      this.#promises.set(clientId, { resolve, reject }),
    );
    this.#changed();
    this.#go(chat);
    return done;
  }

  /** Sends a message once more that has failed. */
  async resend(clientId: string): Promise<void> {
    const entry = this.#entries.get(clientId);
    if (entry?.error)
      await this.add({ ...entry, error: undefined, at: this.#context.client.clock.now() });
  }

  /** Takes a message away that has failed. */
  discard(clientId: string): void {
    if (!this.#entries.get(clientId)?.error) return;
    this.#entries.delete(clientId);
    this.#changed();
  }

  /** Adds the attachment that was sent to a message that is told without it. */
  complete(message: Message): Message {
    const { attachment } = this.#entries.get(message.clientId ?? '') ?? {};
    return attachment && message.attachment ? { ...message, attachment } : message;
  }

  /** The server has a message of mine, whoever said so. */
  seen(message: Message): void {
    const { clientId = '' } = message;
    const entry = this.#entries.get(clientId);
    if (!entry || entry.sent) return;
    this.#entries.set(clientId, { ...entry, error: undefined, sent: message });
    this.#changed();
    this.#promises.get(clientId)?.resolve();
    this.#promises.delete(clientId);
  }

  /** Forgets what the chat shows by itself. */
  forget(isShown: (entry: Pending) => boolean): void {
    for (const [clientId, entry] of this.#entries)
      if (entry.sent && isShown(entry)) this.#entries.delete(clientId);
  }

  /** The network is back: what waits goes out. */
  wake(): void {
    const { clock } = this.#context.client;
    for (const [chat, timer] of this.#busy) {
      if (timer === undefined) continue;
      clock.clearTimeout(timer);
      this.#busy.delete(chat);
      this.#go(chat);
    }
    void this.#enqueue(() => this.#adoptAll());
  }

  /** Forgets all that waits, in the storage as well: somebody has signed out. */
  async clear(): Promise<void> {
    const { storage } = this.#context.client;
    this.#entries.clear();
    await this.#enqueue(async () => {
      for (const tab of await this.#tabs()) await keep(storage, `${this.#key}.${tab}`, []);
      await keep(storage, this.#key, []);
    });
  }

  /** The tabs that have left something. */
  async #tabs(): Promise<readonly string[]> {
    return toList(await readKept(this.#context.client.storage, this.#key)).filter(isText);
  }

  #enqueue(work: () => Promise<unknown>): Promise<unknown> {
    this.#work = this.#work.then(work).catch(ignore);
    return this.#work;
  }

  #changed(): void {
    void this.#enqueue(() => this.#write());
    this.#context.onChange();
  }

  /** Holds the lock of this tab as long as it lives. */
  #hold(): Promise<void> {
    const { signal } = this.#context;
    return new Promise((held) => {
      if (!this.#locks) return held();
      const hold = () => {
        held();
        return new Promise<unknown>((end) => signal.addEventListener('abort', end));
      };
      void this.#locks.request(`${this.#key}.${this.#tab}`, { signal }, hold).catch(() => held());
    });
  }

  /** Takes what tabs have left that are gone, now or as soon as they go. */
  async #adoptAll(): Promise<void> {
    const { signal } = this.#context;
    for (const tab of await this.#tabs()) {
      if (this.#watched.has(tab)) continue;
      this.#watched.add(tab);
      const adopt = () => this.#enqueue(() => this.#adopt(tab));
      if (this.#locks)
        void this.#locks.request(`${this.#key}.${tab}`, { signal }, adopt).catch(ignore);
      else void adopt();
    }
  }

  async #adopt(tab: string): Promise<void> {
    const { client, onChange } = this.#context;
    const key = `${this.#key}.${tab}`;
    const left = toList(await readKept(client.storage, key)).flatMap(toPending);
    this.#entries = new Map([
      ...left.map((entry) => [entry.clientId, entry] as const),
      ...this.#entries,
    ]);
    await this.#write(tab);
    await keep(client.storage, key, []);
    this.#watched.delete(tab);
    onChange();
    for (const { chat } of left) this.#go(chat);
  }

  /** Keeps what waits, and the list of tabs that have left something; one of them may be gone. */
  async #write(gone?: string): Promise<void> {
    const { storage } = this.#context.client;
    const left = [...this.#entries.values()].filter(({ sent }) => !sent);
    await keep(storage, `${this.#key}.${this.#tab}`, left);
    const tabs = await this.#tabs();
    const others = tabs.filter((tab) => tab !== this.#tab && tab !== gone);
    const leaving = left.length > 0 ? [...others, this.#tab] : others;
    if (!isSameList(leaving, tabs)) await keep(storage, this.#key, leaving);
  }

  #go(chat: string): void {
    const { client, signal, onSent } = this.#context;
    const next = this.of(chat).find(({ error, sent }) => !error && !sent);
    if (!next || this.#busy.has(chat) || signal.aborted) return;
    this.#busy.set(chat, undefined);
    const { clientId, text } = next;
    const attachment = next.attachment as { type: 'image'; url: string } | undefined;
    const input = { id: chat, clientId, text, ...(attachment && { attachment }) };
    client.request('sendMessage', input, { signal }).then(
      (message) => {
        this.#busy.delete(chat);
        if (signal.aborted) return;
        onSent(chat, message);
        this.seen(message);
        this.#go(chat);
      },
      (error) => this.#refused(next, error),
    );
  }

  #refused({ chat, clientId }: Pending, error: AistError): void {
    const { client, signal } = this.#context;
    this.#busy.delete(chat);
    const entry = this.#entries.get(clientId);
    if (signal.aborted) return;
    const { status = 400, retryAt = 0 } = error;
    const now = client.clock.now();
    if (entry && !entry.sent && isPassing(status) && now - entry.at < GIVE_UP_MS) {
      const again = () => {
        this.#busy.delete(chat);
        this.#go(chat);
      };
      const timer = client.clock.setTimeout(again, Math.max(retryAt - now, PAUSE_MS));
      this.#busy.set(chat, timer);
      return;
    }
    if (entry && !entry.sent) {
      const { message } = error;
      this.#entries.set(clientId, { ...entry, error: { ...error, message } });
      this.#changed();
      this.#promises.get(clientId)?.reject(error);
      this.#promises.delete(clientId);
    }
    this.#go(chat);
  }

  /** Ends what waits for its time, and for whoever waits; the signal ends the rest. */
  stop(): void {
    const { client, signal } = this.#context;
    for (const timer of this.#busy.values()) client.clock.clearTimeout(timer);
    for (const { reject } of this.#promises.values()) reject(signal.reason);
    this.#promises.clear();
  }
}
