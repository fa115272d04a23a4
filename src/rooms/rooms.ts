import type { QrMessage, Room } from './contract/rooms.ts';

/** The rooms that clients listen in. */
export interface Rooms {
  /**
   * Tells something to everybody in a room, and to whoever comes later.
   *
   * @throws when the room cannot be reached
   */
  tell(room: Room, message: QrMessage): Promise<void>;
  /**
   * Lets a client in: answers 101 with its WebSocket.
   *
   * @throws when the room cannot be reached
   */
  connect(room: Room): Promise<Response>;
}

/** Where there are no rooms, nobody hears what they are told. Clients poll. */
export const NO_ROOMS: Rooms = {
  tell: async () => undefined,
  connect: async () => {
    throw new Error('There are no rooms');
  },
};
