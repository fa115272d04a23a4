import type { Client } from '../client.ts';
import type { Member, Message } from '../contract.ts';
import type { Inbox } from '../inbox/types.ts';
import { randomName } from '../random.ts';
import { createStore, setList } from '../store.ts';
import type { Life } from './life.ts';
import { lastShown, showMessages } from './show.ts';
import type { Local } from './state.ts';
import type { ListedChat, OpenChat, ShownMessage } from './types.ts';

/** A chat on the screen, and what it needs from those who keep it true. */
export interface Opened {
  readonly chat: OpenChat;
  /** Whether its members are shown. */
  readonly members: boolean;
  /** Shows how the chat stands. */
  publish(listed: ListedChat | undefined): void;
}

/** What an open chat works with. */
export interface OpenContext {
  readonly client: Client;
  readonly inbox: Inbox;
  /** Undefined while nobody is signed in. */
  life(): Life | undefined;
  /** Shows everything anew. */
  publish(): void;
  onClose(): void;
}

const NOBODY: readonly string[] = [];

const byUser = (one: Member, other: Member): number => (one.userId < other.userId ? -1 : 1);

/** Opens a chat. */
export const openChat = (id: string, context: OpenContext): Opened => {
  const { client, inbox, publish } = context;
  const about = createStore<ListedChat | undefined>(undefined);
  const messages = createStore<readonly ShownMessage[]>([]);
  const members = createStore<readonly Member[] | undefined>(undefined);
  const typing = createStore(NOBODY);
  const hasOlder = createStore<boolean | undefined>(undefined);
  let wantsMembers = false;
  /** The chat as it was last shown with messages. */
  let before: Local | undefined;

  const life = (): Life => {
    const there = context.life();
    if (!there) throw new Error('Nobody is signed in');
    return there;
  };
  const local = () => context.life()?.feed.chats.get(id);

  /** The members are read once somebody looks at them. */
  const askMembers = (): void => {
    if (wantsMembers) return;
    wantsMembers = true;
    void context.life()?.feed.run();
  };

  const take = (feed: Life['feed'], message: Message): void => {
    feed.apply({ type: 'message', chatId: id, message, early: true });
    publish();
  };

  const chat: OpenChat = {
    id,
    about,
    messages,
    members: {
      get: () => {
        askMembers();
        return members.get();
      },
      subscribe: (listener) => {
        askMembers();
        return members.subscribe(listener);
      },
    },
    typing,
    hasOlder,
    send: async ({ text, attachment }) => {
      const { outbox, drafts } = life();
      drafts.set(id, '');
      const clientId = randomName();
      const at = client.clock.now();
      const pending = { chat: id, clientId, text: text.trim(), at };
      await outbox.add({ ...pending, ...(attachment && { attachment }) });
    },
    resend: async (key) => life().outbox.resend(key),
    discard: (key) => context.life()?.outbox.discard(key),
    edit: async (messageId, text) => {
      const { feed } = life();
      take(feed, await client.request('editMessage', { id, messageId, text }));
    },
    remove: async (messageId) => {
      const { feed } = life();
      take(feed, await client.request('deleteMessage', { id, messageId }));
    },
    read: () => {
      const there = context.life();
      const seq = lastShown(local());
      if (!there || seq <= (local()?.chat.readSeq ?? seq)) return;
      there.feed.apply({ type: 'read', chatId: id, userId: there.me, readSeq: seq });
      there.marks.send(id, seq);
      publish();
    },
    type: () => inbox.typing(id),
    draft: (text) => {
      context.life()?.drafts.set(id, text);
      publish();
    },
    older: async () => {
      if (hasOlder.get()) await life().feed.older(id);
    },
    close: context.onClose,
  };

  return {
    chat,
    get members() {
      return wantsMembers;
    },
    publish: (listed) => {
      const there = context.life();
      const known = local();
      about.set(listed);
      setList(typing, listed?.typing ?? NOBODY);
      const { span } = known ?? {};
      hasOlder.set(span && known && span.start > known.chat.fromSeq + 1);
      // What was shown before a chat is read anew stays until then.
      if (span || !known) before = known;
      setList(messages, showMessages(before, there?.outbox.of(id) ?? [], there?.me ?? ''));
      // In the order of the API, whenever somebody came.
      if (known?.members) setList(members, [...known.members.values()].sort(byUser));
      else if (!known) members.set(undefined);
    },
  };
};
