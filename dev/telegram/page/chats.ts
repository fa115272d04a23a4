import type { PhoneChat } from '../chats.ts';

/** The chats by their ids. */
export const chats = new Map<number, PhoneChat>();

/** The last message that the person has seen, by the id of its chat. */
export const lastRead = new Map<number, number>();

/** What is on the screen: the id of the chat in the log, if one is open. */
export const screen: { shown: number | undefined } = { shown: undefined };

/** The id of the newest message of a chat; 0 when it has none. */
export const newestIn = (chat: PhoneChat): number => chat.messages.at(-1)?.message_id ?? 0;

/** How many messages of a chat the person has not seen. */
export const unreadIn = (chat: PhoneChat): number => {
  const seen = lastRead.get(chat.id) ?? 0;
  return chat.messages.filter((message) => message.message_id > seen).length;
};

/** The chat of the phone with a number. */
export const chatOf = (phone: string): PhoneChat | undefined =>
  [...chats.values()].find((chat) => chat.phone === phone);

/** A phone that is there already is taken up again; a new one gets the next id. */
export const idOf = (phone: string): number =>
  chatOf(phone)?.id ?? Math.max(1000, ...chats.keys()) + 1;
