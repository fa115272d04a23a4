import type { Room } from '../../src/contract/sockets/protocol.ts';
import type { FetchRoom } from '../wire/post.ts';
import { CHANNEL } from './accept-channel.ts';
import { AnswerTimeouts } from './answer-timeouts.ts';
import { Channels, wantsChannel } from './channels.ts';

/** Where rooms live: in Durable Objects of the same Worker, or at ROOMS_URL. */
export type RoomBindings = Pick<Env, 'QR' | 'CALL' | 'INBOX' | 'FANOUT'> & {
  readonly ROOMS_URL?: string | undefined;
};

/** Tells a room something; resolves to its answer, or to undefined if it has none. */
export type TellRoom = (room: Room, message: object) => Promise<unknown>;

/**
 * Makes the function that tells rooms of the same Worker something. Nobody else has their stubs, so
 * nothing is signed, and a call costs a third of a request. Undefined if rooms live elsewhere.
 */
export const tellRoomOf = ({
  QR: qr,
  CALL: call,
  INBOX: inbox,
  FANOUT: fanout,
  ROOMS_URL,
}: RoomBindings): TellRoom | undefined => {
  if (ROOMS_URL) return undefined;
  const namespaces = { qr, call, inbox, fanout };
  const timeouts = new AnswerTimeouts();
  const channels = new Channels(async ({ party, id }) => {
    const headers = { Upgrade: 'websocket', [CHANNEL]: '1' };
    const { webSocket } = await namespaces[party].getByName(id).fetch('https://room/', { headers });
    if (!webSocket) throw new Error('The room opens no channel');
    webSocket.accept();
    return webSocket;
  });
  return async (room, message) => {
    const text = JSON.stringify(message);
    const byChannel = wantsChannel(message) ? channels.ask(room, text) : undefined;
    const asked = byChannel ?? namespaces[room.party].getByName(room.id).tell(text);
    try {
      const answer = await timeouts.waitFor<string | undefined>(asked);
      return answer ? JSON.parse(answer) : undefined;
    } catch (error) {
      channels.close(room);
      throw error;
    }
  };
};

/**
 * Makes the function that sends a request to a room, wherever it lives. Nothing else knows the
 * difference. Rooms take only signed requests, so the path needs no secret.
 */
export const fetchRoomOf =
  ({ QR: qr, CALL: call, INBOX: inbox, FANOUT: fanout, ROOMS_URL }: RoomBindings): FetchRoom =>
  ({ party, id }, init, query = '') => {
    const path = `/parties/${party}/${id}${query}`;
    if (ROOMS_URL) return fetch(`${ROOMS_URL}${path}`, init);
    return { qr, call, inbox, fanout }[party].getByName(id).fetch(`https://room${path}`, init);
  };
