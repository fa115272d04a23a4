import * as z from 'zod';
import { REASONS, Signal } from '../../src/contract/sockets/call.ts';
import { Profile } from '../../src/contract/sockets/inbox.ts';
import { QrMessage } from '../../src/contract/sockets/qr.ts';
import { ToldOfChat } from './chats.ts';
import { call, device, HeldCall, invitation, request, role, user } from './fields.ts';
import { Invite } from './invite.ts';

/**
 * The messages between the Worker and the rooms: JSON by signed POST, answered with JSON. Each may
 * come twice, when the answer to it was lost, and must have the same effect then [C16].
 */

/** Whom the Worker lets into a room, as it says once with the connection [C18]. */
export const Entrant = z.object({
  user,
  device,
  /** The session; the socket ends with it. */
  sid: z.string(),
  /** Whether it is a legacy client. */
  old: z.boolean(),
  /** When the session ends, in milliseconds since 1970. */
  until: z.number(),
  /** The role in the call that the ticket names; none in other rooms. */
  role: z.enum(['caller', 'callee']).optional(),
  /** The ticket: good once, until then in milliseconds since 1970. */
  ticket: z.object({ id: z.string(), until: z.number() }).optional(),
  /** Whether the ticket was given to move the call here from another device of the user [C51]. */
  takeOver: z.boolean().optional(),
});

export type Entrant = z.output<typeof Entrant>;

/** A signal between rooms; `raw` is the payload of a legacy client, for other ones [C37]. */
export const CarriedSignal = Signal.and(z.object({ raw: z.unknown().optional() }));

export type CarriedSignal = Signal & { readonly raw?: unknown };

const seqSignal = { seq: z.int().min(1), signal: CarriedSignal };

/** The messages to a `call` room. */
export const ToCall = z.discriminatedUnion('type', [
  /** From the Worker: a user calls; {@link CreateAnswer}, once it is known whether it rings. */
  z.object({
    type: z.literal('create'),
    caller: Profile,
    device,
    old: z.boolean(),
    callees: z.array(Profile),
    /** The callees who have blocked the caller: it rings out without a word to them [M42]. */
    unheard: z.array(user).optional(),
    /** The callees who have subscribed to pushes [P4]. */
    push: z.array(user).optional(),
    video: z.boolean(),
    /** The caller's first signal. */
    offer: CarriedSignal.optional(),
    /** A TURN credential to be revoked at the end. */
    turn: z.string().optional(),
    request,
  }),
  /** From the Worker: may this device have a ticket? {@link PermitAnswer}. */
  z.object({
    type: z.literal('permit'),
    user,
    device,
    turn: z.string().optional(),
    /** The device dials again and has forgotten the signals of its first request. */
    anew: z.boolean().optional(),
    /** The device wants the call that another device of its user makes [C34] or is in [C51]. */
    takeOver: z.boolean().optional(),
  }),
  Invite,
  /**
   * From a user's inbox: what a device without a socket here does. Answered with {@link Done} or
   * {@link LATER}.
   */
  z.object({
    type: z.literal('act'),
    user,
    device,
    action: z.discriminatedUnion('type', [
      z.object({ type: z.literal('accept') }),
      z.object({ type: z.literal('decline'), invitation }),
      z.object({ type: z.literal('hangup') }),
      /** The callee is in another call. */
      z.object({ type: z.literal('busy'), invitation }),
      z.object({ type: z.literal('signal'), ...seqSignal }),
      /**
       * A legacy device of the callee rings and wants all signals. `again`: it has dropped those
       * that it was sent, which happens once.
       */
      z.object({ type: z.literal('listen'), again: z.boolean().optional() }),
      /** The first device of the callee has come while it rings: they can be reached [C5]. */
      z.object({ type: z.literal('here') }),
      /** The session of the device has ended. */
      z.object({ type: z.literal('revoke') }),
    ]),
  }),
]);

export type ToCall = z.output<typeof ToCall>;

/** The answer to `create`. */
export const CreateAnswer = z.discriminatedUnion('outcome', [
  z.object({
    outcome: z.literal('created'),
    state: z.enum(['ringing', 'ended']),
    reason: z.enum(REASONS).optional(),
  }),
  /** There is a call between the two already: this one [C7]. */
  z.object({ outcome: z.literal('instead'), call }),
  /** The caller is in another call, or calls on another device. */
  z.object({ outcome: z.literal('in_call'), held: HeldCall.optional() }),
  /** `pair`: only these callees may not be called, who were called in vain too often [C29]. */
  z.object({
    outcome: z.literal('limited'),
    retryAfterSeconds: z.int(),
    pair: z.boolean().optional(),
  }),
  z.object({ outcome: z.literal('failed') }),
]);

export type CreateAnswer = z.output<typeof CreateAnswer>;

/** The answer to `permit`. */
export const PermitAnswer = z.discriminatedUnion('outcome', [
  z.object({
    outcome: z.literal('ok'),
    role: z.enum(['caller', 'callee']),
    video: z.boolean(),
    /** The user's oldest TURN credential, when there are too many: to be revoked now. */
    surplus: z.string().optional(),
    /** Whether another device of the user is in the call, which may be moved to this one [C51]. */
    movable: z.boolean().optional(),
  }),
  /** No such call, or it has ended, or the user is not in it. */
  z.object({ outcome: z.literal('no_such_call'), reason: z.enum(REASONS).optional() }),
  /** Another device of the user has the call. */
  z.object({ outcome: z.literal('elsewhere'), held: HeldCall.optional() }),
]);

