import * as z from 'zod';
import { REASONS } from './call.ts';
import { ErrorFrame, Ping, VERSION } from './protocol.ts';

/** A user as others see them; `""` = unset. */
export const Profile = z.object({
  user: z.string(),
  username: z.string(),
  displayName: z.string(),
});

export type Profile = z.output<typeof Profile>;

const call = z.string().max(64);
const RingFields = {
  call,
  from: Profile,
  video: z.boolean(),
  group: z.boolean(),
  expiresAt: z.int().describe('When it stops, milliseconds since 1970; but use `ringsForMs`'),
};
const RingObject = z.object(RingFields);

/** A call that rings. */
export type Ring = z.output<typeof RingObject>;

const RungFields = {
  ...RingFields,
  ringsForMs: z
    .int()
    .min(0)
    .describe('How long it still rings: count from now, since the clock of a device may be wrong'),
};

const RungObject = z.object(RungFields);

/** The call that a user makes or is in, as one of their devices is told of it [C33]. */
export const InCall = z.object({
  call,
  role: z
    .enum(['caller', 'callee'])
    .optional()
    .describe('Not known of a call from before an update'),
  state: z.enum(['ringing', 'accepted']).describe('`ringing`: I call, and nobody has answered'),
  here: z.boolean().describe('This device has it: ask for a ticket and come back'),
  session: z
    .string()
    .optional()
    .describe('The session that has it, as GET /api/sessions lists them; none if it has gone'),
});

export type InCall = z.output<typeof InCall>;

/** The frames of clients in an `inbox` room. */
export const InboxClientFrame = z.discriminatedUnion('type', [
  z.object({ type: z.literal('hello'), version: z.int() }).describe('The first frame'),
  z.object({ type: z.literal('decline'), call }).describe('Refuses a call, on all my devices'),
  z
    .object({ type: z.literal('hangup'), call })
    .describe(
      'Ends a call that I made on any device and nobody has answered, or that this one is in',
    ),
  Ping,
]);

export type InboxClientFrame = z.output<typeof InboxClientFrame>;

/** The frames of an `inbox` room. */
export const InboxServerFrame = z.discriminatedUnion('type', [
  z
    .object({
      type: z.literal('welcome'),
      version: z.literal(VERSION),
      rings: z.array(RungObject),
      inCall: InCall.optional(),
    })
    .describe('Answers the hello, with all that rings at the moment'),
  z.object({ type: z.literal('ring'), ...RungFields }),
  z
    .object({ type: z.literal('stop'), call, reason: z.enum([...REASONS, 'answered_elsewhere']) })
    .describe('It rings no longer'),
  ErrorFrame,
  z.object({ type: z.literal('pong') }),
]);

export type InboxServerFrame = z.output<typeof InboxServerFrame>;

/** Why it stops ringing. */
export type StopReason = Extract<InboxServerFrame, { type: 'stop' }>['reason'];
