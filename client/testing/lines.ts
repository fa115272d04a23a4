import type { Entrant } from '../../party/wire/messages.ts';
import type { CloseReason } from '../../src/contract/sockets/protocol.ts';
import { CLOSE } from '../../src/contract/sockets/protocol.ts';
import { qrRoomExpiry } from '../../src/contract/sockets/qr.ts';
import type { TestContext } from './context.ts';
import type { RoomSocket } from './memory-room.ts';
import type { AnyRoom } from './rooms.ts';
import type { ClientEnd, ClientLine } from './socket.ts';

/** The code of a connection that ended without a close frame (RFC 6455 §7.1.5). */
const BROKEN = 1_006;

/** Whom a connection lets in where. */
interface Entry {
  readonly room: AnyRoom;
  readonly who: Entrant | undefined;
}

/** A connection that was let in. */
interface Line {
  readonly userId: string | undefined;
  /** Breaks it: both sides notice at once. */
  cut(): void;
}

/** The connections of clients to rooms: each keeps the order both ways until it breaks. */
export class Lines {
  readonly #context: TestContext;
  readonly #open = new Set<Line>();
  /** Those who have no network. */
  readonly #cut = new Set<string>();
  #isOver = false;

  constructor(context: TestContext) {
    this.#context = context;
  }

  isCut(userId: string | undefined): boolean {
    return this.#isOver || (userId !== undefined && this.#cut.has(userId));
  }

  cut(userId: string): void {
    this.#cut.add(userId);
    for (const line of [...this.#open]) if (line.userId === userId) line.cut();
  }

  mend(userId: string): void {
    this.#cut.delete(userId);
  }

  dispose(): void {
    this.#isOver = true;
    for (const line of [...this.#open]) line.cut();
  }

  /** Connects a client to the room that an address names, or closes it as a server would. */
  open(url: URL, client: ClientEnd): ClientLine {
    const entry = this.#admit(url);
    if (entry === 'broken') return this.#refuse(client, undefined);
    return typeof entry === 'string' ? this.#refuse(client, entry) : this.#connect(entry, client);
  }

  #admit(url: URL): Entry | CloseReason | 'broken' {
    const [, party, id = ''] = /^\/parties\/(call|inbox|qr)\/([\w-]+)$/.exec(url.pathname) ?? [];
    const { rooms, tickets, people, clock } = this.#context;
    if (this.#isOver || party === undefined) return 'broken';
    if (party === 'qr') {
      const isThere = qrRoomExpiry(id) > clock.now();
      return isThere ? { room: rooms.at(party, id), who: undefined } : 'broken';
    }
    const ticket = tickets.get(url.searchParams.get('ticket') ?? '');
    if (this.isCut(ticket?.session.userId)) return 'broken';
    if (!ticket || ticket.until <= clock.now()) return 'unauthorized';
    const { session, room, role, takeOver } = ticket;
    if (room.party !== party || room.id !== id) return 'notInCall';
    if (!people.sessionOf(session.token)) return 'unauthorized';
    const who = {
      user: session.userId,
      device: session.sid,
      sid: session.sid,
      old: false,
      until: session.until,
      ticket: { id: ticket.id, until: ticket.until },
      ...(role && { role }),
      ...(takeOver && { takeOver }),
    };
    return { room: rooms.at(room.party === 'call' ? 'call' : 'inbox', id), who };
  }

  /** Opens a connection and closes it at once; without a reason it never opens. */
  #refuse(client: ClientEnd, why: CloseReason | undefined): ClientLine {
    queueMicrotask(() => {
      if (!why) return client.closed(BROKEN, '');
      client.opened();
      client.closed(CLOSE[why].code, CLOSE[why].reason);
    });
    return { send: () => undefined, close: () => undefined };
  }

  #connect({ room, who }: Entry, client: ClientEnd): ClientLine {
    const id = crypto.randomUUID();
    let isWhole = true;
    let heardAt = this.#context.clock.now();
    const down = (work: () => void) =>
      queueMicrotask(() => {
        if (isWhole) work();
      });
    const end = (code: number, reason: string) => {
      if (!isWhole) return;
      isWhole = false;
      this.#open.delete(line);
      client.closed(code, reason);
    };
    const socket: RoomSocket = {
      id,
      who,
      heardAt: () => heardAt,
      send: (text) => down(() => client.received(text)),
      close: (code, reason) => down(() => end(code, reason)),
      break: () => line.cut(),
    };
    /** What the room hears, one after another. */
    let work: Promise<void> = Promise.resolve();
    const up = (next: () => void | Promise<void>) => {
      work = work.then(next).catch(() => line.cut());
    };
    const leave = () => up(() => room.leave(id).catch(() => undefined));
    const line: Line = {
      userId: who?.user,
      cut: () => {
        down(() => end(BROKEN, ''));
        leave();
      },
    };
    this.#open.add(line);
    up(() => {
      down(() => client.opened());
      return room.connect(socket);
    });
    return {
      send: (text) =>
        up(() => {
          if (!isWhole) return;
          heardAt = this.#context.clock.now();
          return room.hear(id, text);
        }),
      close: (code) => {
        leave();
        up(() => end(code, ''));
      },
    };
  }
}
