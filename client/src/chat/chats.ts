import type { Client } from '../client.ts';
import type { Chat } from '../contract.ts';
import type { Inbox } from '../inbox/types.ts';
import { createStore, setList } from '../store.ts';
import type { Life } from './life.ts';
import { beginLife } from './life.ts';
import type { Opened } from './open-chat.ts';
import { openChat } from './open-chat.ts';
import { lastShown, listChat, sortChats } from './show.ts';
import type { Chats, ListedChat, OpenChat } from './types.ts';

/**
 * Follows the chats of whoever is signed in.
 *
 * @example
 * const chats = openChats(client, openInbox(client));
 * chats.list.subscribe((list) => console.log(list?.map(({ name, unread }) => [name, unread])));
 */
export const openChats = (client: Client, inbox: Inbox): Chats => {
  const list = createStore<readonly ListedChat[] | undefined>(undefined);
  const unread = createStore(0);
  const freshness = createStore<'fresh' | 'catching_up' | 'waiting'>('waiting');
  const open = new Map<string, Opened>();
  let life: Life | undefined;

  const freshnessOf = ({ feed: { isBusy, isBehind } }: Life) => {
    if (isBusy) return 'catching_up';
    return isBehind || inbox.link.get().state !== 'online' ? 'waiting' : 'fresh';
  };

  const publish = (): void => {
    const there = life;
    if (!there) {
      list.set(undefined);
      unread.set(0);
      freshness.set('waiting');
      for (const opened of open.values()) opened.publish(undefined);
      return;
    }
    const { feed, outbox, typing, drafts } = there;
    const { chats } = feed;
    outbox.forget(({ chat, sent }) => {
      const local = chats.get(chat);
      if (local?.span) return lastShown(local) >= (sent?.seq ?? 0);
      // An open chat shows what was sent until its page has come.
      return feed.isKnown && !open.has(chat);
    });
    const listed = new Map(
      Array.from(chats, ([id, { chat }]) => [id, listChat(chat, typing.in(id), drafts.of(id))]),
    );
    for (const [id, opened] of open) opened.publish(listed.get(id));
    if (feed.isKnown) {
      setList(list, sortChats([...listed.values()]));
      unread.set(Array.from(chats.values()).reduce((sum, { chat }) => sum + chat.unread, 0));
    }
    freshness.set(freshnessOf(there));
  };

  const end = (): void => {
    life?.stop();
    life = undefined;
  };

  const forgetSession = client.session.subscribe((session) => {
    const me = session.state === 'signed_in' ? session.userId : undefined;
    if (me === life?.me) return;
    // Whoever runs out of time can go on later; whoever leaves takes everything along.
    if (session.state === 'signed_out' && session.why !== 'expired') void life?.clear();
    end();
    if (me !== undefined) {
      life = beginLife({ client, inbox, me, open, onChange: () => publish() });
      void life.feed.run();
    }
    publish();
  });

  const openById = (id: string): OpenChat => {
    const before = open.get(id);
    if (before) return before.chat;
    const opened = openChat(id, {
      client,
      inbox,
      life: () => life,
      publish,
      onClose: () => {
        if (open.get(id) !== opened) return;
        open.delete(id);
        life?.feed.apply({ type: 'closed', chatId: id });
      },
    });
    open.set(id, opened);
    publish();
    void life?.feed.run();
    return opened.chat;
  };

  const openNew = async (asked: Promise<Chat>): Promise<OpenChat> => {
    const mine = life;
    const chat = await asked;
    // Somebody else may have signed in meanwhile: it is no chat of theirs.
    if (mine === life) life?.feed.apply({ type: 'chat', chatId: chat.id, chat });
    return openById(chat.id);
  };

  return {
    list,
    unread,
    freshness,
    chat: openById,
    withUser: (user) => {
      const peer = user.startsWith('@') ? { peerUsername: user } : { peerUserId: user };
      return openNew(client.request('createChat', { type: 'user', ...peer }));
    },
    create: (group) => openNew(client.request('createChat', group)),
    dispose: () => {
      forgetSession();
      end();
      open.clear();
    },
  };
};
