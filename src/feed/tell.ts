import type { News as WireNews } from '../../party/wire/chats.ts';
import type { RoomServices } from '../../party/wire/rooms.ts';
import type { Message } from '../contract/http/messages.ts';
import type { FeedKind } from '../contract/http/sync.ts';
import type { RequestContext } from '../platform/http/request-context.ts';
import { toInlineMessage } from './message.ts';
import type { Telling } from './plan.ts';
import { planTelling } from './plan.ts';

/**
 * How long an attachment may be for legacy sockets, in characters and times the number of those who
 * are told: they get it as a whole or not at all.
 */
export const LEGACY_ATTACHMENTS_LIMIT = 4 * 1024 * 1024;

/** Somebody who is told, and the number that the change has in their feed. */
export interface Told {
  readonly userId: string;
  /** The last number that the change took in their feed. */
  readonly n: number;
  /** What it is for them, where that differs from the rest: who was removed has `left`. */
  readonly what?: FeedKind | undefined;
  /** Whether they have subscribed to pushes: they may get one about a new message [P6]. */
  readonly push?: boolean | undefined;
}

/** What a change is: a message that is new, edited or deleted, or anything else. */
export type News =
  | {
      readonly type: 'message';
      /** Whether it is new: legacy sockets hear of no others [M3]. */
      readonly isNew: boolean;
      /** As the one who acted sees it; each reader gets their own `fromMe`. */
      readonly message: Message;
    }
  | {
      readonly type: 'change';
      readonly what: Exclude<FeedKind, 'message'>;
      /** The chat's version after it. */
      readonly version?: number | undefined;
    };

/** A change that was committed, and who hears of it. */
export interface Change {
  readonly chatId: string;
  readonly news: News;
  /** Whose feed has it: the rows of `numbered`. */
  readonly told: readonly Told[];
  /** Whether the chat is large: then all members are told, not only those in `told` [M26]. */
  readonly large: boolean;
  /** The session that acted: its legacy sockets are not told of its own message [M3]. */
  readonly senderSid: string;
}

/**
 * Tells the devices of the members of a change, behind the answer [M21]. It is a hint: it is tried
 * once, and a failure is logged and otherwise ignored.
 */
export const tellMembers = (ctx: RequestContext, services: RoomServices, change: Change): void =>
  ctx.defer('chat.not_told', () => tellRooms(services, toTelling(change)));

/**
 * Tells the rooms of those whom something concerns, all at once and each once.
 *
 * @throws the first failure, when all have answered or failed
 */
export const tellRooms = async ({ rooms }: RoomServices, telling: Telling): Promise<void> => {
  const posts = planTelling(telling).map(({ room, message }) => rooms.ask(room, message));
  const failed = (await Promise.allSettled(posts)).find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
};

const toTelling = ({ chatId: chat, news, told, large: all, senderSid: sid }: Change): Telling => {
  const isNew = news.type === 'message' && news.isNew;
  const to = told.map(({ userId: user, n, what, push }) => ({
    user,
    n,
    ...(what && { what }),
    ...(isNew && push && user !== news.message.senderId && { push }),
  }));
  if (news.type === 'change') {
    const { what, version } = news;
    return {
      news: { type: 'change', chat, what, ...(version !== undefined && { version }) },
      to,
      all,
    };
  }
  const { fromMe, clientId, senderId } = news.message;
  return {
    news: toWireNews(chat, news, all ? Number.POSITIVE_INFINITY : told.length),
    to,
    all,
    ...(fromMe &&
      senderId !== null && {
        actor: { user: senderId, sid, ...(clientId !== undefined && { clientId }) },
      }),
  };
};

/** Leaves out what is for its sender only, and the URL of a long attachment. */
const toWireNews = (
  chat: string,
  { isNew, message }: Extract<News, { type: 'message' }>,
  recipients: number,
): WireNews => {
  const { fromMe: _, clientId: __, ...inline } = toInlineMessage(message);
  const { attachment } = message;
  const isLong = inline.attachment !== attachment;
  const length = isLong ? JSON.stringify(attachment).length : 0;
  const isForLegacy = isLong && isNew && length * recipients <= LEGACY_ATTACHMENTS_LIMIT;
  return {
    type: 'message',
    chat,
    isNew,
    message: inline,
    ...(isForLegacy && { whole: attachment }),
  };
};
