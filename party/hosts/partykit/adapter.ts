import type * as Party from 'partykit/server';
import * as z from 'zod';
import { CLOSE } from '../../../src/contract/sockets/protocol.ts';
import { createLog, reasonOf } from '../../../src/platform/log.ts';
import { signingSecret } from '../../../src/platform/secrets.ts';
import type { RoomDefinition } from '../../definition.ts';
import type { Host, HostSocket } from '../../runner/host.ts';
import { retryUntilDone } from '../../runner/retry-until-done.ts';
import { RoomRunner } from '../../runner/room-runner.ts';
import { Entrant } from '../../wire/messages.ts';
import { postSigned } from '../../wire/post.ts';
import { verify } from '../../wire/signature.ts';
import { cutWhenFlooding } from '../cut-flooding.ts';

/** The members of a PartyKit connection that a room uses. */
export interface PartyConnection {
  readonly id: string;
  readonly readyState: number;
  readonly state: unknown;
  setState(state: object): unknown;
  send(text: string): void;
  close(code: number, reason?: string): void;
  addEventListener(type: 'message', listener: () => void): void;
}

/** The members of the request that opened a connection. */
export interface PartyUpgrade {
  readonly request: { readonly headers: Iterable<[string, string]> };
}

/** The members of a PartyKit room that are used. */
export interface PartyRoom {
  /** Throws in a room that an alarm has woken, for as long as it lives. */
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

/** The project's variables: the secret shared with the Worker, and the URLs of both. */
const Vars = z.object({ ROOMS_SECRET: signingSecret, API_URL: z.url(), ROOMS_URL: z.url() });

/**
 * What is stored with a connection, in at most 2 KB: it survives the sleep of a room. `heardAt` is
 * in milliseconds since 1970.
 */
const Attachment = z.object({ who: Entrant.optional(), heardAt: z.number() });

/** How old the stored `heardAt` may become, in milliseconds. */
const NOTE_MS = 15_000;

const log = createLog();

/**
 * Makes the class of a kind of room on PartyKit. A request without a signature neither reaches a
 * room nor creates one.
 */
export const roomOnPartyKit = <State, Frame, Message>(
  definition: RoomDefinition<State, Frame, Message>,
) =>
  class implements Party.Server {
    static onBeforeConnect(
      request: Party.Request,
      { id, env }: Party.Lobby,
    ): Promise<Party.Request | Response> {
      return passIfSigned(request, `${definition.party}/${id}`, env);
    }

    static onBeforeRequest(
      request: Party.Request,
      { id, env }: Party.Lobby,
    ): Promise<Party.Request | Response> {
      return passIfSigned(request, `${definition.party}/${id}`, env);
    }

    readonly options = { hibernate: definition.hibernate };
    readonly #room: PartyRoom;
    readonly #ready: () => Promise<RoomRunner<State, Frame, Message>>;
    #stayAwake: (() => void) | undefined;

    constructor(room: PartyRoom) {
      this.#room = room;
      const vars = Vars.parse(room.env);
      this.#ready = retryUntilDone(() => this.#start(vars));
    }

    async onStart(): Promise<void> {
      // A failure is told to whoever comes next.
      await this.#ready().catch(() => undefined);
    }

