import { CLOSE } from '../../src/contract/sockets/protocol.ts';
import type { FetchRoom } from '../wire/post.ts';
import { postSigned, waitForRoom } from '../wire/post.ts';
import type { Rooms } from '../wire/rooms.ts';
import type { RoomSecrets } from '../wire/signature.ts';
import { sign } from '../wire/signature.ts';

/** Makes the rooms as the Worker reaches them: by signed requests, wherever they live. */
export const createRooms = (secrets: RoomSecrets, fetchRoom: FetchRoom): Rooms => ({
  ask: (room, message) =>
    postSigned({ secrets, target: `${room.party}/${room.id}`, now: Date.now() }, message, (init) =>
      fetchRoom(room, init),
    ),
  connect: async (room, entrant) => {
    const signature = await sign(
      secrets,
      { target: `${room.party}/${room.id}`, ...(entrant && { entrant }) },
      Date.now(),
    );
    // `_pk` is the id of the connection. Clients cannot choose it, since it could be another's.
    const query = `?_pk=${crypto.randomUUID()}`;
    const init = { headers: { Upgrade: 'websocket', ...signature } };
    const { status, webSocket } = await waitForRoom((signal) =>
      fetchRoom(room, { ...init, signal }, query),
    );
    if (!webSocket) throw new Error(`The room answered ${status}`);
    // Makes a new response: middleware adds headers, and those of a fetched one cannot change.
    return new Response(null, { status: 101, webSocket });
  },
  refuse: (why) => {
    const { 0: client, 1: server } = new WebSocketPair();
    const { code, reason } = CLOSE[why];
    server.accept();
    server.close(code, reason);
    return new Response(null, { status: 101, webSocket: client });
  },
});
