import type { FetchRoom } from '../../src/rooms/post.ts';

/** Where rooms are: Durable Objects of the same Worker, or what answers at an address. */
export type RoomBindings = Pick<Env, 'QR' | 'CALL' | 'INBOX'> & { readonly ROOMS_URL?: string | undefined };

/** Reaches a room, whichever its host: nothing else knows the difference. Rooms take signed requests alone, so it matters to nobody who could send others. */
export const fetchRoomOf =
  ({ QR: qr, CALL: call, INBOX: inbox, ROOMS_URL }: RoomBindings): FetchRoom =>
  ({ party, id }, init, query = '') => {
    const path = `/parties/${party}/${id}${query}`;
    if (ROOMS_URL) return fetch(`${ROOMS_URL}${path}`, init);
    return { qr, call, inbox }[party].getByName(id).fetch(`https://room${path}`, init);
  };
