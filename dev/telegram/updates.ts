import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Update } from 'grammy/types';
import { isLoopbackHost } from '../loopback.ts';

/** A registered webhook. */
export interface Webhook {
  url: string;
  /** Sent with every update as `X-Telegram-Bot-Api-Secret-Token`. */
  secretToken?: string;
  /** The kinds of updates; unset means Telegram's default set. */
  allowedUpdates?: string[];
  maxConnections: number;
}

/** An update that has no id yet. */
export type News =
  | Pick<Update, 'message'>
  | Pick<Update, 'callback_query'>
  | Pick<Update, 'my_chat_member'>;

/**
 * The pauses before an update is tried again, in milliseconds; then it is lost. Telegram waits
 * longer, and tries for a day.
 */
const PAUSES_MS = [100, 300, 900];

/** How long the webhook may take to answer, in milliseconds: about Telegram's own limit. */
const ANSWER_MS = 60_000;

/** How many updates wait for a webhook; of more the oldest are lost. */
const MAX_PENDING = 100;

interface Pending {
  readonly update: Update;
  readonly settle: (delivered: boolean) => void;
}

/**
 * Brings updates to the bot's webhook one after another, each until the webhook answered 2xx or the
 * last try failed.
 */
export class Updates {
  readonly #clock: () => number;
  readonly #closed = new AbortController();
  readonly #queue: Pending[] = [];
  #webhook: Webhook | undefined;
  #busy = false;
  #lastError: { last_error_date: number; last_error_message: string } | undefined;
  /**
   * The last id. It begins at a random number, as Telegram's do, so that a bot which remembers the
   * updates of an earlier run takes none of these for one of those.
   */
  #lastId = randomInt(100_000_000, 900_000_000);

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** Returns the registered webhook. */
  get webhook(): Webhook | undefined {
    return this.#webhook;
  }

  /** Returns what getWebhookInfo tells of the deliveries. */
  get state() {
    return { pending_update_count: this.#queue.length, ...this.#lastError };
  }

  /** Registers a webhook, or none; waiting updates go there. */
  register(webhook: Webhook | undefined): void {
    this.#webhook = webhook;
    this.#lastError = undefined;
    void this.#run();
  }

  /** Drops the waiting updates. */
  drop(): void {
    for (const { settle } of this.#queue.splice(0)) settle(false);
  }

  /**
   * Queues an update. Resolves to whether it arrived, or to false at once where there is no
   * webhook; the update waits for one then.
   */
  push(news: News): Promise<boolean> {
    const update = { update_id: ++this.#lastId, ...news };
    return new Promise((settle) => {
      this.#queue.push({ update, settle });
      if (!this.#webhook) settle(false);
      if (this.#queue.length > MAX_PENDING) this.#queue.shift()?.settle(false);
      void this.#run();
    });
  }

  /** Ends all deliveries. */
  close(): void {
    this.#closed.abort();
    this.drop();
  }

  async #run(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    for (let next = this.#queue[0]; next && this.#webhook; next = this.#queue[0]) {
      const delivered = await this.#deliver(next.update);
      next.settle(delivered);
      if (this.#queue[0] === next) this.#queue.shift();
    }
    this.#busy = false;
  }

  async #deliver(update: Update): Promise<boolean> {
    const [, kind = ''] = Object.keys(update);
    for (const pause of [0, ...PAUSES_MS]) {
      if (pause)
        await delay(pause, undefined, { signal: this.#closed.signal }).catch(() => undefined);
      const webhook = this.#webhook;
      if (!webhook || this.#closed.signal.aborted) return false;
      if (webhook.allowedUpdates && !webhook.allowedUpdates.includes(kind)) return false;
      const failure = await this.#post(webhook, update);
      if (failure === undefined) return true;
      this.#lastError = {
        last_error_date: Math.floor(this.#clock() / 1000),
        last_error_message: failure,
      };
    }
    return false;
  }

  /** Tries once. Returns what went wrong, in Telegram's words where it has some. */
  async #post({ url, secretToken }: Webhook, update: Update): Promise<string | undefined> {
    if (!isLoopbackHost(URL.parse(url)?.host))
      return 'Not a loopback address: the stand-in sends nothing elsewhere';
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(secretToken !== undefined && { 'x-telegram-bot-api-secret-token': secretToken }),
        },
        body: JSON.stringify(update),
        redirect: 'error',
        signal: AbortSignal.any([this.#closed.signal, AbortSignal.timeout(ANSWER_MS)]),
      });
      await response.body?.cancel();
      return response.ok
        ? undefined
        : `Wrong response from the webhook: ${response.status} ${response.statusText}`.trim();
    } catch {
      return 'Connection failed';
    }
  }
}
