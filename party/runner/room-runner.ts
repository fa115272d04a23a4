import type { CloseReason } from '../../src/contract/sockets/protocol.ts';
import { errorFrame, FRAME_LIMIT, READ_LIMIT } from '../../src/contract/sockets/protocol.ts';
import type { Effect, RoomDefinition, RoomEvent, Step } from '../definition.ts';
import { Entrant } from '../wire/messages.ts';
import { verify } from '../wire/signature.ts';
import { Connections, closeSocket, spendAllowance } from './connections.ts';
import type { Host, HostSocket } from './host.ts';
import type { Told } from './pending-requests.ts';
import { PendingRequests, UNKNOWN } from './pending-requests.ts';
import { retryUntilDone } from './retry-until-done.ts';
import { WakeUp } from './wake-up.ts';
import { WorkerRefusals } from './worker-refusals.ts';

/** How long after a `post` the alarm goes off, in milliseconds: no answer takes so long. */
const UNANSWERED_MS = 30_000;

type Data = string | ArrayBuffer | ArrayBufferView;

const utf8 = new TextEncoder();

/** Whether a text has more bytes of UTF-8 than that; counts only where its length cannot tell. */
const isLonger = (text: string, limit: number) =>
  text.length * 3 > limit && (text.length > limit || utf8.encode(text).byteLength > limit);

/**
 * The size of a frame in bytes if it is over the limit, otherwise 0. A frame beyond READ_LIMIT is
 * not measured exactly, since it is refused anyhow.
 */
const bytesOver = (limit: number, data: Data): number => {
  if (typeof data !== 'string') return data.byteLength > limit ? data.byteLength : 0;
  if (!isLonger(data, limit)) return 0;
  return data.length > READ_LIMIT ? data.length : utf8.encode(data).byteLength;
};

/**
 * Runs a room on a host: reads its state before anything else, lets events in one after the other,
 * decodes and limits frames, has the machine decide, and carries out what it decided.
 */
export class RoomRunner<State, Frame, Message> {
  readonly #host: Host;
  readonly #definition: RoomDefinition<State, Frame, Message>;
  /** Reads the state once; after a failure the next event reads it again. */
  readonly #ready: () => Promise<void>;
  #state: State | undefined;
  readonly #connections = new Connections();
  readonly #requests: PendingRequests<Message>;
  /** The connections that wait until the state is read. */
  readonly #connecting = new Set<string>();
  readonly #wakeUp: WakeUp;
  readonly #refusals = new WorkerRefusals();
  #postsUnderWay = 0;

