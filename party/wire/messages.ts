import * as z from 'zod';
import { REASONS, Signal } from '../../src/contract/sockets/call.ts';
import { Profile } from '../../src/contract/sockets/inbox.ts';
import { QrMessage } from '../../src/contract/sockets/qr.ts';

/**
 * What the Worker and the rooms tell one another: JSON by signed POST, answered with JSON. All of it may come twice, when the answer to it was lost; whoever gets it
 * must not mind.
 */

/** One device of a user: the session of a new client, `ws-<connection>` for a socket of an old one. */
const device = z.string();
const user = z.string();
const call = z.string();
/** Which request of an inbox a call of an old client came of: the device may be about another one by now. */
const request = z.int().optional();

/** What the Worker says of whoever enters a room, once, on the way in. */
export const Entrant = z.object({
  user,
  device,
  /** The session behind it: the socket ends with it. */
  sid: z.string(),
  /** Whether it speaks the dialect of the original server. */
  old: z.boolean(),
  /** When the session ends, in milliseconds since 1970. */
  until: z.number(),
  /** What they are in the call, as their ticket says; none elsewhere. */
  role: z.enum(['caller', 'callee']).optional(),
  /** The ticket that was shown: of use once, until then (milliseconds since 1970). */
  ticket: z.object({ id: z.string(), until: z.number() }).optional(),
});

/** See {@link Entrant}. */
export type Entrant = z.output<typeof Entrant>;

/** A signal as it goes between rooms; `raw` is the payload that an old client sent, which others like it get unchanged. */
export const CarriedSignal = Signal.and(z.object({ raw: z.unknown().optional() }));

/** See {@link CarriedSignal}. */
export type CarriedSignal = Signal & { readonly raw?: unknown };

const seqSignal = { seq: z.int().min(1), signal: CarriedSignal };

const role = z.enum(['caller', 'callee']);

/** The call that a user makes or is in. */
export const HeldCall = z.object({
  call,
  role: role.optional(),
  state: z.enum(['ringing', 'accepted']),
  device,
  /** The session of the device, as far as it is known. */
  session: z.string().optional(),
});

/** See {@link HeldCall}. */
export type HeldCall = z.output<typeof HeldCall>;

/** To a `call` room. */
export const ToCall = z.discriminatedUnion('type', [
  /** From the Worker: somebody calls. Answered with {@link CreateAnswer}, as soon as it is known whether it rings. */
  z.object({
    type: z.literal('create'),
    caller: Profile,
    device,
    old: z.boolean(),
    callees: z.array(Profile),
    video: z.boolean(),
    /** The caller's first signal. */
    offer: CarriedSignal.optional(),
    /** A TURN credential to be revoked at the end. */
    turn: z.string().optional(),
    request,
  }),
  /** From the Worker: may this device have a ticket? Answered with {@link PermitAnswer}. */
  z.object({
    type: z.literal('permit'),
    user,
    device,
    turn: z.string().optional(),
    /** It dials once more, and knows nothing of what it said in its first request. */
    anew: z.boolean().optional(),
    /** It wants the call that another device of its user makes, if nobody has answered that. */
    takeOver: z.boolean().optional(),
  }),
  /**
   * From the inbox of a user: what one of their devices does that has no socket here. Answered with
   * {@link Done}, or with {@link LATER}.
   */
  z.object({
    type: z.literal('act'),
    user,
    device,
    action: z.discriminatedUnion('type', [
      z.object({ type: z.literal('accept') }),
      z.object({ type: z.literal('decline') }),
      z.object({ type: z.literal('hangup') }),
      /** The callee is in another call. */
      z.object({ type: z.literal('busy') }),
      z.object({ type: z.literal('signal'), ...seqSignal }),
      /**
       * An old device of the callee has come while it rings: it wants the signals so far, and all
       * that follow. `again` = it has dropped what it was sent before, which happens once.
       */
      z.object({ type: z.literal('listen'), again: z.boolean().optional() }),
      /** A new device of the callee has come while it rings, where none was: they can be reached. */
      z.object({ type: z.literal('here') }),
      /** The session of the device has ended. */
      z.object({ type: z.literal('revoke') }),
    ]),
  }),
]);

/** See {@link ToCall}. */
export type ToCall = z.output<typeof ToCall>;

