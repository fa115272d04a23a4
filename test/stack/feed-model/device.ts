import * as z from 'zod';
import { Chat, Member } from '../../../src/contract/http/chats.ts';
import { Message } from '../../../src/contract/http/messages.ts';
import type { Change } from '../../../src/contract/http/sync.ts';
import { sync } from '../../../src/contract/http/sync.ts';
import type { Answer, Api } from '../../support/client.ts';

/** A chat as a device has it. */
export interface Known {
  /** Undefined while only messages of it have come: the chat itself is later on the same page. */
  chat: Chat | undefined;
  readonly messages: Map<number, Message>;
  readonly members: Map<string, Member>;
}

/** Is told of every message that a device was shown. */
export type OnShown = (chatId: string, message: Message) => void;

/**
 * A client that follows the documentation: it reads everything once, and from then on believes what
 * sync tells.
 */
export class Device {
  readonly chats = new Map<string, Known>();
  /** Every cursor that it was given, the last one last. */
  readonly #cursors: string[] = [];
  readonly #api: Api;
  readonly #token: string;
  readonly userId: string;
  onShown: OnShown = () => undefined;
  /** What the device does goes one after another. */
  #work: Promise<unknown> = Promise.resolve();

  constructor(api: Api, userId: string, token: string) {
    this.#api = api;
    this.userId = userId;
    this.#token = token;
  }

  /** Asks for one page, from the last cursor or an earlier one; says whether there is more. */
  sync(limit: number, back: number): Promise<boolean> {
    const work = this.#work.then(() => this.#page(limit, back));
    this.#work = work.catch(() => undefined);
    return work;
  }

  /** Asks until there is no more, from the last cursor or an earlier one. */
  async catchUp(limit: number, back = 0): Promise<void> {
    for (let more = await this.sync(limit, back); more; more = await this.sync(limit, 0)) {}
  }

  async #page(limit: number, back: number): Promise<boolean> {
    const since = this.#cursors.at(-1 - Math.min(back, Math.max(0, this.#cursors.length - 1)));
    const query = `limit=${limit}${since === undefined ? '' : `&since=${since}`}`;
    const page = sync.success.body().parse(await this.#get(`/api/sync?${query}`));
    if (page.reset !== (since === undefined)) throw new Error('a reset that nobody expected');
    // Numbers only grow, and the cursor stands at the last one.
    const numbers = page.changes.map(({ n }) => n);
    if (numbers.some((n, index) => n <= (numbers[index - 1] ?? 0))) throw new Error('out of order');
    if (numbers.some((n) => n > page.n)) throw new Error('behind the cursor');
    if (page.reset) await this.#readAll();
    for (const change of page.changes) await this.#apply(change);
    this.#cursors.push(page.next);
    return page.more;
  }

  async #get(path: string): Promise<unknown> {
    const answer: Answer = await this.#api.send('GET', path, { token: this.#token });
    const { status, text } = answer;
    if (status >= 500) throw new Error(`${path}: ${status} ${text}`);
    if (status !== 200) throw new Refusal(`${path}: ${status} ${text}`);
    return answer.body;
  }

  async #readAll(): Promise<void> {
    const chats = z.array(Chat()).parse(await this.#get('/api/chats'));
    for (const chat of chats) await this.#readChat(chat);
  }

  /** Reads what is not told: the members, and the messages from before. */
  async #readChat(chat: Chat): Promise<void> {
    const known = this.#known(chat.id);
    known.chat = chat;
    try {
      for (const message of await readMessages((path) => this.#get(path), chat.id)) {
        this.#show(chat.id, message);
      }
      await this.#readMembers(chat);
    } catch (error) {
      // Somebody takes them out at this moment: `left` follows.
      if (!(error instanceof Refusal)) throw error;
    }
  }

  async #readMembers(chat: Chat): Promise<void> {
    const known = this.#known(chat.id);
    known.members.clear();
    if (!canListMembers(chat)) return;
    for (const member of await readMembers((path) => this.#get(path), chat.id)) {
      known.members.set(member.userId, member);
    }
  }

  #known(chatId: string): Known {
    const known = this.chats.get(chatId) ?? {
      chat: undefined,
      messages: new Map(),
      members: new Map(),
    };
    this.chats.set(chatId, known);
    return known;
  }

  #show(chatId: string, message: Message): void {
    this.onShown(chatId, message);
    const known = this.#known(chatId).messages;
    // What was read anew is newer than the rest of the page.
    if ((known.get(message.seq)?.version ?? 0) <= message.version) known.set(message.seq, message);
  }

  async #apply(change: Change): Promise<void> {
    switch (change.type) {
      case 'message':
        return this.#show(change.chatId, change.message);
      case 'left':
        return void this.chats.delete(change.chatId);
      case 'chat': {
        const known = this.#known(change.chatId);
        const before = known.chat;
        known.chat = change.chat;
        const { role, readSeq } = change.chat;
        const me = known.members.get(this.userId);
        if (me) known.members.set(this.userId, { ...me, role, readSeq });
        if (!before) return this.#readChat(change.chat);
        if (canListMembers(before) !== canListMembers(change.chat))
          await this.#readMembers(change.chat).catch(ignoreRefusal);
        return;
      }
      case 'member': {
        const { members } = this.#known(change.chatId);
        if (change.member) members.set(change.userId, change.member);
        else members.delete(change.userId);
        return;
      }
      case 'read': {
        const { chat, members } = this.#known(change.chatId);
        const member = members.get(change.userId);
        if (member) members.set(change.userId, { ...member, readSeq: change.readSeq });
        if (chat && change.userId === this.userId) chat.readSeq = change.readSeq;
      }
    }
  }
}

/** An answer that refused what was asked for. */
class Refusal extends Error {}

const ignoreRefusal = (error: unknown): void => {
  if (!(error instanceof Refusal)) throw error;
};

/** Whether the members of a chat are shown to this member of it [M31]. */
export const canListMembers = ({ type, role }: Chat): boolean =>
  type !== 'channel' || role === 'admin';

/** Reads all messages of a chat, deleted ones too, oldest first. */
export const readMessages = async (
  get: (path: string) => Promise<unknown>,
  chatId: string,
): Promise<Message[]> => {
  const messages: Message[] = [];
  for (let before: number | undefined; before !== 1; before = messages[0]?.seq ?? 1) {
    const query = before === undefined ? '' : `&before=${before}`;
    const page = await get(`/api/chats/${chatId}/messages?limit=100${query}`);
    const read = z.array(Message).parse(page);
    messages.unshift(...read);
    if (read.length < 100) break;
  }
  return messages;
};

/** Reads all members of a chat. */
export const readMembers = async (
  get: (path: string) => Promise<unknown>,
  chatId: string,
): Promise<Member[]> => {
  const Page = z.object({ members: z.array(Member()) });
  return Page.parse(await get(`/api/chats/${chatId}/members`)).members;
};
