import * as z from 'zod';
import { REASONS } from '../../src/contract/sockets/call.ts';
import { Profile } from '../../src/contract/sockets/inbox.ts';
import { call, chat, device, request, user } from './fields.ts';
import { CarriedSignal } from './messages.ts';

const rung = {
  call,
  from: Profile,
  video: z.boolean(),
  group: z.boolean(),
  /** When it happened, in milliseconds since 1970. */
  at: z.number(),
};

/** What a user is told by push, while no device of theirs is connected. */
export const PushNews = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('call'), ...rung, until: z.number() }),
  z.object({ kind: z.literal('missed'), ...rung }),
  z.object({
    kind: z.literal('stopped'),
    ...rung,
    reason: z.enum([...REASONS, 'answered_elsewhere']),
    /** The device that answered or declined: it knows. */
    by: device.optional(),
  }),
  z.object({ kind: z.literal('message'), chat, seq: z.int(), at: z.number() }),
]);

export type PushNews = z.output<typeof PushNews>;

/** The messages of rooms to the Worker. */
export const ToWorker = z.discriminatedUnion('type', [
  /** From an inbox: which of these sessions have ended? {@link SessionsAnswer} [C25]. */
  z.object({
    type: z.literal('sessions'),
    user,
    /** `until`: when a session ends by itself, in milliseconds since 1970, if that is known. */
    sessions: z.array(z.object({ sid: z.string(), until: z.number().optional() })),
  }),
  /** From an inbox: a legacy client calls. {@link CallAnswer}. */
  z.object({
    type: z.literal('call'),
    from: user,
    device,
    to: z.string(),
    offer: CarriedSignal,
    video: z.boolean(),
    request,
  }),
  /** From a call: how it went. Answered with {@link Done} once it is stored [C9]. */
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
    /**
     * Each callee, with whether they joined and whether they missed the call. `unheard`: they have
     * blocked the caller and hear nothing of the call [M42]. `invited`: by whom last into the
     * running call, and when it began for them, in milliseconds since 1970 [C63].
     */
    callees: z.array(
      z.object({
        user,
        joined: z.boolean(),
        missed: z.boolean(),
        unheard: z.boolean().optional(),
        invited: z.object({ by: user, at: z.number() }).optional(),
      }),
    ),
    /** TURN credentials to be revoked. */
    turn: z.array(z.string()),
  }),
  /** From an inbox: the newest number in this user's feed? {@link FeedAnswer} [M22]. */
  z.object({ type: z.literal('feed'), user }),
  /** From an inbox: this user types. Answered with {@link Done}, whoever is told [M28]. */
  z.object({ type: z.literal('typing'), user, chat }),
  /** From an inbox: tell its user by push. Answered with {@link Done}, whoever is told [P4]. */
  z.object({ type: z.literal('push'), user, news: PushNews }),
  /** From a fan-out room: the next members of its chat? {@link MembersAnswer} [M27]. */
  z.object({
    type: z.literal('members'),
    chat,
    /** The member after whom they come, in the order of ids; none for the first ones. */
    after: user.optional(),
    /** Only those who may read the message in this place [M25]. */
    seq: z.int().optional(),
    limit: z.int().min(1).max(100),
  }),
]);

export type ToWorker = z.output<typeof ToWorker>;

/** How a call went. */
export type CallRecord = Extract<ToWorker, { type: 'record' }>;

/** The answer to `call`: the call, or why there is none. */
export const CallAnswer = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('ok'), call }),
  z.object({ outcome: z.literal('no') }),
]);

export type CallAnswer = z.output<typeof CallAnswer>;

/** The answer to `sessions`: those that have ended. */
export const SessionsAnswer = z.object({
  outcome: z.literal('ok'),
  ended: z.array(z.string()),
});

/** The answer to `sessions`: those that have ended. */
export type SessionsAnswer = z.output<typeof SessionsAnswer>;

/** The answer to `feed`. */
export const FeedAnswer = z.object({ outcome: z.literal('ok'), n: z.int() });

export type FeedAnswer = z.output<typeof FeedAnswer>;

/** The answer to `members`: fewer than were asked for when there are no more. */
export const MembersAnswer = z.object({ outcome: z.literal('ok'), members: z.array(user) });

export type MembersAnswer = z.output<typeof MembersAnswer>;

/** The message that asks for a push. */
export type PushMessage = Extract<ToWorker, { readonly type: 'push' }>;

/** The messages about chats. */
export type AboutChats = Extract<ToWorker, { readonly type: 'feed' | 'typing' | 'members' }>;
