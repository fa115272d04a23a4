import * as z from 'zod';
import { ErrorFrame, Ping, VERSION } from './protocol.ts';

/** How long a call rings, in milliseconds [C4]. */
export const RING_MS = 45_000;

/**
 * How long a member of a call may be gone before it goes on without them, in milliseconds [C12].
 */
export const GRACE_MS = 20_000;

/** How many people a call has at most [C8]. */
export const CALL_SIZE = 8;

/** How a call ended [C1]. */
export const REASONS = [
  'hung_up',
  'declined',
  'busy',
  'cancelled',
  'missed',
  'failed',
  'lost',
] as const;

export type Reason = (typeof REASONS)[number];

/** The states of a call: `created` (nobody was asked yet), `ringing`, `accepted`, `ended`. */
export const CALL_STATES = ['created', 'ringing', 'accepted', 'ended'] as const;

export type CallState = (typeof CALL_STATES)[number];

/**
 * A session description (RFC 8829) or an ICE candidate (RFC 8838); the candidate is `null` or empty
 * at the end of candidates.
 */
export const Signal = z.discriminatedUnion('kind', [
  z
    .object({ kind: z.enum(['offer', 'answer']), sdp: z.string() })
    .describe('`sdp` as setLocalDescription made it'),
  z.object({
    kind: z.literal('candidate'),
    candidate: z
      .object({
        candidate: z.string(),
        sdpMid: z.string().nullish(),
        sdpMLineIndex: z.int().nullish(),
        usernameFragment: z.string().nullish(),
      })
      .nullable(),
  }),
]);

export type Signal = z.output<typeof Signal>;

type Candidate = NonNullable<Extract<Signal, { kind: 'candidate' }>['candidate']>;

const isText = (value: unknown): value is string | null | undefined =>
  typeof value === 'string' || value == null;
const isIndex = (value: unknown): value is number | null | undefined =>
  Number.isSafeInteger(value) || value == null;
/** Whether a value is an object or a list. */
export const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null;

/**
 * Reads a candidate as the schema does, without the fields that it should not have. The schema is
 * slow where code must not be generated, as in Workers.
 */
export const readCandidate = (
  value: { readonly [Name in keyof Candidate]?: unknown },
): Candidate | undefined => {
  const { candidate, sdpMid, sdpMLineIndex, usernameFragment } = value;
  if (
    typeof candidate !== 'string' ||
    !isText(sdpMid) ||
    !isIndex(sdpMLineIndex) ||
    !isText(usernameFragment)
  )
    return;
  const read: Candidate = { candidate };
  if (sdpMid !== undefined) read.sdpMid = sdpMid;
  if (sdpMLineIndex !== undefined) read.sdpMLineIndex = sdpMLineIndex;
  if (usernameFragment !== undefined) read.usernameFragment = usernameFragment;
  return read;
};

/** Measures the frame of a first signal as a room does, in bytes of UTF-8 [C21]. */
export const measureSignal = (signal: Signal): number =>
  new TextEncoder().encode(JSON.stringify({ type: 'signal', seq: 1, signal })).byteLength;

const seq = z.int().min(1);
const epoch = z.int().min(1);

/** Maps a user to the last of their signals that was seen. */
export const Seen = z.record(z.string().max(64), z.object({ epoch, seq }));

export type Seen = z.output<typeof Seen>;

/** The frames of clients in a `call` room. */
export const CallClientFrame = z.discriminatedUnion('type', [
  z
    .object({
      type: z.literal('hello'),
      version: z.int(),
      resume: z
        .object({ seen: Seen, acked: z.int().min(0) })
        .optional()
        .describe(
          'On coming back with one’s memory: what I have seen of others, and the last `acked` ' +
            'that I heard (0 at first, as for one whose offer went with POST)',
        ),
      early: z
        .boolean()
        .optional()
        .describe(
          'While it rings here: send me the signals of the others already, and what comes. ' +
            '`resume.seen` says which of them I have',
        ),
    })
    .describe('The first frame'),
  z.object({ type: z.literal('accept') }).describe('Takes the call on this device'),
  z
    .object({ type: z.literal('move') })
    .describe(
      'Takes the call that another device of mine is in, after a welcome with `movable`; then it ' +
        'is here as after an `accept`',
    ),
  z.object({ type: z.literal('decline') }).describe('Refuses it, on all my devices'),
  z
    .object({ type: z.literal('hangup') })
    .describe('Cancels the call before it is accepted, leaves it afterwards'),
  z
    .object({
      type: z.literal('signal'),
      seq,
      to: z.string().max(64).optional(),
      epoch: epoch
        .optional()
        .describe(
          'The epoch of the recipient that it is for, 1 while it rings: when they have come ' +
            'anew since, it is dropped, and counts as arrived',
        ),
      signal: Signal,
    })
    .describe(
      'Numbered by the sender from welcome.received + 1, without gaps; `to` in group calls',
    ),
  z
    .object({ type: z.literal('ack'), seen: Seen })
    .describe(
      'What I have seen: when sixteen have come, at the latest five seconds after the first. ' +
        'From an early device it counts once that device accepts',
    ),
  Ping,
]);