export type PermitAnswer = z.output<typeof PermitAnswer>;

/** The answer to all messages that name no other. */
export const Done = z.object({ outcome: z.literal('done') });

export type Done = z.output<typeof Done>;

/** Grows when a user joins a call again that they have left. */
const entry = z.int().min(0).optional();

/** The messages to an `inbox` room. */
export const ToInbox = z.discriminatedUnion('type', [
  /** From a call: this user calls. {@link DialAnswer}. */
  z.object({
    type: z.literal('dial'),
    call,
    device,
    to: z.array(user),
    /** Those of them who do not hear of it, since they have blocked this user [M42]. */
    unheard: z.array(user).optional(),
    until: z.number(),
    request,
  }),
  /** From a call: this user is called. {@link RingAnswer}. */
  z.object({
    type: z.literal('ring'),
    call,
    from: Profile,
    video: z.boolean(),
    group: z.boolean(),
    expiresAt: z.number(),
    /** All who are called, as the caller's inbox was told. */
    to: z.array(user).optional(),
    /** Whether a legacy device calls, which may leave the call without a word [C42]. */
    old: z.boolean().optional(),
    /** Whether this user has blocked the caller, and hears nothing of it [M42]. */
    unheard: z.boolean().optional(),
    /** Whether this user has subscribed to pushes [P4]. */
    push: z.boolean().optional(),
    invitation,
  }),
  /** From the Worker: may this user have a TURN credential? {@link LimitAnswer}. */
  z.object({ type: z.literal('turn') }),
  /** From the Worker: may this user invite somebody, as one more call? {@link LimitAnswer}. */
  z.object({ type: z.literal('invite') }),
  /** From a call, again and again: this user is in it until then. {@link ActiveAnswer}. */
  z.object({
    type: z.literal('active'),
    call,
    device,
    epoch: entry,
    role: role.optional(),
    peers: z.array(user),
    until: z.number(),
    /** Whether another device has just taken the call over, whatever the former one said [C52]. */
    moved: z.boolean().optional(),
  }),
  /** From an unanswered call that this user makes: another device of theirs has it now [C34]. */
  z.object({
    type: z.literal('moved'),
    call,
    device,
    epoch: z.int().min(0),
    to: z.array(user),
    until: z.number(),
  }),
  /** From a call: it is over for this user. */
  z.object({ type: z.literal('stop'), call, epoch: entry, invitation, reason: z.enum(REASONS) }),
  /**
   * From a call, or from the inbox of a legacy sender, in order: signals for the legacy devices
   * that ring, or for the one named.
   */
  z.object({
    type: z.literal('signal'),
    call,
    from: user,
    video: z.boolean(),
    device: device.optional(),
    /** Grows when the sender has forgotten its signals and numbers them anew; 1 at first. */
    epoch: z.int().min(1).optional(),
    seq: z.int(),
    signals: z.array(CarriedSignal),
  }),
  /**
   * From a call: all signals of this legacy device up to `seq` have arrived at the legacy device
   * `to`, whose inbox may be handed those that follow [C47].
   */
  z.object({
    type: z.literal('direct'),
    call,
    device,
    seq: z.int().min(1),
    epoch: z.int().min(1),
    video: z.boolean(),
    to: z.object({ user, device }),
  }),
  /**
   * From the Worker: these sessions have ended, and with `others` all sessions but one that end by
   * themselves until then [C25].
   */
  z.object({
    type: z.literal('revoked'),
    sids: z.array(z.string()),
    others: z.object({ but: z.string(), until: z.number() }).optional(),
  }),
  ToldOfChat,
]);

export type ToInbox = z.output<typeof ToInbox>;

/** The answer to `dial`: `instead` names the call that there is between the two [C7]. */
export const DialAnswer = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('ok') }),
  z.object({ outcome: z.literal('instead'), call }),
  z.object({ outcome: z.literal('in_call'), held: HeldCall.optional() }),
  z.object({ outcome: z.literal('limited'), retryAfterSeconds: z.int() }),
]);

export type DialAnswer = z.output<typeof DialAnswer>;

/** The answer to `ring`: how many devices ring, and whether legacy ones do, which want signals. */
export const RingAnswer = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('ok'), devices: z.int(), old: z.boolean() }),
  z.object({ outcome: z.literal('instead'), call }),
  z.object({ outcome: z.literal('busy') }),
  /** The caller has rung in vain too often and may ring again then [C29]. */
  z.object({ outcome: z.literal('limited'), retryAfterSeconds: z.int() }),
]);

export type RingAnswer = z.output<typeof RingAnswer>;

/** The answer to `turn` and `invite`. */
export const LimitAnswer = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('ok') }),
  z.object({ outcome: z.literal('limited'), retryAfterSeconds: z.int() }),
]);

export type LimitAnswer = z.output<typeof LimitAnswer>;

/** The answer to `active`: `busy` when the user is in another call already. */
export const ActiveAnswer = z.object({ outcome: z.enum(['ok', 'busy']) });

export type ActiveAnswer = z.output<typeof ActiveAnswer>;

/** The messages of the Worker to a `qr` room. */
export const ToQr = QrMessage;
