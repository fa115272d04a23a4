import type * as z from 'zod';
import type { Chat } from '../../../src/contract/http/chats.ts';
import { listChats, listMembers } from '../../../src/contract/http/chats.ts';
import type { Message } from '../../../src/contract/http/messages.ts';
import { listMessages } from '../../../src/contract/http/messages.ts';
import type { Change } from '../../../src/contract/http/sync.ts';
import { sync } from '../../../src/contract/http/sync.ts';
import { InboxServerFrame } from '../../../src/contract/sockets/inbox.ts';
import type { Device, InboxLine } from '../calls/device.ts';

/** A chat as a device has it. */
export interface LocalChat {
  readonly chat: Chat;
  readonly messages: Map<number, Message>;
  /** The mark and the role of each member; of a channel only admins know them. */
  readonly members: Map<string, { readonly role: string; readonly readSeq: number }>;
}

/**
 * A client of chats as docs/protocol.md describes it: it subscribes, then fetches, takes frames
 * that follow its number, and asks sync for all others. It loses frames when it is told to.
 */
export class ChatDevice {
  readonly chats = new Map<string, LocalChat>();
  /** Every message that was ever shown here, as `<chat>:<seq>`. */
  readonly shown = new Set<string>();
  readonly device: Device;
  /** Whether frames are lost on their way. */
  deaf = false;
  #cursor: string | undefined;
  #n = 0;
  #line: InboxLine | undefined;
  /** One thing at a time: a sync and the frames that come meanwhile. */
  #work: Promise<unknown> = Promise.resolve();
  #failure: unknown;

  constructor(device: Device) {
    this.device = device;
  }

  get userId(): string {
    return this.device.user.id;
  }

  /** Opens the inbox, and fetches what it missed once it is told of what comes. */
  async wake(): Promise<void> {
    if (this.#line) return;
    const ticket = await this.device.inboxTicket();
    const line = await this.device.enter(ticket, InboxServerFrame, (frame) => {
      if (this.#line === line || this.#line === undefined) this.#take(frame);
    });
    this.#line = line;
    line.say({ type: 'hello', version: 1, since: this.#n });
    await line.next({ type: 'welcome' });
    await this.settle();
  }

  /** Loses its connection without a word. */
  sleep(): void {
    this.#line?.drop();
    this.#line = undefined;
  }

  /** Asks sync, whatever it knows. */
  catchUp(): Promise<void> {
    return this.#enqueue(() => this.#sync());
  }

  /** Waits until all that came has been dealt with. */
  async settle(): Promise<void> {
    await this.#work;
    if (this.#failure) throw this.#failure;
  }

  /** What the device shows, in an order that does not depend on how it came. */
  view(): object {
    return [...this.chats]
      .map(([id, { chat, messages, members }]) => ({
        id,
        name: chat.name,
        role: chat.role,
        readSeq: chat.readSeq,
        fromSeq: chat.fromSeq,
        messages: [...messages.values()]
          .map(({ seq, text, deleted, editedAt, senderId }) => [
            seq,
            senderId,
            deleted ? 'deleted' : text,
            editedAt ?? '',
          ])
          .toSorted(([one], [other]) => Number(one) - Number(other)),
        // The members of a channel are not read here: most may not see them.
        members: [...(chat.type === 'channel' ? [] : members)].toSorted(([one], [other]) =>
          one < other ? -1 : 1,
        ),
      }))
      .toSorted((one, other) => (one.id < other.id ? -1 : 1));
  }

  #enqueue(work: () => Promise<void>): Promise<void> {
    const done = this.#work.then(work);
    this.#work = done.catch((error) => {
      this.#failure ??= error;
    });
    return done;
  }

  #take(frame: InboxServerFrame): void {
    if (this.deaf) return;
    if (frame.type === 'welcome') {
      this.#enqueue(async () => {
        if (frame.n === undefined || frame.n !== this.#n) await this.#sync();
      });
    } else if (frame.type === 'message' || frame.type === 'change') {
      this.#enqueue(async () => {
        const { n } = frame;
        if (n !== undefined && n <= this.#n) return;
        const known = frame.type === 'message' && this.chats.has(frame.chat);
        if (!known || n !== this.#n + 1 || !frame.message) await this.#sync();
        else {
          this.#n = n;
          this.#show(frame.chat, frame.message);
        }
      });
    }
  }

