import * as z from 'zod';

/** A device of a user: the id of its session, or `ws-<connection>` for a legacy socket. */
export const device = z.string();
export const user = z.string();
export const call = z.string();
export const chat = z.string();
/** Which request of an inbox a legacy client's call came of: the client may have dialled again. */
export const request = z.int().optional();

export const role = z.enum(['caller', 'callee']);
/** Counts how often a user was invited into a call that goes on; absent where they were called. */
export const invitation = z.int().min(1).optional();

/** The call that a user makes or is in [C33]. */
export const HeldCall = z.object({
  call,
  role: role.optional(),
  state: z.enum(['ringing', 'accepted']),
  device,
  /** The session of the device, if it is known. */
  session: z.string().optional(),
});

export type HeldCall = z.output<typeof HeldCall>;
