import type { Context } from 'hono';
import { Hono } from 'hono';
import type { Entrant } from '../../party/wire/messages.ts';
import { callRoom, inboxRoom, oldSocket } from '../contract/http/room-endpoints.ts';
import type { Room } from '../contract/sockets/protocol.ts';
import { ROOM_ID } from '../contract/sockets/protocol.ts';
import { ApiError } from '../platform/errors.ts';
import type { AppEnv } from '../platform/http/context.ts';
import { deviceOf } from '../platform/http/device.ts';
import { unavailable } from '../platform/http/errors.ts';
import { requireUpgrade } from '../platform/http/upgrade.ts';
import { reasonOf } from '../platform/log.ts';
import { randomText } from '../platform/random.ts';
import type { Services } from '../session/services.ts';
import type { Session } from '../session/token.ts';
import { endOfSession, jwtSecrets, verifyToken } from '../session/token.ts';
import { verifyTicket } from './ticket.ts';

/** The WebSockets of rooms: each lets in whoever the URL shows a ticket or a token for. */
export const roomRoutes = (services: Services) => {
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
    return rooms
      .connect(room, { user, sid, until: endOfSession(session), ...more })
      .catch((error) => {
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
      return enter(c, room, session, {
        device: session.sid,
        old: false,
        ...(role && { role }),
        ticket: { id, until },
      });
    });
  }

  // Old clients (contract.md, "Calls over /ws"). Each socket is a device of its own.
  app.get(oldSocket.path, async (c) => {
    requireUpgrade(c);
    const session = await verifyToken(secrets, c.req.query('token') ?? '', now());
    if (!session || !ROOM_ID.test(session.userId)) return rooms.refuse('unauthorized');
    return enter(c, { party: 'inbox', id: session.userId }, session, {
      device: `ws-${randomText(12)}`,
      old: true,
    });
  });

  return app;
};
