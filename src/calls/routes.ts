import { PermitAnswer } from '../../party/wire/messages.ts';
import {
  callTicket,
  inboxTicket,
  inviteToCall as inviteEndpoint,
  listCalls,
  listIceServers,
  startCall,
} from '../contract/http/calls.ts';
import type { Room } from '../contract/sockets/protocol.ts';
import { ApiError } from '../platform/errors.ts';
import type { RequestContext } from '../platform/http/request-context.ts';
import { createRouter } from '../platform/http/router.ts';
import type { Role } from '../rooms/ticket.ts';
import { issueTicket, TICKET_TTL_SECONDS } from '../rooms/ticket.ts';
import type { Services } from '../session/services.ts';
import type { Session } from '../session/token.ts';
import { jwtSecretsOf } from '../session/token.ts';
import { askCall } from './ask.ts';
import { dial } from './dial.ts';
import { makePage, parseCursor } from './history.ts';
import { countedIceServersFor, createIceMemory, iceServersFor, leaveToCall } from './ice.ts';
import { countInvite, inviteToCall } from './invite.ts';
import { otherCallError } from './other-call.ts';
import type { Person } from './people.ts';
import { createRefusedCallers } from './refused.ts';
import * as store from './store.ts';
import type { Ice } from './turn.ts';
import { listStunServers } from './turn.ts';

/** A call that a device may be in, and how it gets its ICE servers. */
interface Admission {
  readonly call: string;
  readonly role: Role;
  readonly video: boolean;
  /** Whether the ticket is for moving the call to this device [C51]. */
  readonly movable?: boolean | undefined;
  readonly getIce: () => Promise<Ice>;
}

/** A call that is asked for, and whom it can mean. */
interface AskedCall {
  readonly to: readonly string[];
  readonly people: readonly Person[];
  readonly video: boolean;
  readonly offer?: string | undefined;
}

/** The routes of calls: making one, tickets to rooms, the history, and ICE servers. */
export const callRoutes = (services: Services) => {
  const { settings, db, now } = services;
  const { app, route, routeSelfChecking, readIfLiving } = createRouter(services);
  const secrets = jwtSecretsOf(settings);
  const iceOutsideCalls = createIceMemory();
  const refused = createRefusedCallers(now);

  const ticketTo = async (
    room: Room,
    session: Session,
    {
      role,
      movable: takeOver,
    }: { readonly role?: Role; readonly movable?: boolean | undefined } = {},
  ) => ({
    ...(await issueTicket(secrets, { room, session, role, takeOver, now: now() })),
    ttlSeconds: TICKET_TTL_SECONDS,
    url: `/parties/${room.party}/${room.id}`,
  });

  /** Lets a device into a call; ICE servers are asked for only now [C31]. */
  const admit = async (ctx: RequestContext, session: Session, admission: Admission) => {
    const { call, role, video, movable } = admission;
    const [ticket, { iceServers, revocable }] = await Promise.all([
      ticketTo({ party: 'call', id: call }, session, { role, movable }),
      admission.getIce(),
    ]);
    if (revocable) {
      ctx.defer('turn.not_revoked', () => leaveToCall(services, session, { call, revocable }));
    }
    return { callId: call, ...ticket, iceServers, role, video };
  };

  const throwIfRefused = (user: string) => {
    const seconds = refused.secondsLeft(user);
    if (seconds > 0) throw new ApiError('too_many_requests', seconds);
  };

  const dialOrThrow = async (session: Session, { offer: sdp, ...asked }: AskedCall) => {
    const { userId: from, sid: device } = session;
    const offer = sdp === undefined ? undefined : ({ kind: 'offer', sdp } as const);
    const dialled = await dial(services, { ...asked, from, device, legacy: false, offer });
    if (dialled.outcome === 'call') return dialled;
    if (dialled.outcome === 'in_call') throw otherCallError('in_call', dialled.held, device);
    if (dialled.outcome !== 'too_many_requests') throw new ApiError(dialled.outcome);
    const { pair, retryAfterSeconds } = dialled;
    // A call by the other side ends the pause of a pair [C29], and this isolate would not know.
    if (!pair) refused.remember(from, retryAfterSeconds);
    throw new ApiError(dialled.outcome, retryAfterSeconds);
  };

  const permitOrThrow = async (session: Session, id: string, takeOver: boolean) => {
    const { userId: user, sid: device } = session;
    const message = { type: 'permit', user, device, ...(takeOver && { takeOver }) } as const;
    const permitted = await askCall(services, id, { message, answer: PermitAnswer });
    if (permitted.outcome === 'elsewhere')
      throw otherCallError('answered_elsewhere', permitted.held, device);
    if (permitted.outcome === 'no_such_call') {
      const error = new ApiError('call_not_found');
      error.reason = permitted.reason;
      throw error;
    }
    return { call: id, ...permitted };
  };

  routeSelfChecking(startCall, async ({ ctx, body, session, userId }) => {
    const readPeople = async () => {
      throwIfRefused(userId);
      return store.findPeople(db, userId, body.to);
    };
    const people = await readIfLiving({ session, ctx }, readPeople);
    const dialled = await dialOrThrow(session, { ...body, people });
    const { existing, state, reason } = dialled;
    const getIce = async () => {
      if (state === 'ended') return listStunServers(settings);
      return existing
        ? countedIceServersFor(ctx, services, userId)
        : iceServersFor(ctx, services, userId);
    };
    const admitted = await admit(ctx, session, { ...dialled, getIce });
    return { ...admitted, existing, state, ...(reason && { reason }) };
  });

  route(callTicket, async ({ ctx, params, body, session }) => {
    const permitted = await permitOrThrow(session, params.id, body.takeOver);
    const getIce = () => countedIceServersFor(ctx, services, session.userId);
    return admit(ctx, session, { ...permitted, getIce });
  });

  route(inviteEndpoint, async ({ params, body, session, userId }) => {
    throwIfRefused(userId);
    const seconds = await countInvite(services, userId);
    if (seconds > 0) {
      refused.remember(userId, seconds);
      throw new ApiError('too_many_requests', seconds);
    }
    await inviteToCall(services, session, { call: params.id, invited: body.user });
    return { ok: true };
  });

  route(inboxTicket, ({ session, userId }) => ticketTo({ party: 'inbox', id: userId }, session));

  route(listCalls, async ({ userId, query: { before, limit } }) => {
    const asked = { userId, before: parseCursor(before), limit: limit + 1 };
    const rows = await store.listCalls(db, asked);
    return makePage(rows, limit);
  });

  route(listIceServers, async ({ ctx, userId }) => {
    const granted = await iceOutsideCalls(ctx, services, userId);
    const { iceServers, until, retryAfterSeconds } = granted;
    if (retryAfterSeconds !== undefined) throw new ApiError('too_many_requests', retryAfterSeconds);
    if (until === undefined) return { iceServers, expiresAt: null, ttlSeconds: null };
    const ttlSeconds = Math.max(0, Math.floor((until - ctx.now()) / 1000));
    return { iceServers, expiresAt: new Date(until).toISOString(), ttlSeconds };
  });

  return app;
};
