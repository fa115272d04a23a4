import {
  CLOSE,
  type CloseReason,
  errorFrame,
  FRAME_LIMIT,
  FRAME_RATE,
  READ_LIMIT,
  type Room,
} from '../src/contract/sockets/protocol.ts';
import type { Effect, Present, RoomDefinition, RoomEvent, Step } from './definition.ts';
import { bytesOver } from './frame-size.ts';
import { onceDone } from './once.ts';
import { Refusals } from './refusals.ts';
import { Requests, type Told, UNKNOWN } from './requests.ts';
import { Entrant } from './wire/messages.ts';
import { type RoomSecrets, verify } from './wire/signature.ts';

/** One connection, as every host has them. */
export interface Socket {
  readonly id: string;
  /** Whom the Worker let in; a host that sleeps keeps it with the socket. */
  readonly who: Entrant | undefined;
  /** When it was heard last, as far as the host knows; milliseconds since 1970. */
  heardAt(): number;
  send(text: string): void;
  close(code: number, reason: string): void;
}

/** What a room needs of its host: nothing else differs between one host and another. */
export interface Host {
  /** The id of the room. */
  readonly id: string;
  readonly secrets: RoomSecrets;
  now(): number;
  sockets(): Iterable<Socket>;
  read(): Promise<unknown>;
  write(kept: unknown): void;
  /** Deletes all that was written, and the alarm. */
  forget(): Promise<void>;
  alarmAt(): Promise<number | null>;
  setAlarm(at: number): void;
  /** Tells another room or the Worker; the JSON that it answers, or undefined when it does not. */
  post(to: Room | 'worker', message: object): Promise<unknown>;
}

/** A connection as its room knows it. */
interface Line {
  readonly socket: Socket;
  /** When it was heard last, in milliseconds since 1970. */
  heardAt: number;
  /** How many frames it might send at that time, see {@link FRAME_RATE}. */
  allowance: number;
}

const newLine = (socket: Socket, heardAt: number): Line => ({
  socket,
  heardAt,
  allowance: FRAME_RATE.burst,
});

/** Longer than any answer takes, in milliseconds. */
const UNANSWERED_MS = 30_000;

/** Notes that a connection was heard; whether it may send that much, counted in frames. */
const allows = (line: Line, now: number, frames: number): boolean => {
  const { burst, perSecond } = FRAME_RATE;
  line.allowance =
    Math.min(burst, line.allowance + ((now - line.heardAt) * perSecond) / 1000) - frames;
  line.heardAt = now;
  return line.allowance >= 0;
};

/**
 * A room on a host: lets events in one after the other, from the moment that its state is read; decodes and limits frames; has the machine decide; carries out
 * what it decided.
 */
export class RoomRunner<State, Frame, Message> {
  readonly #host: Host;
  readonly #definition: RoomDefinition<State, Frame, Message>;
  /** Reads the state, once; again with whatever comes next when that failed. */
  readonly #begin: () => Promise<void>;
  #state: State | undefined;
  readonly #lines = new Map<string, Line>();
  readonly #requests: Requests<Message>;
  readonly #coming = new Set<string>();
  #alarmAt: number | null = null;
  #reminder: { readonly at: number; readonly timer: ReturnType<typeof setTimeout> } | null = null;
  readonly #refusals = new Refusals();
  #underWay = 0;