  constructor(host: Host, definition: RoomDefinition<State, Frame, Message>) {
    this.#host = host;
    this.#definition = definition;
    this.#requests = new PendingRequests<Message>(definition, (request, message) =>
      this.#onMessage(request, message),
    );
    this.#wakeUp = new WakeUp(host, () => this.#onAlarm());
    this.#ready = retryUntilDone(() => this.#start());
    // A failure is told to whoever comes next.
    this.#ready().catch(() => undefined);
  }

  /** Lets a connection in that the Worker has signed for; closes any other as unauthorized. */
  async connect(socket: HostSocket, signed: boolean): Promise<void> {
    // The host may list it already, and the start must not take it for a connection from before.
    this.#connecting.add(socket.id);
    try {
      await this.#ready();
    } finally {
      this.#connecting.delete(socket.id);
    }
    if (!signed) return closeSocket(socket, 'unauthorized');
    this.#connections.add(socket, this.#host.now());
    const present = this.#connections.list();
    this.#handle({ type: 'join', id: socket.id, who: socket.who, present });
  }

  /** Handles a frame: at once, unless the room is only starting. */
  message(id: string, data: Data): void | Promise<void> {
    if (this.#state === undefined) return this.#ready().then(() => this.#onFrame(id, data));
    this.#onFrame(id, data);
  }

  /** A connection has ended. */
  async leave(id: string): Promise<void> {
    await this.#ready();
    this.#onClosed(id);
  }

  /**
   * Handles a signed request of the Worker or another room: 200 with the answer as JSON, 400 for
   * what is no message, 401 without a signature, 504 when there is no answer in time.
   */
  async request(request: Request): Promise<Response> {
    const body = await request.text();
    if (!(await this.signed(request.headers, body))) return new Response(null, { status: 401 });
    const answer = await this.tell(body);
    if (answer === UNKNOWN) return new Response(null, { status: 400 });
    return answer ? Response.json(answer) : new Response(null, { status: 504 });
  }

  /**
   * Handles the body of a request without a signature: only rooms of the same Worker can call this.
   */
  async tell(body: string): Promise<Told> {
    const message: unknown = JSON.parse(body);
    if (this.#state === undefined) await this.#ready();
    return this.#requests.tell(message);
  }

  /** Checks that the Worker or a room has signed a request, and whom it lets in; else undefined. */
  async signed(
    headers: Headers,
    body = '',
  ): Promise<{ readonly who: Entrant | undefined } | undefined> {
    const { secrets, id, now } = this.#host;
    const target = `${this.#definition.party}/${id}`;
    const verified = await verify(secrets, { target, headers, body }, now());
    if (!verified) return undefined;
    return { who: verified.entrant === undefined ? undefined : Entrant.parse(verified.entrant) };
  }

  /** The alarm has gone off. */
  async alarm(): Promise<void> {
    this.#wakeUp.noteAlarm(null);
    await this.#ready();
    this.#onAlarm();
  }

  async #start(): Promise<void> {
    const [kept, alarmAt] = await Promise.all([this.#host.read(), this.#host.alarmAt()]);
    this.#wakeUp.noteAlarm(alarmAt);
    for (const socket of this.#host.sockets()) {
      if (!this.#connecting.has(socket.id)) this.#connections.add(socket, 0);
    }
    const { id } = this.#host;
    const present = this.#connections.list();
    this.#carryOut(this.#definition.start(id, { kept, present, now: this.#host.now() }));
  }

  #onAlarm() {
    this.#handle({ type: 'alarm', present: this.#connections.list() });
  }

  #onMessage(request: string, message: Message) {
    const asks = this.#definition.asksWhoIsHere?.(message);
    const present = asks ? { present: this.#connections.list() } : {};
    this.#handle({ type: 'message', request, message, ...present });
  }

  #onFrame(id: string, data: Data) {
    const connection = this.#connections.get(id);
    // Frames may still arrive from a connection that the room has closed.
    if (!connection) return;
    const { socket } = connection;
    const now = this.#host.now();
    const { frameLimit, ping, decode, decodeLong } = this.#definition;
    // A binary frame is decoded as an empty text: it is no JSON either.
    const text = typeof data === 'string' ? data : '';
    const bytes = bytesOver(frameLimit, data);
    if (bytes > READ_LIMIT) return this.#closeConnection(id, 'tooBig');
    const frames = Math.max(1, bytes / FRAME_LIMIT);
    if (!spendAllowance(connection, now, frames)) return this.#closeConnection(id, 'tooMany');
    if (data === ping[0]) return socket.send(ping[1]);
    const decoded = bytes > 0 ? decodeLong?.(text, bytes, socket.who) : decode(text, socket.who);
    if (!decoded && bytes > 0) this.#closeConnection(id, 'tooBig');
    if (!decoded) return;
    if ('error' in decoded) socket.send(JSON.stringify(errorFrame(decoded.error)));
    else this.#handle({ type: 'frame', id, frame: decoded.frame }, now);
  }

  /** Closes a connection without being told to by the machine, which hears of it. */
  #closeConnection(id: string, why: CloseReason) {
    if (this.#connections.close(id, why)) this.#handle({ type: 'leave', id });
  }

  #onClosed(id: string) {
    if (this.#connections.remove(id)) this.#handle({ type: 'leave', id });
  }

  #handle(event: RoomEvent<Frame, Message>, now = this.#host.now()) {
    if (this.#state === undefined) return;
    this.#carryOut(this.#definition.step(this.#state, event, now));
  }

  #carryOut({ state, effects }: Step<State>) {
    this.#state = state;
    for (const effect of effects) this.#perform(effect);
    // `forget` also deletes the alarm, so no new one is set.
    const isForgotten = effects.some(({ type }) => type === 'forget');
    const at = isForgotten ? undefined : this.#definition.deadline(state);
    if (at !== undefined) this.#wakeUp.setAlarm(at);
    this.#wakeUp.setTimer(this.#definition.reminder?.(state));
    // If the host dies while a post is in flight, this alarm restarts the room to send it again.
    if (this.#postsUnderWay > 0) this.#wakeUp.setAlarm(this.#host.now() + UNANSWERED_MS);
  }

  #perform(effect: Effect) {
    switch (effect.type) {
      case 'send':
        return this.#connections.send(effect.to, JSON.stringify(effect.frame));
      case 'close':
        this.#connections.close(effect.id, effect.why);
        return;
      case 'keep':
        if (this.#state !== undefined) this.#host.write(this.#definition.kept(this.#state));
        return;
      case 'forget':
        this.#wakeUp.noteAlarm(null);
        void this.#host.forget();
        return;
      case 'reply':
        return this.#requests.reply(effect.request, effect.answer);
      case 'post':
        void this.#post(effect);
        return;
    }
  }

  async #post(effect: Extract<Effect, { type: 'post' }>): Promise<void> {
    this.#postsUnderWay++;
    const about = { party: this.#definition.party, room: this.#host.id };
    const answer = await this.#host.post(effect.to, effect.message).then(
      (given) => {
        this.#refusals.forget(effect.n);
        return given;
      },
      (error) => this.#refusals.answerTo(effect, error, about),
    );
    this.#postsUnderWay--;
    this.#handle({ type: 'answered', n: effect.n, answer });
  }
}
