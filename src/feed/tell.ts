import type { RoomServices } from '../../party/wire/rooms.ts';
import type { Message } from '../contract/http/messages.ts';
import type { FeedKind } from '../contract/http/sync.ts';
import type { RequestContext } from '../platform/http/request-context.ts';

/** Somebody who is told, and the number that the change has in their feed. */
export interface Told {
  readonly userId: string;
  /** The last number that the change took in their feed. */
  readonly n: number;
  /** What it is for them, where that differs from the rest: who was removed has `left`. */
  readonly what?: FeedKind | undefined;
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
export const tellMembers = (
  _ctx: RequestContext,
  _services: RoomServices,
  _change: Change,
): void => {};
