import type { Client } from '../client.ts';
import type { Message } from '../contract.ts';
import type { EndpointName } from '../error.ts';
import { isAistError } from '../error.ts';
import type { Inbox, InboxEvents } from '../inbox/types.ts';
import type { Answer, Input } from '../request.ts';
import type { Entry, Local } from './state.ts';
import { apply, maySeeMembers } from './state.ts';

/** What an inbox told that concerns chats: of none of them when it has connected. */
type Hint = Partial<InboxEvents['message']> & Pick<InboxEvents['change'], 'n' | 'version'>;

/** What a feed works with, and whom it tells. */
export interface FeedContext {
  readonly client: Client;
  readonly inbox: Inbox;
  readonly me: string;
  /** Ends it. */
  readonly signal: AbortSignal;
  /** The chats on the screen, and whether their members are. */
  readonly open: ReadonlyMap<string, { readonly members: boolean }>;
  /** Something is shown otherwise. */
  onChange(): void;
  /** Adds what this device knows of a message of its own. */
  complete(message: Message): Message;
  /** A message was told or read. */
  onMessage(chat: string, message: Message): void;
  /** The server has answered after it did not. */
  onBack(): void;
}

/** How many messages a page has. */
const PAGE = '50';

/** Of how many members a chat shows at most, in pages of a hundred. */
const MEMBER_PAGES = 10;

/** The longest pause between two tries, and between two looks without an inbox, in milliseconds. */
const LONGEST_PAUSE_MS = 30_000;

/** Chats as the server has them: one thing at a time, and sync before all else. */
export class Feed {
  readonly chats: Map<string, Local> = new Map();
  /** Whether the list was read. */
  isKnown = false;
  /** Whether sync is being asked. */
  isBusy = false;
  /** Whether sync has to be asked. */
  isBehind = true;
  readonly #context: FeedContext;
  readonly #hints: Hint[] = [];
  readonly #jobs: (() => Promise<void>)[] = [];
  /** Chats that the person is not in. */
  readonly #missing = new Set<string>();
  /** Messages that were read by their id. */
  readonly #asked = new Set<string>();
  #cursor: string | undefined;
  #n = 0;
  /** The chats that were read for being out of date, and what was known of them then. */
  readonly #tried = new Set<string>();
  #isRunning = false;
  #failures = 0;
  #timer: unknown;

  constructor(context: FeedContext) {
    this.#context = context;
  }

  /** Takes what the inbox tells, at once where nothing else is under way. */
  hear(hint: Hint): void {
    this.#hints.push(hint);
    void this.run();
  }

  /** Applies what an answer tells. */
  apply(told: Entry): void {
    const { complete, onMessage, me } = this.#context;
    const entry = told.type === 'message' ? { ...told, message: complete(told.message) } : told;
    apply({ me, chats: this.chats }, entry);
    if (entry.type === 'message') onMessage(entry.chatId, entry.message);
    if (entry.type === 'page')
      for (const message of entry.messages) onMessage(entry.chatId, message);
  }

