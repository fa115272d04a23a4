import * as z from 'zod';
import { REASONS } from './call.ts';
import { FEED_KINDS, Message } from './chats.ts';
import { ErrorFrame, Ping, VERSION } from './protocol.ts';

/** A user as others see them; `""` = unset. */
export const Profile = z.object({
  user: z.string(),
  username: z.string(),
  displayName: z.string(),
});

export type Profile = z.output<typeof Profile>;

const call = z.string().max(64);
const chat = z.string();
const n = z
  .int()
  .optional()
  .describe('Its number in my feed. If it is not the one after mine, ask GET /api/sync');
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
  z
    .object({
      type: z.literal('hello'),
      version: z.int(),
      since: z
        .int()
        .min(0)
        .optional()
        .describe('The number in my feed that I have read up to: the welcome says the newest one'),
    })
    .describe('The first frame'),
  z.object({ type: z.literal('decline'), call }).describe('Refuses a call, on all my devices'),
  z
    .object({ type: z.literal('hangup'), call })
    .describe(
      'Ends a call that I made on any device and nobody has answered, or that this one is in',
    ),
  z
    .object({ type: z.literal('typing'), chat: z.string().regex(/^[\w-]{1,64}$/) })
    .describe('I am writing in a chat: said once in 3 s for as long as that lasts'),
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
      n: z
        .int()
        .optional()
        .describe(
          'The newest number in my feed, read after this device began to be told. Without it, ' +
            'after a hello with `since`, ask GET /api/sync',
        ),
    })
    .describe(
      'Answers the hello, with all that rings at the moment. After a hello with `since` other ' +
        'frames may come before it',
    ),
  z.object({ type: z.literal('ring'), ...RungFields }),
  z
    .object({ type: z.literal('stop'), call, reason: z.enum([...REASONS, 'answered_elsewhere']) })
    .describe('It rings no longer'),
  z
    .object({
      type: z.literal('in_call'),
      inCall: InCall.optional().describe('As in the welcome; absent: I make and am in none'),
    })
    .describe('What the welcome said of the call that I make or am in is so no longer'),
  z
    .object({
      type: z.literal('message'),
      n,
      chat,
      seq: z.int(),
      version: z.int().describe('The chat’s version with it'),
      message: Message,
    })
    .describe('A message is new, or was edited or deleted. A hint: sync tells the same'),
  z
    .object({
      type: z.literal('change'),
      n,
      chat,
      version: z.int().optional().describe('The chat’s version with it'),
      what: z.enum(FEED_KINDS),
    })
    .describe('Something else changed in a chat: ask GET /api/sync what'),
  z
    .object({ type: z.literal('typing'), chat, user: z.string() })
    .describe('Somebody is writing; it is over 6 s later, or with their message'),
  ErrorFrame,
  z.object({ type: z.literal('pong') }),
]);

export type InboxServerFrame = z.output<typeof InboxServerFrame>;

/** Why it stops ringing. */
export type StopReason = Extract<InboxServerFrame, { type: 'stop' }>['reason'];
