import type { Room } from '../../src/contract/sockets/protocol.ts';
import type { FetchRoom } from '../wire/post.ts';

/** Where rooms are: Durable Objects of the same Worker, or what answers at an address. */
export type RoomBindings = Pick<Env, 'QR' | 'CALL' | 'INBOX'> & {
  readonly ROOMS_URL?: string | undefined;
};

/** Tells a room something; what it answers, or undefined when it does not. */
export type TellRoom = (room: Room, message: object) => Promise<unknown>;

/**
 * Tells rooms of the same Worker something directly: nobody else has their stubs, so nothing is
 * signed, and it costs a third of a request. Undefined where rooms live elsewhere.
 */
export const tellRoomOf = ({
  QR: qr,
  CALL: call,
  INBOX: inbox,
  ROOMS_URL,
}: RoomBindings): TellRoom | undefined => {
  if (ROOMS_URL) return undefined;
  const namespaces = { qr, call, inbox };
  return async ({ party, id }, message) => {
    const answer = await namespaces[party].getByName(id).tell(JSON.stringify(message));
    return answer === undefined ? undefined : JSON.parse(answer);
  };
};

/** Reaches a room, whichever its host: nothing else knows the difference. Rooms take signed requests alone, so it matters to nobody who could send others. */
export const fetchRoomOf =
  ({ QR: qr, CALL: call, INBOX: inbox, ROOMS_URL }: RoomBindings): FetchRoom =>
  ({ party, id }, init, query = '') => {
    const path = `/parties/${party}/${id}${query}`;
    if (ROOMS_URL) return fetch(`${ROOMS_URL}${path}`, init);
    return { qr, call, inbox }[party].getByName(id).fetch(`https://room${path}`, init);
  };
