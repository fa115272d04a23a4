import { expect } from 'vitest';
import type * as z from 'zod';
import type { Change } from '../../../src/contract/http/sync.ts';
import { chatChanges, sync } from '../../../src/contract/http/sync.ts';
import type { User } from '../calls/people.ts';
import { newUser } from '../calls/people.ts';
import type { Answer, Api } from '../client.ts';
import { legacyToken } from '../tokens.ts';

/** A page of what changed. */
export type SyncPage = z.output<ReturnType<typeof sync.success.body>>;

/** Somebody who asks what changed. */
export class Reader {
  readonly user: User;
  readonly token: string;
  readonly #api: Api;

  constructor(api: Api, user: User, token: string) {
    this.#api = api;
    this.user = user;
    this.token = token;
  }

  get id(): string {
    return this.user.id;
  }

  /** Asks for a page, whatever the answer is. */
  ask(since?: string, limit?: number): Promise<Answer> {
    const query = new URLSearchParams({
      ...(since !== undefined && { since }),
      ...(limit !== undefined && { limit: String(limit) }),
    });
    return this.#api.send('GET', `/api/sync?${query}`, { token: this.token });
  }

  /** Asks for a page. */
  async sync(since?: string, limit?: number): Promise<SyncPage> {
    const answer = await this.ask(since, limit);
    expect(answer.status, answer.text).toBe(200);
    return sync.success.body().parse(answer.body);
  }

  /** The cursor to begin with. */
  async begin(): Promise<string> {
    return (await this.sync()).next;
  }

  /** Asks for pages until there are no more; none may be a reset. */
  async pages(since: string, limit?: number): Promise<SyncPage[]> {
    const pages: SyncPage[] = [];
    for (let next = since; ; ) {
      const page = await this.sync(next, limit);
      expect(page.reset).toBe(false);
      pages.push(page);
      if (!page.more) return pages;
      next = page.next;
    }
  }

  /** The changes of all pages. */
  async changes(since: string, limit?: number): Promise<Change[]> {
    return (await this.pages(since, limit)).flatMap(({ changes }) => changes);
  }

  /** Asks what changed in a chat. */
  async changesOf(chatId: string, since: number) {
    const path = `/api/chats/${chatId}/changes?since=${since}`;
    const answer = await this.#api.send('GET', path, { token: this.token });
    expect(answer.status, answer.text).toBe(200);
    return chatChanges.success.body().parse(answer.body);
  }
}

/** Somebody new. */
export const newReader = async (api: Api): Promise<Reader> => {
  const user = await newUser();
  return new Reader(api, user, await legacyToken(user.id));
};

/** A change in short: its kind, and what it is about. */
export const brief = (change: Change): string => {
  switch (change.type) {
    case 'message':
      return `message ${change.message.seq}: ${change.message.text}`;
    case 'chat':
      return `chat ${change.chat.name}`;
    case 'member':
      return `member ${change.member?.role ?? 'gone'}`;
    case 'read':
      return `read ${change.readSeq}`;
    case 'left':
      return 'left';
  }
};
