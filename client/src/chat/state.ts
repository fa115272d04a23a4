import type { Change, Chat, Member, Message } from '../contract.ts';

/** The messages of a chat that are here: all from `start` on, but for what is still under way. */
export interface Span {
  start: number;
  readonly messages: Map<number, Message>;
}

/** A chat as this device has it. It changes; the chat, messages and members in it never do. */
export interface Local {
  chat: Chat;
  /** Of chats on the screen alone. */
  span?: Span;
  members?: Map<string, Member> | undefined;
  /** Up to this version of the chat nothing is missing: large chats are followed by it. */
  followed: number;
  /** Whether what was told does not say how the chat stands, so that it has to be read. */
  stale: boolean;
}

/** All chats of somebody. */
export interface State {
  readonly me: string;
  readonly chats: Map<string, Local>;
}

type WithoutNumber<Entry> = Entry extends unknown ? Omit<Entry, 'n'> : never;

/** What may happen to a state: what sync tells, and what was read otherwise. */
export type Entry =
  | (WithoutNumber<Change> & {
      /** Whether a message came as an answer: what came before it may still be under way. */
      readonly early?: boolean;
    })
  | { readonly type: 'reset'; readonly chats: readonly Chat[] }
  | {
      readonly type: 'page';
      readonly chatId: string;
      /** Where the span began for which it was read; undefined = it is the newest page. */
      readonly before: number | undefined;
      readonly messages: readonly Message[];
    }
  | { readonly type: 'members'; readonly chatId: string; readonly members: readonly Member[] }
  | { readonly type: 'followed'; readonly chatId: string; readonly version: number }
  | { readonly type: 'stale' | 'closed' | 'restored'; readonly chatId: string };

const newLocal = (chat: Chat, stale = false): Local => ({ chat, followed: chat.version, stale });

const setChat = (local: Local, changed: Partial<Chat>): void => {
  local.chat = { ...local.chat, ...changed };
};

/** The messages of a span, up to the first that is under way. */
export const readSpan = ({ start, messages }: Span): Message[] => {
  const read: Message[] = [];
  for (let seq = start; ; seq++) {
    const message = messages.get(seq);
    if (!message) return read;
    read.push(message);
  }
};

/** Joins what is known of a message: the higher version counts, and long attachments stay. */
const joinMessage = (known: Message | undefined, told: Message): Message => {
  if (!known) return told;
  const isRicher = !known.attachment?.url && told.attachment?.url;
  if (known.version > told.version || (known.version === told.version && !isRicher)) return known;
  const { attachment = known.attachment, clientId = known.clientId } = told;
  const url = attachment?.url ?? known.attachment?.url;
  return {
    ...told,
    ...(clientId !== undefined && { clientId }),
    ...(attachment && !told.deleted && { attachment: { ...attachment, ...(url && { url }) } }),
  };
};

const addMessages = ({ start, messages }: Span, told: readonly Message[]): void => {
  for (const message of told)
    if (message.seq >= start)
      messages.set(message.seq, joinMessage(messages.get(message.seq), message));
};

/** Counts what others wrote after my mark; stale where that cannot be told from what is here. */
const countUnread = (local: Local): void => {
  const { chat, span } = local;
  const { readSeq, lastSeq } = chat;
  const most = Math.max(0, lastSeq - readSeq);
  const read = span && span.start <= readSeq + 1 ? readSpan(span) : [];
  const isKnown = most === 0 || (read.at(-1)?.seq ?? 0) >= lastSeq;
  const unread = isKnown
    ? read.filter(({ seq, fromMe }) => seq > readSeq && seq <= lastSeq && !fromMe).length
    : Math.min(chat.unread, most);
  setChat(local, { unread });
  if (!isKnown) local.stale = true;
};

