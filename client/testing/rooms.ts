import { callRoomDefinition } from '../../party/call/room.ts';
import type { RoomDefinition } from '../../party/definition.ts';
import { inboxRoomDefinition } from '../../party/inbox/room.ts';
import { qrRoomDefinition } from '../../party/qr/room.ts';
import type { ToCall, ToInbox } from '../../party/wire/messages.ts';
import type { Room } from '../../src/contract/sockets/protocol.ts';
import type { QrMessage } from '../../src/contract/sockets/qr.ts';
import { StoreError } from '../../src/platform/errors.ts';
import type { RoomSocket, Surroundings } from './memory-room.ts';
import { MemoryRoom } from './memory-room.ts';

/** The kinds of rooms that there are. */
export type Party = Exclude<Room['party'], 'fanout'>;

/** A room, whatever its kind. */
export interface AnyRoom {
  tell(message: object): Promise<unknown>;
  connect(socket: RoomSocket): Promise<void>;
  hear(id: string, text: string): void | Promise<void>;
  leave(id: string): Promise<void>;
  restart(): void;
  dispose(): void;
}

/** All rooms; each begins when somebody needs it. */
export class MemoryRooms {
  readonly #surroundings: Surroundings;
  readonly #rooms = new Map<string, AnyRoom>();

  /** @param hear does what rooms ask of the API */
  constructor({ clock }: Pick<Surroundings, 'clock'>, hear: (message: object) => Promise<unknown>) {
    this.#surroundings = {
      clock,
      post: async (to, message) => {
        if (to === 'worker') return hear(message);
        if (to.party === 'fanout') throw new Error('The test server has no chats');
        return this.at(to.party, to.id).tell(message);
      },
    };
  }

  at(party: Party, id: string): AnyRoom {
    const key = `${party}/${id}`;
    const known = this.#rooms.get(key);
    if (known) return known;
    const room = this.#create(party, id);
    this.#rooms.set(key, room);
    return room;
  }

  /** @throws {StoreError} when the room does not answer, as the next two do */
  tellCall(id: string, message: ToCall): Promise<unknown> {
    return this.#tell('call', id, message);
  }

  tellInbox(user: string, message: ToInbox): Promise<unknown> {
    return this.#tell('inbox', user, message);
  }

  tellQr(id: string, message: QrMessage): Promise<unknown> {
    return this.#tell('qr', id, message);
  }

  dispose(): void {
    for (const room of this.#rooms.values()) room.dispose();
    this.#rooms.clear();
  }

  async #tell(party: Party, id: string, message: { readonly type: string }): Promise<unknown> {
    try {
      return await this.at(party, id).tell(message);
    } catch (cause) {
      throw new StoreError('rooms', message.type, cause);
    }
  }

  #create(party: Party, id: string): AnyRoom {
    const make = <State, Frame, Message>(definition: RoomDefinition<State, Frame, Message>) =>
      new MemoryRoom(id, definition, this.#surroundings);
    if (party === 'call') return make(callRoomDefinition);
    return party === 'inbox' ? make(inboxRoomDefinition) : make(qrRoomDefinition);
  }
}
