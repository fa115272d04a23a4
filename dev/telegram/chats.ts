import type {
  Contact,
  InlineKeyboardMarkup,
  Message,
  MessageEntity,
  MessageOrigin,
  ReplyKeyboardMarkup,
  Update,
  User,
} from 'grammy/types';

/** A message in a chat: a text of the bot or the person, or a contact that the person shared. */
export type PhoneMessage = Message.TextMessage | Message.ContactMessage;

/** One private chat as the person's phone holds it. */
export interface PhoneChat {
  /** The chat's id, which in a private chat is the person's id too. */
  id: number;
  firstName: string;
  /** The number in E.164, once somebody has told the stand-in whose phone this is. */
  phone?: string;
  /** The language of the person's app, an IETF tag such as `ru`; absent where it is not known. */
  language?: string;
  /** The messages, the oldest first, at most {@link MESSAGES_PER_CHAT}. */
  messages: PhoneMessage[];
  /** Whether the person has blocked the bot. */
  blocked?: boolean;
  /** The buttons under the input field; an inline keyboard is part of its message instead. */
  keyboard?: ReplyKeyboardMarkup;
}

/** Whose phone a chat is on. */
export type Owner = Pick<PhoneChat, 'phone' | 'language'>;

/** The content of a person's message: a text, or a contact, which may come from another chat. */
export type Content = { text: string } | { contact: Contact; forward_origin?: MessageOrigin };

/** A text of the bot with its formatted parts. */
export interface FormattedText {
  text: string;
  entities: MessageEntity[];
}

/** What a message does to buttons: adds its own, sets the chat's, or takes the chat's away. */
export type Markup =
  | { inline: InlineKeyboardMarkup }
  | { keyboard: ReplyKeyboardMarkup }
  | { removeKeyboard: true };

/**
 * How many messages a chat keeps: the newest. The stand-in may run for days or under load tests.
 */
export const MESSAGES_PER_CHAT = 100;
/** How many chats are kept: those that were last active. */
export const CHATS = 1_000;

/** The state that outlives the process. */
export interface KeptChats {
  readonly lastMessageId: number;
  /** The chats, those that were active last come last. */
  readonly chats: readonly PhoneChat[];
}

/** All chats of the bot, in memory. `clock` returns milliseconds since 1970. */
export class Chats {
  readonly bot: User;
  readonly #clock: () => number;
  readonly #chats = new Map<number, PhoneChat>();
  readonly #listeners = new Set<(chat: PhoneChat) => void>();
  #lastMessageId = 0;

  constructor(bot: User, clock: () => number) {
    this.bot = bot;
    this.#clock = clock;
  }

  /** Lists the chats, the one with the newest message first. */
  list(): PhoneChat[] {
    return [...this.#chats.values()].reverse();
  }

  /** Returns the state that outlives the process. */
  state(): KeptChats {
    return { lastMessageId: this.#lastMessageId, chats: [...this.#chats.values()] };
  }

  /** Takes over the state of an earlier process. */
  restore({ lastMessageId, chats }: KeptChats): void {
    this.#lastMessageId = lastMessageId;
    for (const chat of chats) this.#chats.set(chat.id, chat);
  }

  /** Returns a chat, or undefined where nobody has opened it. */
  get(id: number): PhoneChat | undefined {
    return this.#chats.get(id);
  }

  /** Says whose phone a chat is on; a new id becomes an empty chat. */
  introduce(id: number, owner: Owner): PhoneChat {
    return this.#put({ ...this.#open(id), ...owner });
  }

  /** Blocks the bot in a chat, or lets it write again; a new id becomes an empty chat. */
  block(id: number, blocked: boolean): PhoneChat {
    const { blocked: _before, ...chat } = this.#open(id);
    return this.#put(blocked ? { ...chat, blocked } : chat);
  }

  /** Describes the person of a chat as Telegram shows them to the bot. */
  person(id: number): User {
    const { firstName, language } = this.#open(id);
    return {
      id,
      is_bot: false,
      first_name: firstName,
      ...(language !== undefined && { language_code: language }),
    };
  }

  /** Delivers a message of the bot; a new id becomes a chat. */
  send(id: number, content: string | FormattedText, markup?: Markup): Message.TextMessage {
    const { keyboard, ...chat } = this.#open(id);
    const message: Message.TextMessage = {
      ...this.#envelope(chat, this.bot),
      ...(typeof content === 'string' ? { text: content } : content),
      ...(markup && 'inline' in markup && { reply_markup: markup.inline }),
    };
    const kept = markup && 'keyboard' in markup ? markup.keyboard : keyboard;
    const removed = markup !== undefined && 'removeKeyboard' in markup;
    this.#add(chat, message, kept && !removed ? { keyboard: kept } : {});
    return message;
  }

  /** Takes a message that the person wrote; a new id becomes a chat. */
  write(id: number, content: Content): PhoneMessage & Update.NonChannel {
    // Telegram lets nobody write to a bot that they have blocked.
    const { blocked: _before, ...chat } = this.#open(id);
    const message = { ...this.#envelope(chat, this.person(id)), ...content };
    this.#add(chat, message);
    return message;
  }

  /** Replaces a message's text and inline keyboard; undefined where the bot has no such message. */
  edit(
    id: number,
    messageId: number,
    { text, inline }: { text: string; inline?: InlineKeyboardMarkup | undefined },
  ): Message.TextMessage | undefined {
    const chat = this.#chats.get(id);
    const before = this.sent(id, messageId);
    if (!chat || !before) return undefined;
    const { reply_markup: _replaced, entities: _gone, ...rest } = before;
    const after = {
      ...rest,
      text,
      edit_date: this.#seconds(),
      ...(inline && { reply_markup: inline }),
    };
    this.#chats.set(id, {
      ...chat,
      messages: chat.messages.with(chat.messages.indexOf(before), after),
    });
    this.#tell(id);
    return after;
  }

  /** Finds a message that the bot sent and the chat still keeps. */
  sent(id: number, messageId: number): Message.TextMessage | undefined {
    return this.#chats
      .get(id)
      ?.messages.filter((message): message is Message.TextMessage => 'text' in message)
      .find((message) => message.message_id === messageId && message.from?.id === this.bot.id);
  }

  /** Calls `listener` with every chat that changes, until the returned function is called. */
  subscribe(listener: (chat: PhoneChat) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #open(id: number): PhoneChat {
    return this.#chats.get(id) ?? { id, firstName: `Чат ${id}`, messages: [] };
  }

  #envelope({ id, firstName }: PhoneChat, from: User) {
    return {
      message_id: ++this.#lastMessageId,
      from,
      chat: { id, type: 'private' as const, first_name: firstName },
      date: this.#seconds(),
    };
  }

  #add(chat: PhoneChat, message: PhoneMessage, buttons: Pick<PhoneChat, 'keyboard'> = {}): void {
    this.#put({
      ...chat,
      messages: [...chat.messages, message].slice(-MESSAGES_PER_CHAT),
      ...buttons,
    });
  }

  /** Puts the chat at the map's end, so that the order is that of the last activity. */
  #put(chat: PhoneChat): PhoneChat {
    this.#chats.delete(chat.id);
    this.#chats.set(chat.id, chat);
    const [oldest] = this.#chats.keys();
    if (this.#chats.size > CHATS && oldest !== undefined) this.#chats.delete(oldest);
    this.#tell(chat.id);
    return chat;
  }

  #tell(id: number): void {
    const chat = this.#chats.get(id);
    if (chat) for (const listener of this.#listeners) listener(chat);
  }

  #seconds(): number {
    return Math.floor(this.#clock() / 1000);
  }
}
