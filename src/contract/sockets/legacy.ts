import * as z from 'zod';
import type { Message } from './chats.ts';
import { Ping } from './protocol.ts';

/** An offer, an answer or a candidate, which is passed on as it came [C37]. */
const payload = z.record(z.string(), z.unknown());
const candidate = z.object({ event: z.literal('call:ice'), payload });

/**
 * What legacy clients say of calls on `/ws`. An offer names its callee as `userId` or
 * `targetUserId`.
 */
const LegacyCallFrame = z.discriminatedUnion('event', [
  z.object({ event: z.literal('call:offer'), payload }),
  z.object({ event: z.literal('call:answer'), payload }),
  candidate,
  z.object({ event: z.literal('call:hangup') }),
]);

export type LegacyCallFrame = z.output<typeof LegacyCallFrame>;

/** The frames of legacy clients on `/ws`. All others are ignored [C38]. */
export const LegacyFrame = z.union([LegacyCallFrame, Ping]);

export type LegacyFrame = z.output<typeof LegacyFrame>;

/** A message as the legacy client knows it [M3]. */
export type LegacyMessage = Pick<Message, 'id' | 'fromMe' | 'text' | 'time' | 'attachment'>;

/**
 * The frames to legacy clients [C37]: an offer has the true `fromUserId`, an answer is its bare
 * `sdp` when it has one, and a candidate is as it came. Those about chats are the only ones with a
 * `type` [M3, M4].
 */
export type LegacyServerFrame =
  | { readonly event: 'call:offer' | 'call:answer' | 'call:ice'; readonly payload: unknown }
  | { readonly event: 'call:hangup' }
  | { readonly type: 'pong' }
  | { readonly type: 'new_message'; readonly chatId: string; readonly message: LegacyMessage };
