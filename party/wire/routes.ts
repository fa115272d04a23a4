import type { Context } from 'hono';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { Called, Done, Entrant } from './messages.ts';
import { ToWorker } from './messages.ts';
import type { Room } from '../../src/contract/sockets/protocol.ts';
import { ROOM_ID, SIGNAL_LIMIT } from '../../src/contract/sockets/protocol.ts';
import { callRoom, fromRooms, inboxRoom, oldSocket } from '../../src/contract/http/room-endpoints.ts';
import { ApiError } from '../../src/platform/errors.ts';
import { background } from '../../src/platform/http/background.ts';
import type { AppEnv } from '../../src/platform/http/context.ts';
import { deviceOf } from '../../src/platform/http/device.ts';
import { answerError, unavailable } from '../../src/platform/http/errors.ts';
import { validate } from '../../src/platform/http/router.ts';
import { requireUpgrade } from '../../src/platform/http/upgrade.ts';
import { reasonOf } from '../../src/platform/log.ts';
import { randomText } from '../../src/platform/random.ts';
import type { Services } from '../../src/services.ts';
import type { Session } from '../../src/session/token.ts';
import { endOfSession, jwtSecrets, verifyToken } from '../../src/session/token.ts';
import type { Around } from '../../src/platform/retry.ts';
import { roomSecrets, verify } from './signature.ts';
import { verifyTicket } from './ticket.ts';

/** What is done about something that a room tells the Worker. */
export type OnRoomMessage = (services: Services, message: ToWorker, around: Around) => Promise<Called | Done>;

/** The largest message of a room, in bytes: a frame's offer, as it came and as it was understood, and what is about it. */
const MESSAGE_LIMIT = 3 * SIGNAL_LIMIT;

/** The ways into rooms, each by what the URL shows; and the way of the rooms to the Worker. */
export const roomRoutes = (services: Services, onRoomMessage: OnRoomMessage) => {
  const { settings, rooms, sessions, now } = services;
  const secrets = jwtSecrets(settings);
  const app = new Hono<AppEnv>();

  /** Lets in whose session lives. The room is not told what the URL held. */
  const enter = async (
    c: Context<AppEnv>,
    room: Room,
    session: Session,
    more: Pick<Entrant, 'device' | 'old' | 'role' | 'ticket'>,
  ): Promise<Response> => {
    const lives = sessions.isRemembered(session) || (await sessions.lives(session, deviceOf(c)));
    if (!lives) return rooms.refuse('unauthorized');
    const { userId: user, sid } = session;
    return rooms.connect(room, { user, sid, until: endOfSession(session), ...more }).catch((error) => {
      c.get('log').error('room.unavailable', { party: room.party, reason: reasonOf(error) });
      throw unavailable();
    });
  };

  const ways = [
    ['call', callRoom.path],
    ['inbox', inboxRoom.path],
  ] as const;
  for (const [party, path] of ways) {
    app.get(path, async (c) => {
      requireUpgrade(c);
      const room = { party, id: c.req.param('room') };
      if (!ROOM_ID.test(room.id)) throw new ApiError('room_not_found');
      const ticket = await verifyTicket(secrets, room, c.req.query('ticket') ?? '', now());
      if (!ticket) return rooms.refuse('unauthorized');
      if (ticket === 'elsewhere') return rooms.refuse('notInCall');
      const { id, session, role, until } = ticket;
      return enter(c, room, session, { device: session.sid, old: false, ...(role && { role }), ticket: { id, until } });
    });
  }

  // Old clients (contract.md, "Calls over /ws"). Each socket is a device of its own.
  app.get(oldSocket.path, async (c) => {
    requireUpgrade(c);
    const session = await verifyToken(secrets, c.req.query('token') ?? '', now());
    if (!session || !ROOM_ID.test(session.userId)) return rooms.refuse('unauthorized');
    return enter(c, { party: 'inbox', id: session.userId }, session, { device: `ws-${randomText(12)}`, old: true });
  });

  const limit = bodyLimit({ maxSize: MESSAGE_LIMIT, onError: (c) => answerError(c, new ApiError('body_too_large')) });
  app.post(fromRooms.path, limit, async (c) => {
    const body = await c.req.text();
    const signed = await verify(roomSecrets(settings), 'worker', { headers: c.req.raw.headers, body }, now());
    if (!signed) throw new ApiError('invalid_secret');
    const around = { log: c.get('log'), later: background(c) };
    return c.json(await onRoomMessage(services, validate(ToWorker, JSON.parse(body)), around));
  });

  return app;
};