/** The chat itself was told: it is as it says, but a mark of mine may be further by now. */
const takeChat = (local: Local | undefined, chat: Chat, me: string): Local => {
  // Who has left and come back reads from another place on.
  if (!local || local.chat.fromSeq !== chat.fromSeq) return newLocal(chat);
  const { readSeq, version } = local.chat;
  local.stale = chat.version < version;
  if (local.stale) return local;
  local.chat = chat;
  const mine = local.members?.get(me);
  if (!maySeeMembers(local)) local.members = undefined;
  else if (mine) local.members?.set(me, { ...mine, role: chat.role });
  if (readSeq > chat.readSeq) {
    setChat(local, { readSeq });
    countUnread(local);
  }
  if (!chat.large || !local.span) local.followed = chat.version;
  local.stale = chat.version > local.followed;
  return local;
};

/** A message is new, or was edited or deleted. */
const takeMessage = (local: Local, message: Message, early = false): void => {
  const { chat, span } = local;
  const { seq, version, text, time, deleted, fromMe, editedAt } = message;
  if (span) addMessages(span, [message]);
  if (version === local.followed + 1) local.followed = version;
  if (seq > chat.lastSeq + 1) {
    // What is between is told later, or how many are unread cannot be counted.
    if (!early) local.stale = true;
    return;
  }
  setChat(local, { version: Math.max(chat.version, version) });
  if (seq > chat.lastSeq) {
    const unread = chat.unread + (fromMe || seq <= chat.readSeq ? 0 : 1);
    setChat(local, { lastSeq: seq, unread });
    if (!deleted) setChat(local, { lastMessage: text, lastTime: time });
  } else if (deleted || editedAt) {
    const last = (span ? readSpan(span) : []).filter((one) => !one.deleted).at(-1);
    if (last) setChat(local, { lastMessage: last.text, lastTime: last.time });
    else local.stale = true;
  }
};

/** A mark grew. */
const takeMark = (local: Local, user: string, { readSeq, me }: { readSeq: number; me: string }) => {
  const { chat, members } = local;
  const member = members?.get(user);
  if (member) members?.set(user, { ...member, readSeq });
  if (user !== me) setChat(local, { othersReadSeq: Math.max(chat.othersReadSeq, readSeq) });
  else if (readSeq > chat.readSeq) {
    setChat(local, { readSeq });
    countUnread(local);
  }
};

/** A page was read: the newest one, or the one before what is here. */
const takePage = (local: Local, messages: readonly Message[], before: number | undefined): void => {
  if (before !== local.span?.start) return;
  const start = messages[0]?.seq ?? local.chat.fromSeq + 1;
  local.span = { start, messages: local.span?.messages ?? new Map() };
  addMessages(local.span, messages);
};

/** Whether the person is told who is in a chat. */
export const maySeeMembers = ({ chat: { type, role } }: Local): boolean =>
  type !== 'channel' || role === 'admin';

/** Applies what happened; nothing where the chat is not known here. */
export const apply = ({ me, chats }: State, entry: Entry): void => {
  if (entry.type === 'reset') {
    chats.clear();
    for (const chat of entry.chats) chats.set(chat.id, newLocal(chat));
    return;
  }
  const { chatId } = entry;
  const local = chats.get(chatId);
  if (entry.type === 'chat') {
    chats.set(chatId, takeChat(local, entry.chat, me));
    return;
  }
  if (!local) return;
  switch (entry.type) {
    case 'left':
      chats.delete(chatId);
      break;
    case 'message':
      takeMessage(local, entry.message, entry.early);
      break;
    case 'member':
      if (entry.member) local.members?.set(entry.userId, entry.member);
      else local.members?.delete(entry.userId);
      // How many there are, and how far they have read, is not told.
      local.stale = true;
      break;
    case 'read':
      takeMark(local, entry.userId, { readSeq: entry.readSeq, me });
      break;
    case 'page':
      takePage(local, entry.messages, entry.before);
      break;
    case 'members':
      local.members = new Map(entry.members.map((one) => [one.userId, one]));
      break;
    case 'followed':
      local.followed = entry.version;
      local.stale = entry.version < local.chat.version;
      break;
    case 'stale':
      local.stale = true;
      break;
    case 'closed':
      chats.set(chatId, newLocal(local.chat, local.stale));
      break;
    case 'restored':
      // Whatever version the server has now is the right one.
      chats.set(chatId, newLocal({ ...local.chat, version: 0 }, true));
  }
};
