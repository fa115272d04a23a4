import type { Client } from '../client.ts';
import type { Inbox } from '../inbox/types.ts';
import { Drafts } from './drafts.ts';
import { Feed } from './feed.ts';
import { Marks } from './marks.ts';
import { Outbox } from './outbox.ts';
import { Typing } from './typing.ts';

/** The chats of one person, for as long as they are signed in. */
export interface Life {
  readonly me: string;
  readonly feed: Feed;
  readonly outbox: Outbox;
  readonly marks: Marks;
  readonly typing: Typing;
  readonly drafts: Drafts;
  /** Forgets what the storage has of them. */
  clear(): Promise<void>;
  /** Ends all that is under way. */
  stop(): void;
}

/** What a life is begun with. */
export interface LifeContext {
  readonly client: Client;
  readonly inbox: Inbox;
  readonly me: string;
  readonly open: ReadonlyMap<string, { readonly members: boolean }>;
  onChange(): void;
}

/** Begins to follow the chats of somebody. */
export const beginLife = ({ client, inbox, me, open, onChange }: LifeContext): Life => {
  const ending = new AbortController();
  const { signal } = ending;
  const typing = new Typing(client.clock, onChange);
  const outbox = new Outbox({
    client,
    me,
    signal,
    onChange,
    onSent: (chatId, message) => feed.apply({ type: 'message', chatId, message, early: true }),
  });
  const feed = new Feed({
    client,
    inbox,
    me,
    signal,
    open,
    onChange,
    complete: (message) => outbox.complete(message),
    onMessage: (chat, message) => {
      if (message.fromMe) outbox.seen(message);
      else typing.end(chat, String(message.senderId));
    },
    onBack: () => outbox.wake(),
  });
  const marks = new Marks(client, signal);
  const drafts = new Drafts(client.storage, me, onChange);
  const ends = [
    ...(['welcome', 'message', 'change'] as const).map((name) =>
      inbox.on(name, (told) => feed.hear(told)),
    ),
    inbox.on('typing', ({ chat, user }) => user !== me && typing.begin(chat, user)),
    inbox.link.subscribe(({ state }) => {
      if (state === 'online') outbox.wake();
      onChange();
    }),
    () => ending.abort(new Error('These chats are closed')),
    () => [feed, outbox, marks, typing].map((part) => part.stop()),
  ];
  return {
    me,
    feed,
    outbox,
    marks,
    typing,
    drafts,
    clear: async () => {
      drafts.clear();
      await outbox.clear();
    },
    stop: () => {
      for (const end of ends) end();
    },
  };
};
