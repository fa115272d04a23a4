import * as z from 'zod';
import { REASONS } from '../../src/contract/sockets/call.ts';
import { Profile } from '../../src/contract/sockets/inbox.ts';
import { device, HeldCall, user } from './fields.ts';

/** From the Worker to a call: a device in it invites somebody; {@link InviteAnswer} [C58]. */
export const Invite = z.object({
  type: z.literal('invite'),
  user,
  device,
  callee: Profile,
  /** Whether the callee has blocked this user: it rings out without a word to them [M42]. */
  unheard: z.boolean().optional(),
  /** Whether the callee has subscribed to pushes [P4]. */
  push: z.boolean().optional(),
});

export type Invite = z.output<typeof Invite>;

/** The answer to `invite`. */
export const InviteAnswer = z.discriminatedUnion('outcome', [
  /** It rings for them, or did already. */
  z.object({ outcome: z.literal('ok') }),
  /** No such call, or it has ended, or the user is not in it. */
  z.object({ outcome: z.literal('no_such_call'), reason: z.enum(REASONS).optional() }),
  /** Another device of the user has the call. */
  z.object({ outcome: z.literal('elsewhere'), held: HeldCall }),
  /** Nobody has answered; the callee is in the call; it is full; a legacy client is in it. */
  z.object({ outcome: z.enum(['not_answered', 'there', 'full', 'legacy']) }),
]);

export type InviteAnswer = z.output<typeof InviteAnswer>;
