import { Hono } from 'hono';
import type { Entrant } from '../../party/wire/messages.ts';
import { openCallRoom, openInbox, openLegacySocket } from '../contract/http/room-endpoints.ts';
import type { Room } from '../contract/sockets/protocol.ts';
import { ROOM_ID } from '../contract/sockets/protocol.ts';
import { ApiError } from '../platform/errors.ts';
import type { AppEnv } from '../platform/http/context.ts';
import { unavailable } from '../platform/http/errors.ts';
import type { RequestContext } from '../platform/http/request-context.ts';
import { requestContextOf } from '../platform/http/request-context.ts';
import { requireUpgrade } from '../platform/http/upgrade.ts';
import { reasonOf } from '../platform/log.ts';
import { drawRandomText } from '../platform/random.ts';
import type { Services } from '../session/services.ts';
import type { Session } from '../session/token.ts';
import { endOfSession, jwtSecretsOf, verifyToken } from '../session/token.ts';
import { verifyTicket } from './ticket.ts';

/** A session that enters a room, and what the room is told beside its user. */
interface Entry extends Pick<Entrant, 'device' | 'old' | 'role' | 'ticket' | 'takeOver'> {
  readonly room: Room;
  readonly session: Session;
}

/** The WebSockets of rooms: each lets in whoever has a ticket or a token in the URL [C18]. */
export const roomRoutes = (services: Services) => {
  const { settings, rooms, sessions, now } = services;
  const secrets = jwtSecretsOf(settings);
  const app = new Hono<AppEnv>();

  /** Lets a living session in. The room is not told what the URL held. */
  const enterRoom = async (
    { log, client }: RequestContext,
    { room, session, ...entrant }: Entry,
  ): Promise<Response> => {
    const lives = sessions.isRemembered(session) || (await sessions.lives(session, client.device));
    if (!lives) return rooms.refuse('unauthorized');
    const { userId: user, sid } = session;
    return rooms
      .connect(room, { user, sid, until: endOfSession(session), ...entrant })
      .catch((error) => {
        log.error('room.unavailable', { party: room.party, reason: reasonOf(error) });
        throw unavailable();
      });
  };

  const endpoints = [
    ['call', openCallRoom.path],
    ['inbox', openInbox.path],
  ] as const;
  for (const [party, path] of endpoints) {
    app.get(path, async (c) => {
      requireUpgrade(c);
      const room = { party, id: c.req.param('room') };
      if (!ROOM_ID.test(room.id)) throw new ApiError('room_not_found');
      const ctx = requestContextOf(c, now);
      const given = { room, ticket: c.req.query('ticket') ?? '' };
      const ticket = await verifyTicket(secrets, given, ctx.now());
      if (!ticket) return rooms.refuse('unauthorized');
      if (ticket === 'elsewhere') return rooms.refuse('notInCall');
      const { id, session, role, takeOver, until } = ticket;
      return enterRoom(ctx, {
        room,
        session,
        device: session.sid,
        old: false,
        ...(role && { role }),
        ...(takeOver && { takeOver }),
        ticket: { id, until },
      });
    });
  }

  // Each socket of a legacy client is a device of its own [C36].
  app.get(openLegacySocket.path, async (c) => {
    requireUpgrade(c);
    const ctx = requestContextOf(c, now);
    const session = await verifyToken(secrets, c.req.query('token') ?? '', ctx.now());
    if (!session || !ROOM_ID.test(session.userId)) return rooms.refuse('unauthorized');
    const room = { party: 'inbox', id: session.userId } as const;
    return enterRoom(ctx, { room, session, device: `ws-${drawRandomText(12)}`, old: true });
  });

  return app;
};
