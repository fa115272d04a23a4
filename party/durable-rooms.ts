import type { Room } from '../src/contract/rooms.ts';
import type { Rooms } from '../src/rooms.ts';

/** The rooms as Durable Objects of the same Worker: a room is reached through its stub alone, never by what a client sent. */
export const durableRooms = (env: Pick<Env, 'QR'>): Rooms => {
  const parties = { qr: env.QR } as const;
  const stubOf = ({ party, id }: Room) => parties[party].getByName(id);
  return {
    tell: async (room, message) => {
      const answer = await stubOf(room).fetch('https://room/', { method: 'POST', body: JSON.stringify(message) });
      if (!answer.ok) throw new Error(`The room answered ${answer.status}`);
    },
    connect: async (room) => {
      // PartyServer takes the connection's id from `_pk`: one that a client chose could be another's.
      const url = `https://room/?_pk=${crypto.randomUUID()}`;
      const { webSocket } = await stubOf(room).fetch(url, { headers: { Upgrade: 'websocket' } });
      // A new answer, since the middleware adds headers and those of a fetched one cannot change.
      return new Response(null, { status: 101, webSocket });
    },
  };
};
