import type { OpenChat } from 'aist-client/chat';
import type { Member } from 'aist-client/index';
import { useStore } from 'aist-client/preact';
import { nameOf } from '../../app/names.ts';
import { words } from '../../app/words.ts';

/** What a member of a chat is called; a word for anybody while it is not known. */
export const memberName = (members: readonly Member[] | undefined, user: string | null): string => {
  const member = members?.find(({ userId }) => userId === user);
  return member ? nameOf(member) : words.get().chats.somebody;
};

/** The same in a component, which is drawn anew when the name becomes known or changes. */
export const useMemberName = (chat: OpenChat, user: string | null): string =>
  memberName(useStore(chat.members), user);