export type CallClientFrame = z.output<typeof CallClientFrame>;

/** The states of members of a call; `away` means gone, but in time to come back [C12]. */
export const PEER_STATES = ['ringing', 'joined', 'away', 'left'] as const;

/** Another member of a call, as a client sees them. */
export const Peer = z.object({
  user: z.string(),
  username: z.string(),
  displayName: z.string(),
  state: z
    .enum(PEER_STATES)
    .describe(
      '`away`: in the call, but without a socket for up to 20 s; `left`: out of it, or did not ' +
        'take it',
    ),
  unreachable: z
    .boolean()
    .optional()
    .describe(
      'None of their devices is connected; it rings on for those that come, and then it is absent',
    ),
  epoch: z
    .int()
    .describe(
      'Counts how often they have come without memory. When it goes up: forget what was seen of ' +
        'them, negotiate anew',
    ),
  polite: z
    .boolean()
    .describe(
      'Whether I am the polite side towards them (perfect negotiation): then they offer, ' +
        'otherwise I do',
    ),
});

export type Peer = z.output<typeof Peer>;

/** The frames of a `call` room. */
export const CallServerFrame = z.discriminatedUnion('type', [
  z
    .object({
      type: z.literal('welcome'),
      version: z.literal(VERSION),
      call: z.string(),
      state: z.enum(CALL_STATES),
      video: z.boolean(),
      group: z.boolean(),
      caller: z.string(),
      you: z.string(),
      joined: z
        .boolean()
        .describe(
          'Whether I am in the call. If not, it rings, or it went on without me: what I sent ' +
            'then is of no use',
        ),
      movable: z
        .literal(true)
        .optional()
        .describe('Another device of mine is in the call, and `move` takes it here'),
      received: z.int().describe('The last of my signals that the room has; go on after it'),
      ringsForMs: z
        .int()
        .min(0)
        .optional()
        .describe('How long it still rings for those who have not answered, if for anybody'),
      peers: z.array(Peer),
    })
    .describe(
      'Answers the hello. It comes once more when somebody is invited into a call of two, which ' +
        'is a group from then on',
    ),
  z
    .object({
      type: z.literal('state'),
      state: z.enum(CALL_STATES),
      reason: z.enum(REASONS).optional(),
    })
    .describe(
      'The call is accepted or has ended; in a group `accepted` comes again with everybody who ' +
        'joins. It also says that a `move` was done. After the end the room closes with 1000',
    ),
  z
    .object({
      type: z.literal('answered_elsewhere'),
      moved: z
        .literal(true)
        .optional()
        .describe('This device was in the call, and another one of mine has taken it over'),
    })
    .describe('Another device of mine has the call; the room closes with 4003'),
  z
    .object({ type: z.literal('peer'), peer: Peer, reason: z.enum(REASONS).optional() })
    .describe('Somebody came, went or came back'),
  z
    .object({ type: z.literal('signal'), from: z.string(), epoch, seq, signals: z.array(Signal) })
    .describe(
      'To be applied in this order. Candidates that came before their description stand behind ' +
        'it. Ignore a seq that was seen',
    ),
  z
    .object({ type: z.literal('acked'), seq })
    .describe('All my signals up to it have arrived; they may be forgotten'),
  z
    .object({ type: z.literal('resend'), seq })
    .describe('My signals from it on did not come; send them again'),
  ErrorFrame,
  z.object({ type: z.literal('pong') }),
]);

export type CallServerFrame = z.output<typeof CallServerFrame>;
