import * as z from 'zod';
import { CALL_SIZE, measureSignal, REASONS } from '../sockets/call.ts';
import { ROOM_ID, SIGNAL_LIMIT } from '../sockets/protocol.ts';
import type { Endpoint } from './endpoint.ts';
import { text } from './fields.ts';
import { once } from './once.ts';

/** How many calls a page of the history has: by default, and 1 to 100 as a pattern. */
const PAGE = { usual: '50', pattern: /^([1-9]\d?|100)$/ } as const;

/**
 * The cursor of a page of the history: `<ms since 1970, base 36>.<id>` of the last call of the page
 * before.
 */
export const CURSOR = /^([0-9a-z]{1,9})\.([\w-]{1,64})$/;

const IceServerObject = once(() =>
  z.object({
    urls: z.array(z.string()),
    username: z.string().optional(),
    credential: z.string().optional(),
  }),
);

/** A STUN or TURN server as `RTCPeerConnection` takes it (WebRTC 1.0, RTCIceServer). */
export type IceServer = z.input<ReturnType<typeof IceServerObject>>;

const iceServers = once(() =>
  z.array(IceServerObject()).describe('For `new RTCPeerConnection({iceServers})`'),
);

const ticketFields = once(() => ({
  ticket: z.string().describe('Lets this device in, once; a new one is at /api/calls/:id/ticket'),
  url: z.string().describe('A path of this origin: open a WebSocket at `<url>?ticket=<ticket>`'),
  expiresAt: z.iso.datetime().describe('When the ticket ends, by the server’s clock'),
  ttlSeconds: z.int().describe('How long the ticket is good for: count from now'),
}));
const callFields = once(() => ({
  callId: z.string(),
  ...ticketFields(),
  iceServers: iceServers(),
  role: z.enum(['caller', 'callee']),
  video: z.boolean(),
}));

const person = text('invalid_field').max(65, 'invalid_field');

/** Calls somebody. */
export const startCall = {
  method: 'post',
  path: '/api/calls',
  summary:
    'Call somebody, or up to seven at once: their devices ring. When the one whom I call, or one ' +
    'of the same people, is just calling me, that call is the answer, with the role `callee`: ' +
    'join and accept it',
  bearer: true,
  example: { to: '@demo', video: false },
  body: z
    .object({
      to: z
        .union(
          [
            person.transform((one) => [one]),
            z
              .array(person)
              .min(1, 'invalid_field')
              .max(CALL_SIZE - 1, 'invalid_field'),
          ],
          'invalid_field',
        )
        .describe('Ids of users, or usernames, with or without @'),
      video: z.boolean('invalid_field').default(false),
      offer: text('invalid_field')
        .refine((sdp) => measureSignal({ kind: 'offer', sdp }) <= SIGNAL_LIMIT, 'invalid_field')
        .optional()
        .describe(
          'SDP: my first signal, number 1; for one callee alone. As a frame in the room it is at ' +
            'most 256 KiB long',
        ),
    })
    .refine(({ to, offer }) => offer === undefined || to.length === 1, 'invalid_field'),
  success: {
    status: 201,
    body: () =>
      z.object({
        ...callFields(),
        existing: z
          .boolean()
          .describe('There was such a call already: send the offer as a signal, it was not taken'),
        state: z
          .enum(['ringing', 'ended'])
          .describe('`ended`: it is over already; otherwise join, the room knows more'),
        reason: z.enum(REASONS).optional().describe('How it ended'),
      }),
  },
  errors: ['invalid_field', 'call_to_oneself', 'user_not_found', 'in_call', 'too_many_requests'],
} as const satisfies Endpoint;

