import type * as Party from 'partykit/server';
import * as z from 'zod';
import { CLOSE } from '../../../src/contract/sockets/protocol.ts';
import { createLog, reasonOf } from '../../../src/platform/log.ts';
import { signingSecret } from '../../../src/platform/secrets.ts';
import { cutWhenFlooding } from '../../cut.ts';
import type { RoomDefinition } from '../../definition.ts';
import { onceDone } from '../../once.ts';
import { type Host, RoomRunner, type Socket } from '../../runner.ts';
import { Entrant } from '../../wire/messages.ts';
import { postSigned } from '../../wire/post.ts';
import { verify } from '../../wire/signature.ts';

/** What a room needs of its connections on PartyKit. */
export interface PartyConnection {
  readonly id: string;
  readonly readyState: number;
  readonly state: unknown;
  setState(state: object): unknown;
  send(text: string): void;
  close(code: number, reason?: string): void;
  addEventListener(type: 'message', listener: () => void): void;
}

/** What it needs of the request that opened one. */
export interface PartyUpgrade {
  readonly request: { readonly headers: Iterable<[string, string]> };
}

/** What it needs of PartyKit. */
export interface PartyRoom {
  /** Throws in a room that an alarm has woken, then and ever after. */
  readonly id: string;
  readonly env: Record<string, unknown>;
  readonly storage: {
    get(key: string): Promise<unknown>;
    put(key: string, value: unknown): Promise<void>;
    getAlarm(): Promise<number | null>;
    setAlarm(at: number): Promise<void>;
    deleteAlarm(): Promise<void>;
    deleteAll(): Promise<void>;
  };
  getConnections(): Iterable<PartyConnection>;
}

/** The project's variables: the secret that the Worker has too, where the Worker is, and where these rooms are. */
const Vars = z.object({ ROOMS_SECRET: signingSecret, API_URL: z.url(), ROOMS_URL: z.url() });

/** What is kept with a connection, and survives the sleep of a room: whom the Worker let in, and when they were heard (milliseconds since 1970). At most 2 KB. */
const Kept = z.object({ who: Entrant.optional(), heardAt: z.number() });

/** How old that note may become, in milliseconds. */
const NOTE_MS = 15_000;

const log = createLog();