/** The answer to `create`. */
export const CreateAnswer = z.discriminatedUnion('outcome', [
  z.object({
    outcome: z.literal('created'),
    state: z.enum(['ringing', 'ended']),
    reason: z.enum(REASONS).optional(),
  }),
  /** There is a call between the two already: this one. */
  z.object({ outcome: z.literal('instead'), call }),
  /** The caller is in another call, or calls on another device. */
  z.object({ outcome: z.literal('in_call'), held: HeldCall.optional() }),
  /** `pair`: those who are called were called in vain too often; others may be called. */
  z.object({
    outcome: z.literal('limited'),
    retryAfterSeconds: z.int(),
    pair: z.boolean().optional(),
  }),
  z.object({ outcome: z.literal('failed') }),
]);

/** See {@link CreateAnswer}. */
export type CreateAnswer = z.output<typeof CreateAnswer>;

/** The answer to `permit`. */
export const PermitAnswer = z.discriminatedUnion('outcome', [
  z.object({
    outcome: z.literal('ok'),
    role: z.enum(['caller', 'callee']),
    video: z.boolean(),
    /** The oldest TURN credential of too many that the user has: to be revoked now. */
    surplus: z.string().optional(),
  }),
  /** No such call, or it has ended, or the user is not in it. */
  z.object({ outcome: z.literal('no_such_call') }),
  /** Another device of the user has the call. */
  z.object({ outcome: z.literal('elsewhere'), held: HeldCall.optional() }),
]);

/** See {@link PermitAnswer}. */
export type PermitAnswer = z.output<typeof PermitAnswer>;

/** The answer where there is nothing to say. */
export const Done = z.object({ outcome: z.literal('done') });

/** See {@link Done}. */
export type Done = z.output<typeof Done>;

/** Goes up when the user comes once more to a call that they have left. */
const entry = z.int().min(0).optional();

/** To an `inbox` room. */
export const ToInbox = z.discriminatedUnion('type', [
  /** From a call: this user calls. Answered with {@link DialAnswer}. */
  z.object({
    type: z.literal('dial'),
    call,
    device,
    to: z.array(user),
    until: z.number(),
    request,
  }),
  /** From a call: this user is called. Answered with {@link RingAnswer}. */
  z.object({
    type: z.literal('ring'),
    call,
    from: Profile,
    video: z.boolean(),
    group: z.boolean(),
    expiresAt: z.number(),
    /** All who are called, as the caller's inbox was told. */
    to: z.array(user).optional(),
    /** Whether an old device calls: it may have left the call without a word. */
    old: z.boolean().optional(),
  }),
  /** From the Worker: may this user have a TURN credential? Answered with {@link TurnAnswer}. */
  z.object({ type: z.literal('turn') }),
  /** From a call, repeated while it lasts: this user is in it, until then at least. Answered with {@link ActiveAnswer}. */
  z.object({
    type: z.literal('active'),
    call,
    device,
    epoch: entry,
    role: role.optional(),
    peers: z.array(user),
    until: z.number(),
  }),
  /** From a call that this user makes and nobody has answered: another device of theirs has it now. Answered with {@link Done}. */
  z.object({
    type: z.literal('moved'),
    call,
    device,
    epoch: z.int().min(0),
    to: z.array(user),
    until: z.number(),
  }),
  /** From a call: it is over for this user. Answered with {@link Done}. */
  z.object({ type: z.literal('stop'), call, epoch: entry, reason: z.enum(REASONS) }),
  /** From a call, in order: for the old devices that it rings on, or for the one named. Answered with {@link Done}. */
  z.object({
    type: z.literal('signal'),
    call,
    from: user,
    video: z.boolean(),
    device: device.optional(),
    /** Goes up when the sender has forgotten all signals and numbers them anew; 1 at first. */
    epoch: z.int().min(1).optional(),
    seq: z.int(),
    signals: z.array(CarriedSignal),
  }),
  /** From the Worker: these sessions have ended, and perhaps all but one of those that end by themselves until then. Answered with {@link Done}. */
  z.object({
    type: z.literal('revoked'),
    sids: z.array(z.string()),
    others: z.object({ but: z.string(), until: z.number() }).optional(),
  }),
]);

/** See {@link ToInbox}. */
export type ToInbox = z.output<typeof ToInbox>;