    // PartyKit may call this before onStart has ended.
    async onConnect(connection: PartyConnection, { request }: PartyUpgrade): Promise<void> {
      try {
        const runner = await this.#ready();
        const signed = await runner.signed(new Headers([...request.headers]));
        const kept = { who: signed?.who, heardAt: Date.now() };
        await runner.connect(this.#socketOf(connection, kept), signed !== undefined);
        // Not earlier: a room that is starting would take it for a connection from before.
        if (signed) connection.setState(kept);
      } catch (error) {
        // Without this PartyKit would send the client what was thrown.
        this.#logFailure('connect', error);
        connection.close(CLOSE.failed.code, CLOSE.failed.reason);
      }
    }

    async onMessage(
      data: string | ArrayBuffer | ArrayBufferView,
      connection: PartyConnection,
    ): Promise<void> {
      // Drops frames of a closed connection before anything else [C26].
      if (connection.readyState !== WebSocket.OPEN) return;
      const runner = await this.#ready();
      await runner.message(connection.id, data);
      if (definition.hibernate) noteHeard(connection);
    }

    async onClose(connection: PartyConnection): Promise<void> {
      // PartyKit does not answer the client's close frame [C20].
      connection.close(CLOSE.done.code);
      await this.onError(connection);
    }

    // No close event follows an error, and closing would throw: the connection is broken.
    async onError(connection: PartyConnection): Promise<void> {
      const runner = await this.#ready();
      await runner.leave(connection.id);
    }

    async onRequest(request: Party.Request): Promise<Response> {
      try {
        const runner = await this.#ready();
        // PartyKit's runtime has a Request of its own, so this makes a new one.
        const { url, headers } = request;
        const body = await request.text();
        return await runner.request(
          new Request(url, { method: 'POST', headers: [...headers], body }),
        );
      } catch (error) {
        this.#logFailure('request', error);
        return new Response(null, { status: 500 });
      }
    }

    async onAlarm(): Promise<void> {
      const runner = await this.#ready();
      await runner.alarm();
      if (!definition.hibernate) this.#stayAwake?.();
    }

    async #start(vars: z.output<typeof Vars>): Promise<RoomRunner<State, Frame, Message>> {
      const id = idOf(this.#room) ?? (await this.#room.storage.get('id'));
      if (typeof id !== 'string') throw new Error('A room was woken that has never set an alarm');
      // PartyKit's runtime ends a room ten seconds after the last request, whatever its alarm does.
      // Any signed request keeps it awake; this one holds no message.
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
          [...this.#room.getConnections()].flatMap((one) => this.#socketFromBefore(one)),
        read: () => storage.get('kept'),
        write: (kept) => void storage.put('kept', kept),
        // Both at once, so that what is written later stays.
        forget: async () => {
          await Promise.all([storage.deleteAlarm(), storage.deleteAll()]);
        },
        alarmAt: () => storage.getAlarm(),
        setAlarm: (at) => {
          void storage.put('id', id);
          void storage.setAlarm(at);
        },
        // Uses HTTP, since an alarm cannot reach other rooms otherwise.
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

    #socketOf(
      connection: PartyConnection,
      { who, heardAt }: z.output<typeof Attachment>,
    ): HostSocket {
      return {
        id: connection.id,
        who,
        heardAt: () => heardAt,
        // A connection that has just ended is sent nothing; its close event follows.
        send: (text) => {
          if (connection.readyState === WebSocket.OPEN) connection.send(text);
        },
        close: (code, reason) => {
          connection.close(code, reason);
          if (!definition.hibernate) cutWhenFlooding(connection);
        },
      };
    }

    /** The socket of a connection from before the sleep; none if it is only about to be let in. */
    #socketFromBefore(connection: PartyConnection): HostSocket[] {
      const kept = Attachment.safeParse(connection.state);
      return kept.success ? [this.#socketOf(connection, kept.data)] : [];
    }

    #logFailure(during: string, error: unknown): void {
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

/** Lets a signed request pass; answers any other with 401. */
const passIfSigned = async (
  request: Party.Request,
  target: string,
  env: unknown,
): Promise<Party.Request | Response> => {
  const headers = new Headers([...request.headers]);
  const signed = { target, headers, body: await request.clone().text() };
  const verified = await verify([Vars.parse(env).ROOMS_SECRET], signed, Date.now());
  return verified ? request : new Response(null, { status: 401 });
};

/** Stores when a connection was heard, if what is stored is old. */
const noteHeard = (connection: PartyConnection): void => {
  const kept = Attachment.safeParse(connection.state);
  const now = Date.now();
  if (kept.success && now - kept.data.heardAt >= NOTE_MS)
    connection.setState({ ...kept.data, heardAt: now });
};