/** A kind of room on PartyKit. Nobody gets as far as a room, or brings one into being, whose way there was not signed. */
export const roomOnPartyKit = <State, Frame, Message>(
  definition: RoomDefinition<State, Frame, Message>,
) =>
  class implements Party.Server {
    static onBeforeConnect(
      request: Party.Request,
      { id, env }: Party.Lobby,
    ): Promise<Party.Request | Response> {
      return ifSigned(request, `${definition.party}/${id}`, env);
    }

    static onBeforeRequest(
      request: Party.Request,
      { id, env }: Party.Lobby,
    ): Promise<Party.Request | Response> {
      return ifSigned(request, `${definition.party}/${id}`, env);
    }

    readonly options = { hibernate: definition.hibernate };
    readonly #room: PartyRoom;
    readonly #begin: () => Promise<RoomRunner<State, Frame, Message>>;
    #stayAwake: (() => void) | undefined;

    constructor(room: PartyRoom) {
      this.#room = room;
      const vars = Vars.parse(room.env);
      this.#begin = onceDone(() => this.#start(vars));
    }

    async onStart(): Promise<void> {
      // Whoever comes next hears of a failure.
      await this.#begin().catch(() => undefined);
    }

    // It can be called before onStart has ended.
    async onConnect(connection: PartyConnection, { request }: PartyUpgrade): Promise<void> {
      try {
        const runner = await this.#begin();
        const signed = await runner.signed(new Headers([...request.headers]));
        const kept = { who: signed?.who, heardAt: Date.now() };
        await runner.connect(this.#socketOf(connection, kept), signed !== undefined);
        // Not before: the room may have been starting, and would have met it twice.
        if (signed) connection.setState(kept);
      } catch (error) {
        // PartyKit would send the client what was thrown.
        this.#tellFailure('connect', error);
        connection.close(CLOSE.failed.code, CLOSE.failed.reason);
      }
    }

    async onMessage(
      data: string | ArrayBuffer | ArrayBufferView,
      connection: PartyConnection,
    ): Promise<void> {
      // Frames of a closed connection are dropped before anything is done about them.
      if (connection.readyState !== WebSocket.OPEN) return;
      const runner = await this.#begin();
      await runner.message(connection.id, data);
      if (definition.hibernate) note(connection);
    }

    async onClose(connection: PartyConnection): Promise<void> {
      // PartyKit leaves the client's half of the handshake without an answer.
      connection.close(CLOSE.done.code);
      await this.onError(connection);
    }

    // After what is no frame of WebSocket, or a reset: no close follows, and to answer one would throw.
    async onError(connection: PartyConnection): Promise<void> {
      const runner = await this.#begin();
      await runner.leave(connection.id);
    }

    async onRequest(request: Party.Request): Promise<Response> {
      try {
        const runner = await this.#begin();
        // Its type is another one, of the year of PartyKit's runtime.
        const { url, headers } = request;
        const body = await request.text();
        return await runner.request(
          new Request(url, { method: 'POST', headers: [...headers], body }),
        );
      } catch (error) {
        this.#tellFailure('request', error);
        return new Response(null, { status: 500 });
      }
    }

    async onAlarm(): Promise<void> {
      const runner = await this.#begin();
      await runner.alarm();
      if (!definition.hibernate) this.#stayAwake?.();
    }

    async #start(vars: z.output<typeof Vars>): Promise<RoomRunner<State, Frame, Message>> {
      const id = idOf(this.#room) ?? (await this.#room.storage.get('id'));
      if (typeof id !== 'string') throw new Error('A room was woken that never wanted to be');
      // PartyKit's runtime ends a room ten seconds after the last request to it, whatever its alarm has done since. Any signed request will do; what it says is none of
      // the room's messages.
      const target = `${definition.party}/${id}`;
      const url = new URL(`/parties/${target}`, vars.ROOMS_URL);
      this.#stayAwake = () =>
        void postSigned({ secrets: [vars.ROOMS_SECRET], target, now: Date.now() }, {}, (init) =>
          fetch(url, init),
        ).catch(() => undefined);
      return new RoomRunner(this.#host(id, vars), definition);
    }

    #host(id: string, { ROOMS_SECRET, API_URL, ROOMS_URL }: z.output<typeof Vars>): Host {
      const { storage } = this.#room;
      return {
        id,
        secrets: [ROOMS_SECRET],
        now: Date.now,
        sockets: () =>
          [...this.#room.getConnections()].flatMap((one) => this.#socketThatSlept(one)),
        read: () => storage.get('kept'),
        write: (kept) => void storage.put('kept', kept),
        // Both at once: what is written after it, stays.
        forget: async () => {
          await Promise.all([storage.deleteAlarm(), storage.deleteAll()]);
        },
        alarmAt: () => storage.getAlarm(),
        setAlarm: (at) => {
          void storage.put('id', id);
          void storage.setAlarm(at);
        },
        // By HTTP, since an alarm cannot reach other rooms otherwise.
        post: (to, message) => {
          const target = to === 'worker' ? to : `${to.party}/${to.id}`;
          const url =
            to === 'worker'
              ? new URL('/api/internal/rooms', API_URL)
              : new URL(`/parties/${target}`, ROOMS_URL);
          const signing = { secrets: [ROOMS_SECRET], target, now: Date.now() } as const;
          return postSigned(signing, message, (init) => fetch(url, init));
        },
      };
    }

    #socketOf(connection: PartyConnection, { who, heardAt }: z.output<typeof Kept>): Socket {
      return {
        id: connection.id,
        who,
        heardAt: () => heardAt,
        // One that has just ended hears nothing; that it ended comes as an event of its own.
        send: (text) => {
          if (connection.readyState === WebSocket.OPEN) connection.send(text);
        },
        close: (code, reason) => {
          connection.close(code, reason);
          if (!definition.hibernate) cutWhenFlooding(connection);
        },
      };
    }

    /** A connection that was there before the room slept; none that is only on its way in. */
    #socketThatSlept(connection: PartyConnection): Socket[] {
      const kept = Kept.safeParse(connection.state);
      return kept.success ? [this.#socketOf(connection, kept.data)] : [];
    }

    #tellFailure(during: string, error: unknown): void {
      log.error('room.failed', { party: definition.party, during, reason: reasonOf(error) });
    }
  };

const idOf = (room: PartyRoom): string | undefined => {
  try {
    return room.id;
  } catch {
    return undefined;
  }
};

/** The request, or 401. */
const ifSigned = async (
  request: Party.Request,
  target: string,
  env: unknown,
): Promise<Party.Request | Response> => {
  const headers = new Headers([...request.headers]);
  const signed = { target, headers, body: await request.clone().text() };
  const verified = await verify([Vars.parse(env).ROOMS_SECRET], signed, Date.now());
  return verified ? request : new Response(null, { status: 401 });
};

/** Writes down, now and then, that a connection was heard. */
const note = (connection: PartyConnection): void => {
  const kept = Kept.safeParse(connection.state);
  const now = Date.now();
  if (kept.success && now - kept.data.heardAt >= NOTE_MS)
    connection.setState({ ...kept.data, heardAt: now });
};
