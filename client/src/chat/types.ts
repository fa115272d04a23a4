import type { Chat as ChatRecord, Member, Message } from '../contract.ts';
import type { Store } from '../store.ts';

/** A message as it is shown: one of the server, or one of mine that is under way. */
export interface ShownMessage extends Omit<Message, 'id' | 'seq' | 'version'> {
  /** Undefined until the server has it. */
  readonly id: string | undefined;
  readonly seq: number | undefined;
  /** The same before and after the server has it: for lists that keep their elements. */
  readonly key: string;
  /** `failed`: the server refused it, or no answer came for long; `error` says why. */
  readonly state: 'sending' | 'sent' | 'failed';
  readonly error?: Error | undefined;
  /** Whether the others have read it; of my own messages in chats that tell. */
  readonly read: boolean;
}

/** A chat in the list. */
export interface ListedChat extends ChatRecord {
  /** Who is writing at the moment, by user id. */
  readonly typing: readonly string[];
  /** What was written and not sent. */
  readonly draft: string;
}

/** All chats of the person; kept true by the inbox and by sync. */
export interface Chats {
  /** The newest first; undefined until the first answer. */
  readonly list: Store<readonly ListedChat[] | undefined>;
  /** How many messages are unread in all. */
  readonly unread: Store<number>;
  /** Whether what is shown is known to be true, is being made so, or waits for the network. */
  readonly freshness: Store<'fresh' | 'catching_up' | 'waiting'>;
  /** Opens a chat: the same object for the same id until it is closed. */
  chat(id: string): OpenChat;
  /** Finds or begins the personal chat with somebody. */
  withUser(user: string): Promise<OpenChat>;
  create(group: {
    readonly type: 'group' | 'channel';
    readonly name: string;
    readonly members?: readonly string[];
  }): Promise<OpenChat>;
  dispose(): void;
}

/** A chat that is on the screen. */
export interface OpenChat {
  readonly id: string;
  /** Undefined until it is known, or when the person is not in it (any more). */
  readonly about: Store<ListedChat | undefined>;
  /** Oldest first, without gaps from the oldest one on; mine that are under way stand last. */
  readonly messages: Store<readonly ShownMessage[]>;
  /** Read when it is asked for the first time. */
  readonly members: Store<readonly Member[] | undefined>;
  readonly typing: Store<readonly string[]>;
  /** Whether there are older messages; undefined until the first page has come. */
  readonly hasOlder: Store<boolean | undefined>;
  /**
   * Shows the text at once and sends it; resolves once the server has it.
   *
   * @throws {Error} when it is refused or given up, or when the chats end before: what the storage
   *   still has then goes out later
   */
  send(message: {
    readonly text: string;
    readonly attachment?: Message['attachment'];
  }): Promise<void>;
  /** Sends a message that failed once more. */
  resend(key: string): Promise<void>;
  /** Takes a message that failed away. */
  discard(key: string): void;
  edit(id: string, text: string): Promise<void>;
  remove(id: string): Promise<void>;
  /** Marks all that is shown as read; bursts become one request. */
  read(): void;
  /** Says that the person writes; call it with each key. */
  type(): void;
  /** Keeps what was written and not sent, in this browser. */
  draft(text: string): void;
  older(): Promise<void>;
  close(): void;
}