/** Issues a ticket to a call. */
export const callTicket = {
  method: 'post',
  path: '/api/calls/:id/ticket',
  summary: 'A ticket to a call that rings for me or that I am in: to join it, or to come back',
  bearer: true,
  params: z.object({ id: z.string().regex(ROOM_ID, 'call_not_found') }),
  example: { takeOver: false },
  body: z.object({
    takeOver: z
      .boolean('invalid_field')
      .default(false)
      .describe(
        'Have the call here that I make on another device and nobody has answered. Of a call ' +
          'that I am in on another device: a ticket with which its room takes the frame `move`',
      ),
  }),
  success: { status: 200, body: () => z.object(callFields()) },
  errors: ['invalid_field', 'call_not_found', 'answered_elsewhere'],
} as const satisfies Endpoint;

/** Rings somebody into a call. */
export const inviteToCall = {
  method: 'post',
  path: '/api/calls/:id/invite',
  summary:
    'Ring somebody into the call that this device is in, which is a group call from then on. For ' +
    'whom it rings already it rings on. What becomes of it is told in the room, by `peer`',
  bearer: true,
  params: z.object({ id: z.string().regex(ROOM_ID, 'call_not_found') }),
  example: { user: '@demo' },
  body: z.object({ user: person.describe('The id of a user, or a username, with or without @') }),
  success: { status: 200, body: () => z.object({ ok: z.literal(true) }) },
  errors: [
    'invalid_field',
    'call_to_oneself',
    'user_not_found',
    'call_not_found',
    'call_not_answered',
    'call_full',
    'already_in_call',
    'call_stays_of_two',
    'answered_elsewhere',
    'too_many_requests',
  ],
} as const satisfies Endpoint;

/** Issues a ticket to one's own inbox. */
export const inboxTicket = {
  method: 'post',
  path: '/api/calls/inbox',
  summary: 'A ticket to my inbox, where my devices hear of calls',
  bearer: true,
  success: { status: 200, body: () => z.object(ticketFields()) },
  errors: [],
} as const satisfies Endpoint;

/** Lists calls that are over. */
export const listCalls = {
  method: 'get',
  path: '/api/calls',
  summary: 'My calls, the newest first; those that are not over yet are not among them',
  bearer: true,
  query: z.object({
    before: z
      .string()
      .regex(CURSOR, 'invalid_field')
      .optional()
      .describe('`next` of the page before'),
    limit: z
      .string()
      .regex(PAGE.pattern, 'invalid_field')
      .default(PAGE.usual)
      .transform(Number)
      .describe('1 to 100'),
  }),
  success: {
    status: 200,
    body: () =>
      z.object({
        calls: z.array(
          z.object({
            callId: z.string(),
            direction: z.enum(['outgoing', 'incoming']),
            video: z.boolean(),
            group: z.boolean(),
            startedAt: z.iso.datetime(),
            answeredAt: z.iso.datetime().nullable(),
            endedAt: z.iso.datetime(),
            durationSeconds: z.int().describe('From the answer to the end; 0 when there was none'),
            reason: z.enum(REASONS),
            missed: z
              .boolean()
              .describe('It rang for me, or would have, and I neither took nor declined it'),
            peers: z
              .array(
                z.object({
                  userId: z.string(),
                  username: z.string().describe('"" when unset, as displayName'),
                  displayName: z.string(),
                }),
              )
              .describe('All others, the caller first'),
          }),
        ),
        next: z.string().nullable().describe('For `before`; null on the last page'),
      }),
  },
  errors: ['invalid_field'],
} as const satisfies Endpoint;

/** One call of the history. */
export type PastCall = z.input<ReturnType<typeof listCalls.success.body>>['calls'][number];

/** Tells which STUN and TURN servers to use. */
export const listIceServers = {
  method: 'get',
  path: '/api/calls/ice',
  summary:
    'STUN and TURN servers, for a call that outlives its credentials or a client that prepares one',
  bearer: true,
  success: {
    status: 200,
    body: () =>
      z.object({
        iceServers: iceServers(),
        expiresAt: z.iso.datetime().nullable().describe('Of the credentials, if there are any'),
        ttlSeconds: z.int().nullable().describe('How long they are good for: count from now'),
      }),
  },
  errors: ['too_many_requests'],
} as const satisfies Endpoint;
