import * as z from 'zod';

/** The largest offer, answer or candidate of an old client is a frame; its payload is passed on as it came. */
const payload = z.record(z.string(), z.unknown());
const candidate = z.object({ event: z.literal('call:ice'), payload });

/**
 * What clients of the original server send over `/ws` (contract.md, "Calls over /ws"). Everything else is ignored there, pings included. An offer names whom it is for
 * as `userId` or `targetUserId`.
 */
export const LegacyFrame = z.discriminatedUnion('event', [
  z.object({ event: z.literal('call:offer'), payload }),
  z.object({ event: z.literal('call:answer'), payload }),
  candidate,
  z.object({ event: z.literal('call:hangup') }),
]);

/** See {@link LegacyFrame}. */
export type LegacyFrame = z.output<typeof LegacyFrame>;

/** What old clients are sent: offers with a true `fromUserId`; of answers the bare `sdp` where there is one; candidates as they came. */
export type LegacyServerFrame =
  | { readonly event: 'call:offer' | 'call:answer' | 'call:ice'; readonly payload: unknown }
  | { readonly event: 'call:hangup' };