  async #ask<Body extends z.ZodType>(path: string, body: Body): Promise<z.output<Body>> {
    const answer = await this.device.send('GET', path);
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${answer.text}`);
    return body.parse(JSON.parse(answer.text));
  }

  async #sync(): Promise<void> {
    for (let more = true; more; ) {
      const since = this.#cursor === undefined ? '' : `?since=${this.#cursor}`;
      const page = await this.#ask(`/api/sync${since}`, sync.success.body);
      if (page.reset) {
        this.chats.clear();
        for (const chat of await this.#ask('/api/chats', listChats.success.body))
          await this.#load(chat);
      }
      for (const change of page.changes) await this.#apply(change);
      this.#cursor = page.next;
      this.#n = page.n;
      ({ more } = page);
    }
  }

  async #apply(change: Change): Promise<void> {
    const local = this.chats.get(change.chatId);
    switch (change.type) {
      case 'message':
        if (local) this.#show(change.chatId, change.message);
        break;
      case 'chat':
        if (!local || local.chat.fromSeq !== change.chat.fromSeq) await this.#load(change.chat);
        else this.#update(local, change.chat);
        break;
      case 'member':
        if (change.member === null) local?.members.delete(change.userId);
        else local?.members.set(change.userId, pick(change.member));
        break;
      case 'read':
        if (local) this.#mark(local, change);
        break;
      case 'left':
        this.chats.delete(change.chatId);
        break;
    }
  }

  /** A chat tells its reader their own role, which no change of a member does. */
  #update(local: LocalChat, chat: Chat): void {
    const me = local.members.get(this.userId);
    if (me) local.members.set(this.userId, { ...me, role: chat.role });
    this.chats.set(chat.id, { ...local, chat });
  }

  #mark(local: LocalChat, { userId, readSeq }: { userId: string; readSeq: number }): void {
    const member = local.members.get(userId);
    if (member) local.members.set(userId, { ...member, readSeq });
    if (userId === this.userId)
      this.chats.set(local.chat.id, { ...local, chat: { ...local.chat, readSeq } });
  }

  #show(chatId: string, message: Message): void {
    this.shown.add(`${chatId}:${message.seq}`);
    const messages = this.chats.get(chatId)?.messages;
    const before = messages?.get(message.seq);
    if (!before || before.version <= message.version) messages?.set(message.seq, message);
  }

  /** Reads a chat that is new here: its messages page by page, and its members. */
  async #load(chat: Chat): Promise<void> {
    const local: LocalChat = { chat, messages: new Map(), members: new Map() };
    this.chats.set(chat.id, local);
    for (let before = ''; ; ) {
      const path = `/api/chats/${chat.id}/messages?limit=7${before}`;
      const answer = await this.device.send('GET', path);
      if (answer.status === 404) return void this.chats.delete(chat.id);
      const page = listMessages.success.body.parse(JSON.parse(answer.text));
      for (const message of page) this.#show(chat.id, message);
      if (answer.headers.get('x-has-more') !== '1' || !page[0]) break;
      before = `&before=${page[0].seq}`;
    }
    if (chat.type === 'channel') return;
    for (let after = ''; ; ) {
      const path = `/api/chats/${chat.id}/members?limit=2${after}`;
      const answer = await this.device.send('GET', path);
      if (answer.status === 404) return void this.chats.delete(chat.id);
      const page = listMembers.success.body.parse(JSON.parse(answer.text));
      for (const member of page.members) local.members.set(member.userId, pick(member));
      if (page.next === null) break;
      after = `&after=${page.next}`;
    }
  }
}

const pick = ({ role, readSeq }: { role: string; readSeq: number }) => ({ role, readSeq });
