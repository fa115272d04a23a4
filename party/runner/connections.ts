import type { CloseReason } from '../../src/contract/sockets/protocol.ts';
import { CLOSE, FRAME_RATE } from '../../src/contract/sockets/protocol.ts';
import type { Present } from '../definition.ts';
import type { HostSocket } from './host.ts';

/** A connection that a room has let in. */
export interface Connection {
  readonly socket: HostSocket;
  /** When it was heard last, in milliseconds since 1970. */
  heardAt: number;
  /** How many frames it might send then [C22]. */
  allowance: number;
}

/** Ends a socket with the code and the reason that clients know. */
export const closeSocket = (socket: HostSocket, why: CloseReason): void => {
  const { code, reason } = CLOSE[why];
  socket.close(code, reason);
};

/** Notes that a connection was heard; false if it has sent more than so many frames may be. */
export const spendAllowance = (connection: Connection, now: number, frames: number): boolean => {
  const { burst, perSecond } = FRAME_RATE;
  const earned = ((now - connection.heardAt) * perSecond) / 1000;
  connection.allowance = Math.min(burst, connection.allowance + earned) - frames;
  connection.heardAt = now;
  return connection.allowance >= 0;
};

/** The connections of a room. */
export class Connections {
  readonly #all = new Map<string, Connection>();

  get(id: string): Connection | undefined {
    return this.#all.get(id);
  }

  add(socket: HostSocket, heardAt: number): void {
    this.#all.set(socket.id, { socket, heardAt, allowance: FRAME_RATE.burst });
  }

  /** Forgets a connection; false if it was not there. */
  remove(id: string): boolean {
    return this.#all.delete(id);
  }

  /** Closes one connection, or all; returns whether there was one. */
  close(id: string | undefined, why: CloseReason): boolean {
    const closing = id === undefined ? [...this.#all.keys()] : [id];
    let isAny = false;
    for (const each of closing) {
      const connection = this.#all.get(each);
      if (!connection) continue;
      closeSocket(connection.socket, why);
      this.#all.delete(each);
      isAny = true;
    }
    return isAny;
  }

  /** Sends a text to one connection, or to all. */
  send(id: string | undefined, text: string): void {
    if (id !== undefined) this.#all.get(id)?.socket.send(text);
    else for (const { socket } of this.#all.values()) socket.send(text);
  }

  /** Lists all for a machine. */
  list(): Present[] {
    return Array.from(this.#all.values(), ({ socket, heardAt }) => ({
      id: socket.id,
      who: socket.who,
      heardAt: Math.max(heardAt, socket.heardAt()),
    }));
  }
}
