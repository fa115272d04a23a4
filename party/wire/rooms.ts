import type { CloseReason, Room } from '../../src/contract/sockets/protocol.ts';
import type { QrMessage } from '../../src/contract/sockets/qr.ts';
import type { Entrant, ToCall, ToInbox } from './messages.ts';

/** The rooms that clients are connected to. */
export interface Rooms {
  /**
   * Tells a room something, and says what it answers (room-messages.ts).
   *
   * @throws when the room cannot be reached
   */
  ask(room: Room, message: ToCall | ToInbox | QrMessage): Promise<unknown>;
  /**
   * Lets a client in: answers 101 with its WebSocket.
   *
   * @param entrant who it is, in rooms where that matters
   * @throws when the room cannot be reached
   */
  connect(room: Room, entrant?: Entrant): Promise<Response>;
  /** Opens a WebSocket and closes it at once, so that a client gets a code: browsers tell nothing of a refused upgrade. */
  refuse(why: CloseReason): Response;
}

/** What whoever tells rooms something works with. */
export interface RoomServices {
  readonly rooms: Rooms;
}

const nobody = () => {
  throw new Error('There are no rooms');
};

/** Where there are no rooms, nobody hears what they are told. Clients poll. */
export const NO_ROOMS: Rooms = {
  ask: async () => ({}),
  connect: async () => nobody(),
  refuse: nobody,
};
