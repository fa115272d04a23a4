import type { Change, Chat, Member, Message } from '../contract.ts';

/** The messages of a chat that are here: all from `start` on, but for what is still under way. */
export interface Span {
  readonly start: number;
  readonly messages: ReadonlyMap<number, Message>;
}

/** A chat as this device has it. */
export interface Local {
  readonly chat: Chat;
  /** Of chats on the screen alone. */
  readonly span?: Span | undefined;
  readonly members?: ReadonlyMap<string, Member> | undefined;
  /** Up to this version of the chat nothing is missing: large chats are followed by it. */
  readonly followed: number;
  /** Whether what was told does not say how the chat stands, so that it has to be read. */
  readonly stale?: boolean;
}

/** All chats of somebody, as plain data. */
export interface State {
  readonly me: string;
  readonly chats: ReadonlyMap<string, Local>;
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

const toLocal = (chat: Chat): Local => ({ chat, followed: chat.version });

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

const addMessages = (span: Span, told: readonly Message[]): Span => {
  const messages = new Map(span.messages);
  for (const message of told)
    if (message.seq >= span.start)
      messages.set(message.seq, joinMessage(messages.get(message.seq), message));
  return { ...span, messages };
};

/** Counts what others wrote after my mark; stale where that cannot be told from what is here. */
const countUnread = (local: Local): Local => {
  const { chat, span } = local;
  const { readSeq, lastSeq } = chat;
  const most = Math.max(0, lastSeq - readSeq);
  const read = span && span.start <= readSeq + 1 ? readSpan(span) : [];
  const isKnown = most === 0 || (read.at(-1)?.seq ?? 0) >= lastSeq;
  const unread = isKnown
    ? read.filter(({ seq, fromMe }) => seq > readSeq && seq <= lastSeq && !fromMe).length
    : Math.min(chat.unread, most);
  return { ...local, chat: { ...chat, unread }, stale: local.stale || !isKnown };
};

/** The chat itself was told: it is as it says, but a mark of mine may be further by now. */
const takeChat = (local: Local | undefined, chat: Chat, me: string): Local => {
  // Who has left and come back reads from another place on.
  if (!local || local.chat.fromSeq !== chat.fromSeq) return toLocal(chat);
  if (chat.version < local.chat.version) return { ...local, stale: true };
  const { span, members } = local;
  const mine = members?.get(me);
  const isHidden = chat.type === 'channel' && chat.role !== 'admin';
  const isFollowed = chat.large && span !== undefined;
  const taken: Local = {
    chat,
    span,
    members: isHidden
      ? undefined
      : mine
        ? new Map(members).set(me, { ...mine, role: chat.role })
        : members,
    followed: isFollowed ? local.followed : chat.version,
    stale: isFollowed && chat.version > local.followed,
  };
  const { readSeq } = local.chat;
  return readSeq > chat.readSeq
    ? { ...countUnread({ ...taken, chat: { ...chat, readSeq } }), stale: taken.stale === true }
    : taken;
};

/** A message is new, or was edited or deleted. */
const takeMessage = (before: Local, message: Message, early: boolean): Local => {
  const { chat } = before;
  const { seq, version, text, time, deleted } = message;
  const span = before.span && addMessages(before.span, [message]);
  const followed = before.followed + (version === before.followed + 1 ? 1 : 0);
  const local = { ...before, span, followed };
  // What is between is told later, or how many are unread cannot be counted.
  if (seq > chat.lastSeq + 1) return early ? local : { ...local, stale: true };
  const told = { ...chat, version: Math.max(chat.version, version) };
  if (seq > chat.lastSeq) {
    const unread = chat.unread + (message.fromMe || seq <= chat.readSeq ? 0 : 1);
    const shown = !deleted && { lastMessage: text, lastTime: time };
    return { ...local, chat: { ...told, lastSeq: seq, unread, ...shown } };
  }
  if (!deleted && !message.editedAt) return { ...local, chat: told };
  const last =
    span &&
    readSpan(span)
      .filter((one) => !one.deleted)
      .at(-1);
  return last
    ? { ...local, chat: { ...told, lastMessage: last.text, lastTime: last.time } }
    : { ...local, chat: told, stale: true };
};

/** A mark grew. */
const takeMark = (local: Local, user: string, { readSeq, me }: { readSeq: number; me: string }) => {
  const { chat, members } = local;
  const member = members?.get(user);
  const marked: Local = member
    ? { ...local, members: new Map(members).set(user, { ...member, readSeq }) }
    : local;
  if (user !== me) {
    const othersReadSeq = Math.max(chat.othersReadSeq, readSeq);
    return { ...marked, chat: { ...chat, othersReadSeq } };
  }
  if (readSeq <= chat.readSeq) return marked;
  return countUnread({ ...marked, chat: { ...chat, readSeq } });
};

const takeMember = (local: Local, user: string, member: Member | null): Local => {
  const members = local.members && new Map(local.members);
  if (member) members?.set(user, member);
  else members?.delete(user);
  // How many there are, and how far they have read, is not told.
  return { ...local, members, stale: true };
};

/** A page was read: the newest one, or the one before what is here. */
const takePage = (local: Local, messages: readonly Message[]): Local => {
  const first = local.chat.fromSeq + 1;
  const start = Math.min(messages[0]?.seq ?? first, local.span?.start ?? Number.MAX_SAFE_INTEGER);
  const span = { start, messages: local.span?.messages ?? new Map() };
  return { ...local, span: addMessages(span, messages) };
};

const applyTo = (
  local: Local | undefined,
  entry: Exclude<Entry, { type: 'reset' }>,
  me: string,
): Local | undefined => {
  if (entry.type === 'chat') return takeChat(local, entry.chat, me);
  if (entry.type === 'left' || !local) return undefined;
  switch (entry.type) {
    case 'message':
      return takeMessage(local, entry.message, entry.early === true);
    case 'member':
      return takeMember(local, entry.userId, entry.member);
    case 'read':
      return takeMark(local, entry.userId, { readSeq: entry.readSeq, me });
    case 'page':
      return entry.before === local.span?.start ? takePage(local, entry.messages) : local;
    case 'members':
      return { ...local, members: new Map(entry.members.map((one) => [one.userId, one])) };
    case 'followed': {
      const stale = entry.version < local.chat.version;
      return { ...local, followed: entry.version, stale };
    }
    case 'stale':
      return { ...local, stale: true };
    case 'closed':
      return { ...toLocal(local.chat), stale: local.stale === true };
    case 'restored':
      return { ...toLocal(local.chat), stale: true };
  }
};

/** Applies what happened; returns the same state where nothing of it is known here. */
export const apply = (state: State, entry: Entry): State => {
  if (entry.type === 'reset')
    return { ...state, chats: new Map(entry.chats.map((chat) => [chat.id, toLocal(chat)])) };
  const local = state.chats.get(entry.chatId);
  const after = applyTo(local, entry, state.me);
  if (after === local) return state;
  const chats = new Map(state.chats);
  if (after) chats.set(entry.chatId, after);
  else chats.delete(entry.chatId);
  return { ...state, chats };
};
