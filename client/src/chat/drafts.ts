import type { SessionStorage } from '../options.ts';
import { isText, keep, readKept } from './kept.ts';

/** What was written and not sent, by chat; kept in the storage. */
export class Drafts {
  readonly #storage: SessionStorage;
  readonly #key: string;
  #texts: Readonly<Record<string, string>> = {};
  #work: Promise<unknown> = Promise.resolve();

  constructor(storage: SessionStorage, me: string, onChange: () => void) {
    this.#storage = storage;
    this.#key = `aist.drafts.${me}`;
    this.#enqueue(async () => {
      this.#texts = { ...(await this.#read()), ...this.#texts };
      onChange();
    });
  }

  of(chat: string): string {
    return this.#texts[chat] ?? '';
  }

  set(chat: string, text: string): void {
    if (text === this.of(chat)) return;
    this.#texts = { ...this.#texts, [chat]: text };
    // Another tab may have written drafts of other chats.
    this.#enqueue(async () => {
      const { [chat]: _, ...others } = await this.#read();
      await keep(this.#storage, this.#key, text === '' ? others : { ...others, [chat]: text });
    });
  }

  clear(): void {
    this.#enqueue(() => keep(this.#storage, this.#key, {}));
  }

  #enqueue(work: () => Promise<unknown>): void {
    this.#work = this.#work.then(work).catch(() => undefined);
  }

  async #read(): Promise<Record<string, string>> {
    const kept = Object(await readKept(this.#storage, this.#key));
    return Object.fromEntries(
      Object.entries(kept).flatMap(([chat, text]) => (isText(text) ? [[chat, text]] : [])),
    );
  }
}
