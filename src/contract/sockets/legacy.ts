import * as z from 'zod';

/** An offer, an answer or a candidate, which is passed on as it came [C37]. */
const payload = z.record(z.string(), z.unknown());
const candidate = z.object({ event: z.literal('call:ice'), payload });

/**
 * The frames of legacy clients on `/ws`. All others are ignored, pings included [C38]. An offer
 * names its callee as `userId` or `targetUserId`.
 */
export const LegacyFrame = z.discriminatedUnion('event', [
  z.object({ event: z.literal('call:offer'), payload }),
  z.object({ event: z.literal('call:answer'), payload }),
  candidate,
  z.object({ event: z.literal('call:hangup') }),
]);

export type LegacyFrame = z.output<typeof LegacyFrame>;

/**
 * The frames to legacy clients [C37]: an offer has the true `fromUserId`, an answer is its bare
 * `sdp` when it has one, and a candidate is as it came.
 */
export type LegacyServerFrame =
  | { readonly event: 'call:offer' | 'call:answer' | 'call:ice'; readonly payload: unknown }
  | { readonly event: 'call:hangup' };