  constructor(host: Host, definition: RoomDefinition<State, Frame, Message>) {
    this.#host = host;
    this.#definition = definition;
    this.#requests = new Requests<Message>(definition, (request, message) =>
      this.#hear(request, message),
    );
    this.#begin = onceDone(() => this.#start());
    // Whoever comes next hears of a failure.
    this.#begin().catch(() => undefined);
  }

  /** Lets a connection in whose way in the Worker has signed; any other is closed as unauthorized. */
  async connect(socket: Socket, signed: boolean): Promise<void> {
    // A host may have it among its sockets already.
    this.#coming.add(socket.id);
    try {
      await this.#begin();
    } finally {
      this.#coming.delete(socket.id);
    }
    if (!signed) return this.#end(socket, 'unauthorized');
    this.#lines.set(socket.id, newLine(socket, this.#host.now()));
    this.#handle({ type: 'join', id: socket.id, who: socket.who, present: this.#present() });
  }

  /** A frame. At once, unless the room is only just beginning. */
  message(id: string, data: string | ArrayBuffer | ArrayBufferView): void | Promise<void> {
    if (this.#state === undefined) return this.#begin().then(() => this.#message(id, data));
    this.#message(id, data);
  }

  /** A connection that has ended. */
  async leave(id: string): Promise<void> {
    await this.#begin();
    this.#gone(id);
  }

  /** Something that the Worker or another room tells, in a signed request: 204 or JSON; 401 without signature, 400 for what is no message, 504 when there is no answer in time. */
  async request(request: Request): Promise<Response> {
    const body = await request.text();
    if (!(await this.signed(request.headers, body))) return new Response(null, { status: 401 });
    const answer = await this.tell(body);
    if (answer === UNKNOWN) return new Response(null, { status: 400 });
    return answer ? Response.json(answer) : new Response(null, { status: 504 });
  }

  /** The same, from who needs no signature: nobody but rooms of the same Worker can call this. */
  async tell(body: string): Promise<Told> {
    const said: unknown = JSON.parse(body);
    if (this.#state === undefined) await this.#begin();
    return this.#requests.tell(said);
  }

  #hear(request: string, message: Message) {
    const present = this.#definition.asksWhoIsHere?.(message) ? this.#present() : undefined;
    this.#handle({ type: 'message', request, message, ...(present && { present }) });
  }

  /** Whether a request comes from the Worker or a room, and whom it lets in. */
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

  /** The alarm went off. */
  async alarm(): Promise<void> {
    this.#alarmAt = null;
    await this.#begin();
    this.#alarm();
  }

  #alarm() {
    this.#handle({ type: 'alarm', present: this.#present() });
  }

  async #start(): Promise<void> {
    const [kept, alarmAt] = await Promise.all([this.#host.read(), this.#host.alarmAt()]);
    this.#alarmAt = alarmAt;
    for (const socket of this.#host.sockets()) {
      if (!this.#coming.has(socket.id)) this.#lines.set(socket.id, newLine(socket, 0));
    }
    this.#carryOut(
      this.#definition.start(this.#host.id, {
        kept,
        present: this.#present(),
        now: this.#host.now(),
      }),
    );
  }

  #present(): Present[] {
    return Array.from(this.#lines.values(), ({ socket, heardAt }) => ({
      id: socket.id,
      who: socket.who,
      heardAt: Math.max(heardAt, socket.heardAt()),
    }));
  }

  #message(id: string, data: string | ArrayBuffer | ArrayBufferView) {
    const line = this.#lines.get(id);
    // One that was put out can still have something on its way.
    if (!line) return;
    const { socket } = line;
    const now = this.#host.now();
    const { frameLimit, ping, decode, decodeLong } = this.#definition;
    // What is no text is no JSON either.
    const text = typeof data === 'string' ? data : '';
    const bytes = bytesOver(frameLimit, data);
    if (bytes > READ_LIMIT) return this.#put(id, 'tooBig');
    if (!allows(line, now, Math.max(1, bytes / FRAME_LIMIT))) return this.#put(id, 'tooMany');
    if (data === ping[0]) return socket.send(ping[1]);
    const decoded = bytes > 0 ? decodeLong?.(text, bytes, socket.who) : decode(text, socket.who);
    if (!decoded && bytes > 0) this.#put(id, 'tooBig');
    if (!decoded) return;
    if ('error' in decoded) socket.send(JSON.stringify(errorFrame(decoded.error)));
    else this.#handle({ type: 'frame', id, frame: decoded.frame }, now);
  }

  #handle(event: RoomEvent<Frame, Message>, now = this.#host.now()) {
    if (this.#state === undefined) return;
    this.#carryOut(this.#definition.step(this.#state, event, now));
  }

  #carryOut({ state, effects }: Step<State>) {
    this.#state = state;
    for (const effect of effects) this.#perform(effect);
    // Of what was forgotten nothing is to be waited for, the alarm least of all.
    const at = effects.some(({ type }) => type === 'forget')
      ? undefined
      : this.#definition.deadline(state);
    if (at !== undefined) this.#wakeAt(at);
    this.#remindAt(this.#definition.reminder?.(state));
    // Did the host end before the answer comes, nothing else might have the room begin again and tell it once more.
    if (this.#underWay > 0) this.#wakeAt(this.#host.now() + UNANSWERED_MS);
  }

  /** One that comes too early is asked again then: better than setting it anew with every frame. */
  #wakeAt(at: number) {
    if (this.#alarmAt !== null && this.#alarmAt <= at) return;
    this.#alarmAt = at;
    this.#host.setAlarm(at);
  }

  /** As {@link #wakeAt}, but by a timer, which ends with the host. */
  #remindAt(at: number | undefined) {
    if (at !== undefined && this.#reminder && this.#reminder.at <= at) return;
    if (this.#reminder) clearTimeout(this.#reminder.timer);
    this.#reminder = null;
    if (at === undefined) return;
    const timer = setTimeout(() => {
      this.#reminder = null;
      this.#alarm();
    }, at - this.#host.now());
    this.#reminder = { at, timer };
  }

  #perform(effect: Effect) {
    switch (effect.type) {
      case 'send':
        return this.#send(effect.to, JSON.stringify(effect.frame));
      case 'close':
        for (const id of effect.id === undefined ? [...this.#lines.keys()] : [effect.id])
          this.#put(id, effect.why, false);
        return;
      case 'keep':
        return this.#state === undefined
          ? undefined
          : this.#host.write(this.#definition.kept(this.#state));
      case 'forget':
        this.#alarmAt = null;
        void this.#host.forget();
        return;
      case 'reply':
        return this.#requests.reply(effect.request, effect.answer);
      case 'post':
        this.#underWay++;
        void this.#host
          .post(effect.to, effect.message)
          .then(
            (answer) => {
              this.#refusals.delete(effect.n);
              return answer;
            },
            (error) =>
              this.#refusals.answerTo(effect, error, {
                party: this.#definition.party,
                room: this.#host.id,
              }),
          )
          .then((answer) => {
            this.#underWay--;
            this.#handle({ type: 'answered', n: effect.n, answer });
          });
        return;
    }
  }

  #send(to: string | undefined, text: string) {
    if (to !== undefined) return this.#lines.get(to)?.socket.send(text);
    for (const { socket } of this.#lines.values()) socket.send(text);
  }

  /** Puts a connection out; the machine that did not decide it hears of it. */
  #put(id: string, why: CloseReason, tell = true) {
    const line = this.#lines.get(id);
    if (!line) return;
    this.#end(line.socket, why);
    if (tell) this.#gone(id);
    else this.#lines.delete(id);
  }

  #end(socket: Socket, why: CloseReason) {
    const { code, reason } = CLOSE[why];
    socket.close(code, reason);
  }

  #gone(id: string) {
    if (this.#lines.delete(id)) this.#handle({ type: 'leave', id });
  }
}
