import type { Connection, ConnectionContext } from 'partyserver';
import { Server } from 'partyserver';
import { CLOSE } from '../../src/contract/sockets/protocol.ts';
import { createLog, reasonOf } from '../../src/platform/log.ts';
import type { RoomDefinition } from '../definition.ts';
import type { Host, HostSocket } from '../runner/host.ts';
import { RoomRunner } from '../runner/room-runner.ts';
import type { Entrant } from '../wire/messages.ts';
import { postSigned } from '../wire/post.ts';
import { roomSecrets } from '../wire/signature.ts';
import { acceptChannel, CHANNEL } from './accept-channel.ts';
import { cutWhenFlooding } from './cut-flooding.ts';
import { OpenConnections } from './open-connections.ts';
import { fetchRoomOf, tellRoomOf } from './stubs.ts';

/** Where rooms tell the Worker something; the host name is never looked at. */
const WORKER = 'https://worker/api/internal/rooms';

/** How old the stored time when a connection was heard may become, in milliseconds. */
const NOTE_MS = 15_000;

/** The code of an empty close frame (RFC 6455 §7.1.5). */
const NO_STATUS = 1005;

const log = createLog();

/** What is stored with a connection: it survives the sleep of a room. */
interface Attachment {
  readonly who?: Entrant;
  /** When the connection was heard, in milliseconds since 1970. */
  readonly since: number;
}

/** Stores when a connection was heard, if what is stored is old. */
const noteHeard = (connection: Connection) => {
  const { who, since } = connection.state as Attachment;
  const now = Date.now();
  if (now - since >= NOTE_MS)
    connection.setState({ ...(who && { who }), since: now } satisfies Attachment);
};

/** Makes the class of a kind of room on PartyServer: a Durable Object of the Worker. */
export const roomOnPartyServer = <State, Frame, Message>(
  definition: RoomDefinition<State, Frame, Message>,
) =>
  class extends Server<Env> {
    static override options = { hibernate: definition.hibernate };
    #runner: RoomRunner<State, Frame, Message> | undefined;
    /** Sockets that PartyServer has wrapped since the room woke: asking it each time is slow. */
    readonly #heard = new WeakSet<WebSocket>();
    /** Only rooms that do not sleep use it: a host that sleeps forgets it. */
    readonly #open = new OpenConnections();

    override onStart(): void {
      // The host answers pings without waking the room. A room that never sleeps must hear them.
      if (definition.hibernate) {
        this.ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair(...definition.ping));
      }
    }

    override async onConnect(
      connection: Connection,
      { request }: ConnectionContext,
    ): Promise<void> {
      this.#open.add(connection.id);
      try {
        const signed = await this.#room.signed(request.headers);
        connection.setState({ who: signed?.who, since: Date.now() } satisfies {
          who: Entrant | undefined;
          since: number;
        });
        await this.#room.connect(this.#socket(connection), signed !== undefined);
      } catch (error) {
        // Without this PartyServer would send the stack to the client.
        this.#logFailure('connect', error);
        connection.close(CLOSE.failed.code, CLOSE.failed.reason);
      }
    }

    override async fetch(request: Request): Promise<Response> {
      if (!request.headers.has(CHANNEL)) return super.fetch(request);
      await this.__unsafe_ensureInitialized();
      return acceptChannel((text) => this.tell(text));
    }

    // Drops frames of a closed connection before PartyServer reads what is stored with it [C26].
    override async webSocketMessage(socket: WebSocket, frame: string | ArrayBuffer): Promise<void> {
      if (socket.readyState !== WebSocket.OPEN) return;
      if (this.#heard.has(socket)) return this.onMessage(socket as Connection, frame);
      await super.webSocketMessage(socket, frame);
    }

    override onMessage(
      connection: Connection,
      frame: string | ArrayBuffer | ArrayBufferView,
    ): void | Promise<void> {
      if (definition.hibernate) {
        this.#heard.add(connection);
        noteHeard(connection);
      }
      return this.#room.message(connection.id, frame);
    }

    override onClose(connection: Connection, code?: number): Promise<void> {
      this.#open.delete(connection.id);
      // PartyServer answers every close except an empty one [C20].
      if (code === NO_STATUS) connection.close(CLOSE.done.code);
      return this.#room.leave(connection.id);
    }

    // No close event follows an error: the client broke the protocol, or reset the connection.
    override onError(connection: Connection): Promise<void> {
      return this.onClose(connection);
    }

    override async onRequest(request: Request): Promise<Response> {
      try {
        return await this.#room.request(request);
      } catch (error) {
        this.#logFailure('request', error);
        return new Response(null, { status: 500 });
      }
    }

    /** Answers what another room of this Worker says, as JSON. Nobody else has a stub. */
    async tell(text: string): Promise<string | undefined> {
      if (!this.#runner) await this.__unsafe_ensureInitialized();
      try {
        const answer = await this.#room.tell(text);
        return typeof answer === 'object' ? JSON.stringify(answer) : undefined;
      } catch (error) {
        this.#logFailure('request', error);
        return undefined;
      }
    }

    override onAlarm(): Promise<void> {
      return this.#room.alarm();
    }

    get #room(): RoomRunner<State, Frame, Message> {
      this.#runner ??= new RoomRunner(this.#host(), definition);
      return this.#runner;
    }

    #logFailure(during: string, error: unknown): void {
      log.error('room.failed', { party: definition.party, during, reason: reasonOf(error) });
    }

    #host(): Host {
      const { storage } = this.ctx;
      const secrets = roomSecrets(this.env);
      const fetchRoom = fetchRoomOf(this.env);
      const tellRoom = tellRoomOf(this.env);
      return {
        id: this.name,
        secrets,
        now: Date.now,
        // A connection without a state is only about to be let in.
        sockets: () =>
          [...this.getConnections()]
            .filter(({ state }) => state !== null)
            .map((connection) => this.#socket(connection)),
        read: () => storage.get('kept'),
        write: (kept) => void storage.put('kept', kept),
        forget: async () => {
          // Both at once, so that what is written later stays.
          await Promise.all([storage.deleteAlarm(), storage.deleteAll()]);
          if (!definition.hibernate)
            this.#open.endRoomLater(() => this.ctx.abort('The room is over'));
        },
        alarmAt: () => storage.getAlarm(),
        setAlarm: (at) => void storage.setAlarm(at),
        post: (to, message) => {
          if (to !== 'worker' && tellRoom) return tellRoom(to, message);
          const target = to === 'worker' ? to : `${to.party}/${to.id}`;
          const signing = { secrets, target, now: Date.now() };
          return postSigned(signing, message, (init) =>
            to === 'worker' ? this.ctx.exports.default.fetch(WORKER, init) : fetchRoom(to, init),
          );
        },
      };
    }

    #socket(connection: Connection): HostSocket {
      const attachment = connection.state as Attachment | null;
      return {
        id: connection.id,
        who: attachment?.who,
        heardAt: () =>
          this.ctx.getWebSocketAutoResponseTimestamp(connection)?.getTime() ??
          attachment?.since ??
          0,
        send: (text) => {
          try {
            connection.send(text);
          } catch {
            // The connection has just ended, and its close event follows.
          }
        },
        close: (code, reason) => {
          connection.close(code, reason);
          if (!definition.hibernate) cutWhenFlooding(connection);
        },
      };
    }
  };