/** The answer to `dial`: `instead` is the call there is already between the two. */
export const DialAnswer = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('ok') }),
  z.object({ outcome: z.literal('instead'), call }),
  z.object({ outcome: z.literal('in_call'), held: HeldCall.optional() }),
  z.object({ outcome: z.literal('limited'), retryAfterSeconds: z.int() }),
]);

/** See {@link DialAnswer}. */
export type DialAnswer = z.output<typeof DialAnswer>;

/** The answer to `ring`: how many devices ring, and whether there are old ones among them, which want signals. */
export const RingAnswer = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('ok'), devices: z.int(), old: z.boolean() }),
  z.object({ outcome: z.literal('instead'), call }),
  z.object({ outcome: z.literal('busy') }),
  /** The caller has rung in vain too often, and may ring again then. */
  z.object({ outcome: z.literal('limited'), retryAfterSeconds: z.int() }),
]);

/** See {@link RingAnswer}. */
export type RingAnswer = z.output<typeof RingAnswer>;

/** The answer to `turn`. */
export const TurnAnswer = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('ok') }),
  z.object({ outcome: z.literal('limited'), retryAfterSeconds: z.int() }),
]);

/** See {@link TurnAnswer}. */
export type TurnAnswer = z.output<typeof TurnAnswer>;

/** The answer to `active`: `busy` when the user is in another call already. */
export const ActiveAnswer = z.object({ outcome: z.enum(['ok', 'busy']) });

/** See {@link ActiveAnswer}. */
export type ActiveAnswer = z.output<typeof ActiveAnswer>;

/** To the Worker, from rooms. */
export const ToWorker = z.discriminatedUnion('type', [
  /** From an inbox: which of these sessions of its user have ended? Answered with {@link SessionsAnswer}. */
  z.object({
    type: z.literal('sessions'),
    user,
    /** `until` is when a session ends by itself, in milliseconds since 1970, where the inbox knows it. */
    sessions: z.array(z.object({ sid: z.string(), until: z.number().optional() })),
  }),
  /** From an inbox: an old client calls. Answered with {@link CallAnswer}. */
  z.object({
    type: z.literal('call'),
    from: user,
    device,
    to: z.string(),
    offer: CarriedSignal,
    video: z.boolean(),
    request,
  }),
  /** From a call: how it went. Answered with {@link Done} once it is kept. */
  z.object({
    type: z.literal('record'),
    call,
    caller: user,
    video: z.boolean(),
    reason: z.enum(REASONS),
    /** Milliseconds since 1970. */
    createdAt: z.number(),
    acceptedAt: z.number().optional(),
    endedAt: z.number(),
    /** Everybody who was called: whether they were in it, and whether they missed it. */
    callees: z.array(z.object({ user, joined: z.boolean(), missed: z.boolean() })),
    /** TURN credentials to be revoked. */
    turn: z.array(z.string()),
  }),
]);

/** See {@link ToWorker}. */
export type ToWorker = z.output<typeof ToWorker>;

/** How a call went. */
export type CallRecord = Extract<ToWorker, { type: 'record' }>;

/** The answer to `call`: the call, or why there is none. */
export const CallAnswer = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('ok'), call }),
  z.object({ outcome: z.literal('no') }),
]);

/** See {@link CallAnswer}. */
export type CallAnswer = z.output<typeof CallAnswer>;

/** The answer to `sessions`: those that have ended. */
export const SessionsAnswer = z.object({
  outcome: z.literal('ok'),
  ended: z.array(z.string()),
});

/** The answer to `sessions`: those that have ended. */
export type SessionsAnswer = z.output<typeof SessionsAnswer>;

/** How many messages one request brings to a room at most. */
export const BATCH_LIMIT = 64;

/** Several messages of one room to another, in their order. Answered with {@link Answers}. */
export const Batch = z.object({
  type: z.literal('batch'),
  messages: z.array(z.unknown()).min(1).max(BATCH_LIMIT),
});

/** See {@link Batch}. */
export type Batch = {
  readonly type: 'batch';
  readonly messages: readonly (ToCall | ToInbox | ToWorker)[];
};

/** The answers to a {@link Batch}, each in the place of its message; null where there is none. */
export const Answers = z.object({ answers: z.array(z.unknown()) });

/** The answer where too much waits for somebody else: what was told has to be told again. */
export const LATER = { outcome: 'later' } as const;

/** To a `qr` room, from the Worker. */
export const ToQr = QrMessage;
