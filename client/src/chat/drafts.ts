import type { SessionStorage } from '../options.ts';

/** What was written and not sent, by chat; kept in the storage. */
export class Drafts {
  readonly #storage: SessionStorage;
  readonly #key: string;
  #texts: Readonly<Record<string, string>> = {};
  #work: Promise<unknown>;

  constructor(storage: SessionStorage, me: string, onChange: () => void) {
    this.#storage = storage;
    this.#key = `aist.drafts.${me}`;
    this.#work = this.#read().then((kept) => {
      this.#texts = { ...kept, ...this.#texts };
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
      const kept = text === '' ? others : { ...others, [chat]: text };
      const json = Object.keys(kept).length > 0 ? JSON.stringify(kept) : null;
      await this.#storage.set(this.#key, json);
    });
  }

  clear(): void {
    this.#enqueue(async () => this.#storage.set(this.#key, null));
  }

  #enqueue(work: () => Promise<unknown>): void {
    this.#work = this.#work.then(work).catch(() => undefined);
  }

  async #read(): Promise<Record<string, string>> {
    try {
      return { ...JSON.parse((await this.#storage.get(this.#key)) ?? '{}') };
    } catch {
      return {};
    }
  }
}
