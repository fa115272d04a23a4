import type { OpenChat } from 'aist-client/chat';
import { nameOf } from '../../app/names.ts';
import { signalOf } from '../../app/use-store.ts';
import { words } from '../../app/words.ts';

/** What a member of a chat is called; a word for anybody while it is not known. */
export const memberName = (chat: OpenChat, user: string | null): string => {
  const member = signalOf(chat.members).value?.find(({ userId }) => userId === user);
  return member ? nameOf(member) : words.value.chats.somebody;
};