  /** Reads a page of older messages. */
  older(id: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const shown = () => {
        this.#context.onChange();
        resolve();
      };
      this.#jobs.push(() => this.#page(id, true).then(shown, reject));
      void this.run();
    });
  }

  /** Does all that is to be done; what fails is tried again later. */
  async run(): Promise<void> {
    const { client, inbox, signal } = this.#context;
    if (this.#isRunning || signal.aborted) return;
    this.#isRunning = true;
    client.clock.clearTimeout(this.#timer);
    let pause: number | undefined;
    try {
      // What is asked for between the last step and the end would be forgotten: no await is there.
      for (let step = this.#step(); step; step = this.#step()) if (step !== true) await step;
      if (this.#failures > 0) this.#context.onBack();
      this.#failures = 0;
      // Sync is the truth, also where no socket comes through.
      if (inbox.link.get().state !== 'online') pause = LONGEST_PAUSE_MS;
    } catch (error) {
      client.log('chats.failed', { error });
      pause = Math.min(LONGEST_PAUSE_MS, 1_000 * 2 ** this.#failures++) * (0.5 + Math.random());
      // Who asked hears of it, since the next try may be far.
      for (const job of this.#jobs.splice(0)) void job();
    }
    this.#isRunning = this.isBusy = false;
    this.#tried.clear();
    if (signal.aborted) return;
    if (pause !== undefined)
      this.#timer = client.clock.setTimeout(() => {
        this.isBehind = true;
        void this.run();
      }, pause);
    this.#context.onChange();
  }

  stop(): void {
    this.#context.client.clock.clearTimeout(this.#timer);
  }

  /** Does one thing; says whether there was one. No request is made for what is known. */
  #step(): Promise<void> | boolean {
    if (this.isBehind) return this.#sync();
    const hint = this.#hints.shift();
    if (hint) {
      this.#take(hint);
      return true;
    }
    const work = this.#jobs.shift()?.() ?? this.#mend();
    if (!work) return false;
    this.#context.onChange();
    return work;
  }

  #take({ n, chat: chatId, version, message }: Hint): void {
    if (chatId === undefined) {
      // What happens in large chats has no number: sync alone tells of it.
      const hasLarge = Array.from(this.chats.values()).some(({ chat }) => chat.large);
      if (n !== this.#n || hasLarge) this.isBehind = true;
      return;
    }
    const local = this.chats.get(chatId);
    if (n !== undefined) {
      if (n <= this.#n) return;
      if (!local || !message || n !== this.#n + 1) {
        this.isBehind = true;
        return;
      }
      this.#n = n;
      this.#context.inbox.readUpTo(n);
      this.apply({ type: 'message', chatId, message });
    } else if (local && (version === undefined || version > local.followed)) {
      if (message && version === local.followed + 1)
        this.apply({ type: 'message', chatId, message });
      else this.apply({ type: 'stale', chatId });
    }
  }

  async #ask<Name extends EndpointName>(name: Name, input?: Input<Name>): Promise<Answer<Name>> {
    const { client, signal } = this.#context;
    // Inputs that may be left out make two kinds of arguments, which are one here.
    const given = [name, input, { signal }] as unknown as Parameters<typeof client.request<Name>>;
    const answer = await client.request<Name>(...given);
    signal.throwIfAborted();
    return answer;
  }

  async #sync(): Promise<void> {
    this.isBusy = true;
    this.#context.onChange();
    for (let more = true; more; ) {
      const page = await this.#ask('sync', { since: this.#cursor });
      if (page.reset) this.apply({ type: 'reset', chats: await this.#ask('listChats') });
      for (const change of page.changes) this.apply(change);
      for (const { chatId, version } of page.large)
        if (version > (this.chats.get(chatId)?.followed ?? version))
          this.apply({ type: 'stale', chatId });
      // What was told since the cursor is unknown to the server: its database was restored.
      const isLost = !page.more && page.n < this.#n;
      this.#cursor = isLost ? undefined : page.next;
      this.#n = page.n;
      more = page.more || isLost;
    }
    this.isBehind = this.isBusy = false;
    this.isKnown = true;
    this.#context.inbox.readUpTo(this.#n);
    this.#context.onChange();
  }

  /** Reads what is shown and not there, and what is known to be out of date. */
  #mend(): Promise<void> | undefined {
    const { chats } = this;
    for (const [id, { members }] of this.#context.open) {
      const local = chats.get(id);
      if (!local && !this.#missing.has(id)) return this.#chat(id);
      if (local && !local.span) return this.#page(id, false);
      if (local && members && !local.members && maySeeMembers(local)) return this.#members(id);
      for (const message of local?.span?.messages.values() ?? [])
        if (message.attachment && !message.attachment.url && !this.#asked.has(message.id))
          return this.#attachment(id, message.id);
    }
    let isStuck = false;
    for (const [id, { stale, chat, span, followed }] of chats) {
      if (!stale) continue;
      const known = JSON.stringify([id, chat.version, followed]);
      isStuck ||= this.#tried.has(known);
      if (this.#tried.has(known)) continue;
      this.#tried.add(known);
      return chat.large && span ? this.#follow(id) : this.#chat(id);
    }
    // A server that says nothing new is not asked again without a pause.
    if (isStuck) throw new Error('A chat stays out of date');
    return undefined;
  }

  /** Reads something of a chat; whoever is not in it has it no longer. */
  async #about(id: string, read: () => Promise<void>): Promise<void> {
    try {
      await read();
    } catch (error) {
      if (!isAistError(error, 'chat_not_found')) throw error;
      this.#missing.add(id);
      this.apply({ type: 'left', chatId: id });
    }
  }

  #chat(id: string): Promise<void> {
    return this.#about(id, async () => {
      this.apply({ type: 'chat', chatId: id, chat: await this.#ask('getChat', { id }) });
      // What was told is newer than what was read: sync says what is so.
      const { stale, chat } = this.chats.get(id) ?? {};
      if (stale && !chat?.large) this.isBehind = true;
    });
  }

  #page(id: string, isOlder: boolean): Promise<void> {
    return this.#about(id, async () => {
      const { span, chat } = this.chats.get(id) ?? {};
      const before = span?.start;
      if (isOlder !== (span !== undefined) || before === (chat?.fromSeq ?? 0) + 1) return;
      const from = before === undefined ? {} : { before: String(before) };
      const messages = await this.#ask('listMessages', { id, limit: PAGE, ...from });
      if (this.#context.open.has(id)) this.apply({ type: 'page', chatId: id, before, messages });
    });
  }

  /** Reads a message whose attachment was too long to be told. */
  async #attachment(chatId: string, messageId: string): Promise<void> {
    this.#asked.add(messageId);
    try {
      const message = await this.#ask('getMessage', { id: chatId, messageId });
      this.apply({ type: 'message', chatId, message, early: true });
    } catch (error) {
      // It was deleted, or the chat left, and sync says so.
      if (isAistError(error, 'chat_not_found', 'message_not_found')) return;
      this.#asked.delete(messageId);
      throw error;
    }
  }

  #members(id: string): Promise<void> {
    return this.#about(id, async () => {
      const members = [];
      let after: string | undefined;
      for (let page = 0; page < MEMBER_PAGES; page++) {
        const answer = await this.#ask('listMembers', { id, after });
        members.push(...answer.members);
        if (answer.next === null) break;
        after = answer.next;
      }
      this.apply({ type: 'members', chatId: id, members });
    });
  }

  /** Reads what changed in a large chat, which no feed has. */
  #follow(id: string): Promise<void> {
    return this.#about(id, async () => {
      const since = this.chats.get(id)?.followed ?? 0;
      const answer = await this.#ask('chatChanges', { id, since: String(since) });
      if (answer.version < since) return this.apply({ type: 'restored', chatId: id });
      for (const message of answer.messages) this.apply({ type: 'message', chatId: id, message });
      this.apply({ type: 'chat', chatId: id, chat: answer.chat });
      this.apply({ type: 'followed', chatId: id, version: answer.version });
    });
  }
}
