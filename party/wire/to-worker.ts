import * as z from 'zod';
import { REASONS } from '../../src/contract/sockets/call.ts';
import { call, device, request, user } from './fields.ts';
import { CarriedSignal } from './messages.ts';

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
     * blocked the caller and hear nothing of the call [M42].
     */
    callees: z.array(
      z.object({ user, joined: z.boolean(), missed: z.boolean(), unheard: z.boolean().optional() }),
    ),
    /** TURN credentials to be revoked. */
    turn: z.array(z.string()),
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
