import type { InboxServerFrame } from '../../src/contract/sockets/inbox.ts';
import type { LegacyServerFrame } from '../../src/contract/sockets/legacy.ts';
import type { ToldOfChat } from '../wire/chats.ts';
import type { InboxSocket } from './state.ts';
import type { InboxStep } from './step.ts';

/** For how long somebody who types is not told of again, in milliseconds [M28]. */
const TYPING_MS = 3_000;

/** In how many chats a device types within that time at most: what it says of others is dropped. */
const TYPING_CHATS = 2;

/** Tells the devices of something that happened in a chat. Nothing of it is remembered [M21]. */
export const tellDevices = (step: InboxStep, told: ToldOfChat): void => {
  const { id: user, sockets } = step.state;
  const [frame, legacy] = [toFrame(told, user), toLegacyFrame(told, user)];
  for (const { id, who, hello } of sockets) {
    if (hello) step.send(id, frame);
    else if (who.old && legacy && who.sid !== told.sid) step.send(id, legacy);
  }
};

/** Makes the frame for the new devices of a user. */
const toFrame = ({ news, n, what, clientId }: ToldOfChat, user: string): InboxServerFrame => {
  const numbered = n !== undefined && { n };
  if (news.type === 'typing') return news;
  if (news.type === 'change') return { ...news, ...(what && { what }), ...numbered };
  const { chat, message } = news;
  const fromMe = message.senderId === user;
  const own = { ...message, fromMe, ...(fromMe && clientId !== undefined && { clientId }) };
  const { seq, version } = message;
  return { type: 'message', ...numbered, chat, seq, version, message: own };
};

/** Makes the frame for the legacy sockets of a user; undefined for what they do not know [M3]. */
const toLegacyFrame = ({ news }: ToldOfChat, user: string): LegacyServerFrame | undefined => {
  if (news.type !== 'message' || !news.isNew) return undefined;
  const { chat: chatId, message, whole } = news;
  const { id, text, time, senderId } = message;
  // They cannot read what is left out, so they get an attachment as a whole or not at all.
  const attachment = whole ?? (message.attachment?.url ? message.attachment : undefined);
  const shown = { id, fromMe: senderId === user, text, time, ...(attachment && { attachment }) };
  return { type: 'new_message', chatId, message: shown };
};

/** A device types in a chat: the Worker is asked to tell the others. */
export const onTyping = (step: InboxStep, socket: InboxSocket, chat: string): void => {
  const lately = (socket.typing ?? []).filter(({ at }) => at + TYPING_MS > step.now);
  if (lately.length >= TYPING_CHATS || lately.some((other) => other.chat === chat)) return;
  step.updateSocket(socket, { typing: [...lately, { chat, at: step.now }] });
  step.ask('worker', { type: 'typing', user: step.state.id, chat });
};
