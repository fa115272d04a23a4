import type { CloseReason, Room } from '../../src/contract/sockets/protocol.ts';
import type { QrMessage } from '../../src/contract/sockets/qr.ts';
import type { ToFanout } from './chats.ts';
import type { Entrant, ToCall, ToInbox } from './messages.ts';

/** The rooms, as the Worker reaches them. */
export interface Rooms {
  /**
   * Tells a room something and returns its answer.
   *
   * @throws when the room cannot be reached
   */
  ask(room: Room, message: ToCall | ToInbox | ToFanout | QrMessage): Promise<unknown>;
  /**
   * Lets a client in: returns 101 with its WebSocket.
   *
   * @param entrant who it is, in rooms where that matters
   * @throws when the room cannot be reached
   */
  connect(room: Room, entrant?: Entrant): Promise<Response>;
  /** Opens a WebSocket and closes it at once: browsers tell no code of a refused upgrade. */
  refuse(why: CloseReason): Response;
}

/** The services of code that tells rooms something. */
export interface RoomServices {
  readonly rooms: Rooms;
}

const nobody = () => {
  throw new Error('There are no rooms');
};

/** Rooms that do not exist: what they are told is lost, and clients poll. */
export const NO_ROOMS: Rooms = {
  ask: async () => ({}),
  connect: async () => nobody(),
  refuse: nobody,
};
