import type { Chat, Message } from '../contract.ts';
import { AistError } from '../error.ts';
import { isSameList } from '../store.ts';
import type { Pending } from './outbox.ts';
import type { Local } from './state.ts';
import { readSpan } from './state.ts';
import type { ListedChat, ShownMessage } from './types.ts';

const shownMessages = new WeakMap<Message, ShownMessage>();

/** A message as it is shown: the same object as long as nothing of it changes. */
const showMessage = (message: Message, read: boolean): ShownMessage => {
  const before = shownMessages.get(message);
  if (before?.read === read) return before;
  const { version: _, ...rest } = message;
  const key = message.clientId ?? message.id;
  const shown: ShownMessage = { ...rest, key, state: 'sent', read };
  shownMessages.set(message, shown);
  return shown;
};

const shownPending = new WeakMap<Pending, ShownMessage>();

const showPending = (pending: Pending, me: string): ShownMessage => {
  const { clientId, text, attachment, error } = pending;
  const shown = shownPending.get(pending) ?? {
    id: undefined,
    seq: undefined,
    key: clientId,
    clientId,
    fromMe: true,
    senderId: me,
    text,
    time: new Date(pending.at).toISOString(),
    ...(attachment && { attachment }),
    state: error ? 'failed' : 'sending',
    error: error && new AistError(error),
    read: false,
  };
  shownPending.set(pending, shown);
  return shown;
};

/** The `seq` of the last message that is shown; 0 = none. */
export const lastShown = (local: Local | undefined): number =>
  (local?.span && readSpan(local.span).at(-1)?.seq) ?? 0;

/** The messages of a chat: those of the server up to the first gap, then mine under way. */
export const showMessages = (
  local: Local | undefined,
  pending: readonly Pending[],
  me: string,
): readonly ShownMessage[] => {
  const { othersReadSeq = 0 } = local?.chat ?? {};
  const show = (message: Message) =>
    showMessage(message, message.fromMe && message.seq <= othersReadSeq);
  return [
    ...(local?.span ? readSpan(local.span) : []).map(show),
    ...pending.map((one) => (one.sent ? show(one.sent) : showPending(one, me))),
  ];
};

const listedChats = new WeakMap<Chat, ListedChat>();

/** A chat as it is listed: the same object as long as nothing of it changes. */
export const listChat = (chat: Chat, typing: readonly string[], draft: string): ListedChat => {
  const before = listedChats.get(chat);
  if (before && before.draft === draft && isSameList(before.typing, typing)) return before;
  const listed: ListedChat = { ...chat, typing, draft };
  listedChats.set(chat, listed);
  return listed;
};

/** The newest first, those without messages last. */
export const sortChats = (chats: readonly ListedChat[]): readonly ListedChat[] =>
  [...chats].sort((one, other) => ((one.lastTime ?? '') < (other.lastTime ?? '') ? 1 : -1));
