import type { Context } from 'hono';
import { Permitted } from '../../party/wire/messages.ts';
import {
  callTicket,
  inboxTicket,
  listCalls,
  listIceServers,
  startCall,
} from '../contract/http/calls.ts';
import type { Room } from '../contract/sockets/protocol.ts';
import { ApiError } from '../platform/errors.ts';
import { background } from '../platform/http/background.ts';
import type { AppEnv } from '../platform/http/context.ts';
import { createRouter } from '../platform/http/router.ts';
import type { Log } from '../platform/log.ts';
import type { Role } from '../rooms/ticket.ts';
import { issueTicket, TICKET_TTL_SECONDS } from '../rooms/ticket.ts';
import type { Services } from '../session/services.ts';
import type { Session } from '../session/token.ts';
import { jwtSecrets } from '../session/token.ts';
import { askCall } from './ask.ts';
import { dial } from './dial.ts';
import { pageOf, placeOf } from './history.ts';
import { createIceMemory, giveCountedIce, giveIce, leaveToCall } from './ice.ts';
import { otherCall } from './other-call.ts';
import { createRefusedCallers } from './refused.ts';
import * as store from './store.ts';
import { type Ice, stunAlone } from './turn.ts';

/** Calls: making one, tickets to rooms, the history, and ICE servers. */
export const callRoutes = (services: Services) => {
  const { settings, db, now } = services;
  const { app, route } = createRouter(services);
  const secrets = jwtSecrets(settings);
  const iceOutsideCalls = createIceMemory();
  const refused = createRefusedCallers(now);

  const ticketTo = async (room: Room, session: Session, role?: Role) => ({
    ...(await issueTicket(secrets, room, session, role, now())),
    ttlSeconds: TICKET_TTL_SECONDS,
    url: `/parties/${room.party}/${room.id}`,
  });

  /** Lets a device into a call that it may be in; only now ICE servers are asked for. */
  const admit = async (
    c: Context<AppEnv>,
    session: Session,
    found: { call: string; role: Role; video: boolean; ice: (log: Log) => Promise<Ice> },
  ) => {
    const { call, role, video } = found;
    const [ticket, { iceServers, revocable }] = await Promise.all([
      ticketTo({ party: 'call', id: call }, session, role),
      found.ice(c.get('log')),
    ]);
    if (revocable) {
      background(c)('turn.not_revoked', () => leaveToCall(services, session, { call, revocable }));
    }
    return { callId: call, ...ticket, iceServers, role, video };
  };

  const call = async (
    session: Session,
    { to, video, offer: sdp }: { to: string[]; video: boolean; offer?: string | undefined },
  ) => {
    const { userId: from, sid: device } = session;
    const seconds = refused.secondsLeft(from);
    if (seconds > 0) throw new ApiError('too_many_requests', seconds);
    const offer = sdp === undefined ? undefined : ({ kind: 'offer', sdp } as const);
    const dialled = await dial(services, { from, device, old: false, to, video, offer });
    if (dialled.outcome === 'call') return dialled;
    if (dialled.outcome === 'in_call') throw otherCall('in_call', dialled.held, device);
    if (dialled.outcome !== 'too_many_requests') throw new ApiError(dialled.outcome);
    const { pair, retryAfterSeconds } = dialled;
    // One who was rung in vain can call back at any moment, which this isolate would not hear of.
    if (!pair) refused.note(from, retryAfterSeconds);
    throw new ApiError(dialled.outcome, retryAfterSeconds);
  };

  const permit = async ({ userId: user, sid: device }: Session, id: string, takeOver: boolean) => {
    const ask = { type: 'permit', user, device, ...(takeOver && { takeOver }) } as const;
    const permitted = await askCall(services, id, ask, Permitted);
    if (permitted.outcome === 'elsewhere')
      throw otherCall('answered_elsewhere', permitted.held, device);
    if (permitted.outcome === 'no_such_call') throw new ApiError('call_not_found');
    return { call: id, ...permitted };
  };

  route(startCall, async ({ c, body, session }) => {
    const dialled = await call(session, body);
    const { existing, state, reason } = dialled;
    const { userId } = session;
    const ice = async (log: Log) => {
      if (state === 'ended') return stunAlone(settings);
      return existing ? giveCountedIce(services, log, userId) : giveIce(services, log, userId);
    };
    const admitted = await admit(c, session, { ...dialled, ice });
    return { ...admitted, existing, state, ...(reason && { reason }) };
  });

  route(callTicket, async ({ c, params, body, session }) => {
    const permitted = await permit(session, params.id, body.takeOver);
    const ice = (log: Log) => giveCountedIce(services, log, session.userId);
    return admit(c, session, { ...permitted, ice });
  });

  route(inboxTicket, ({ session, userId }) => ticketTo({ party: 'inbox', id: userId }, session));

  route(listCalls, async ({ userId, query }) =>
    pageOf(await store.listCalls(db, userId, placeOf(query.before), query.limit + 1), query.limit),
  );

  route(listIceServers, async ({ c, userId }) => {
    const given = await iceOutsideCalls(services, c.get('log'), userId);
    const { iceServers, until, retryAfterSeconds } = given;
    if (retryAfterSeconds !== undefined) throw new ApiError('too_many_requests', retryAfterSeconds);
    if (until === undefined) return { iceServers, expiresAt: null, ttlSeconds: null };
    const ttlSeconds = Math.max(0, Math.floor((until - now()) / 1000));
    return { iceServers, expiresAt: new Date(until).toISOString(), ttlSeconds };
  });

  return app;
};
