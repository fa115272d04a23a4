import type { Context } from 'hono';
import { callTicket, inboxTicket, listCalls, listIceServers, startCall } from '../contract/calls.ts';
import { Permitted } from '../contract/room-messages.ts';
import type { Room } from '../contract/rooms.ts';
import { ApiError } from '../errors.ts';
import { background } from '../http/background.ts';
import type { AppEnv } from '../http/context.ts';
import { createRouter } from '../http/router.ts';
import type { Role } from '../rooms/ticket.ts';
import { issueTicket, TICKET_TTL_SECONDS } from '../rooms/ticket.ts';
import type { Services } from '../services.ts';
import type { Session } from '../session/token.ts';
import { jwtSecrets } from '../session/token.ts';
import { askCall } from './ask.ts';
import { dial } from './dial.ts';
import { pageOf, placeOf } from './history.ts';
import { createIceMemory, giveIce, leaveToCall } from './ice.ts';
import * as store from './store.ts';

/** Calls: making one, tickets to rooms, the history, and ICE servers. */
export const callRoutes = (services: Services) => {
  const { settings, db, now } = services;
  const { app, route } = createRouter(services);
  const secrets = jwtSecrets(settings);
  const iceOutsideCalls = createIceMemory();

  const ticketTo = async (room: Room, session: Session, role?: Role) => ({
    ...(await issueTicket(secrets, room, session, role, now())),
    ttlSeconds: TICKET_TTL_SECONDS,
    url: `/parties/${room.party}/${room.id}`,
  });

  /** Lets a device into a call as soon as it is known which; ICE servers are asked for meanwhile. */
  const admit = async <Call extends { call: string; role: Role; video: boolean }>(
    c: Context<AppEnv>,
    session: Session,
    finding: Promise<Call>,
  ) => {
    const given = giveIce(services, c.get('log'), session.userId);
    const id = finding.then(
      ({ call }) => call,
      () => undefined,
    );
    background(c)('turn.not_revoked', () => leaveToCall(services, session, given, id));
    const { call, role, video } = await finding;
    const [ticket, { iceServers }] = await Promise.all([ticketTo({ party: 'call', id: call }, session, role), given]);
    return { callId: call, ...ticket, iceServers, role, video };
  };

  const call = async (
    session: Session,
    { to, video, offer: sdp }: { to: string[]; video: boolean; offer?: string | undefined },
  ) => {
    const offer = sdp === undefined ? undefined : ({ kind: 'offer', sdp } as const);
    const dialled = await dial(services, { from: session.userId, device: session.sid, old: false, to, video, offer });
    if (dialled.outcome === 'call') return dialled;
    if (dialled.outcome === 'too_many_requests') throw new ApiError(dialled.outcome, dialled.retryAfterSeconds);
    throw new ApiError(dialled.outcome);
  };

  const permit = async ({ userId: user, sid: device }: Session, id: string) => {
    const permitted = await askCall(services, id, { type: 'permit', user, device }, Permitted);
    if (permitted.outcome === 'elsewhere') throw new ApiError('answered_elsewhere');
    if (permitted.outcome === 'no_such_call') throw new ApiError('call_not_found');
    return { call: id, ...permitted };
  };

  route(startCall)(async ({ c, body, session }) => {
    const calling = call(session, body);
    const admitted = await admit(c, session, calling);
    const { existing, state, reason } = await calling;
    return { ...admitted, existing, state, ...(reason && { reason }) };
  });

  // TURN is asked for those alone who may be in the call.
  route(callTicket)(async ({ c, params, session }) => {
    const permitted = await permit(session, params.id);
    return admit(c, session, Promise.resolve(permitted));
  });

  route(inboxTicket)(({ session, userId }) => ticketTo({ party: 'inbox', id: userId }, session));

  route(listCalls)(async ({ userId, query }) =>
    pageOf(await store.listCalls(db, userId, placeOf(query.before), query.limit + 1), query.limit),
  );

  route(listIceServers)(async ({ c, userId }) => {
    const { iceServers, until } = await iceOutsideCalls(services, c.get('log'), userId);
    if (until === undefined) return { iceServers, expiresAt: null, ttlSeconds: null };
    const ttlSeconds = Math.max(0, Math.floor((until - now()) / 1000));
    return { iceServers, expiresAt: new Date(until).toISOString(), ttlSeconds };
  });

  return app;
};
