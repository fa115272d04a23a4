import type { Effect, Present, RoomDefinition, RoomEvent } from '../../party/definition.ts';
import { Batch } from '../../party/wire/batch.ts';
import type { CloseReason, Room } from '../../src/contract/sockets/protocol.ts';
import { CLOSE, errorFrame } from '../../src/contract/sockets/protocol.ts';
import { Broken, hold, isJson } from './broken.ts';
import type { Connection, OnAnswer } from './network.ts';
import type { Surroundings } from './surroundings.ts';

/** How long a room waits for its answer, in milliseconds, as in `party/runner/room-runner.ts`. */
const REPLY_MS = 4_000;

/**
 * How soon a room is woken after a post that may stay unanswered, in milliseconds, as in
 * `party/runner/room-runner.ts`.
 */
const UNANSWERED_MS = 30_000;

/** How long a room has to be idle before it sleeps, in milliseconds. */
export const IDLE_MS = 10_000;

/** How often a room may ask to be woken at one moment before it counts as running hot. */
const ALARMS_AT_ONCE = 8;

/**
 * A room on a host that can restart or sleep: does what `party/runner/room-runner.ts` does, on the
 * world's clock.
 */
export class SimulatedRoom<State, Frame, Message> {
  readonly room: Room;
  /** Undefined while the room does not run. */
  state: State | undefined;
  /** What was written last, as JSON. */
  written: string | undefined;
  readonly connections = new Map<string, Connection>();
  readonly #definition: RoomDefinition<State, Frame, Message>;
  readonly #surroundings: Surroundings<State>;
  readonly #requests = new Map<string, OnAnswer>();
  #alarmAt: number | null = null;
  #remindAt: number | null = null;
  /** When something last happened to the room. */
  lastAt = 0;
  #alarms = { at: 0, count: 0 };
  #life = 0;
  #lastRequest = 0;
  #posts = 0;

  constructor(
    definition: RoomDefinition<State, Frame, Message>,
    id: string,
    surroundings: Surroundings<State>,
  ) {
    this.#definition = definition;
    this.#surroundings = surroundings;
    this.room = { party: definition.party, id };
  }

  /** When the room's alarm goes off, or null. */
  get alarmAt(): number | null {
    return this.#alarmAt;
  }

  connect(connection: Connection) {
    this.#wake();
    this.connections.set(connection.id, connection);
    this.#handle({
      type: 'join',
      id: connection.id,
      who: connection.who,
      present: this.#present(),
    });
  }

  frame(id: string, text: string) {
    const connection = this.connections.get(id);
    if (!connection) return;
    this.#wake();
    const { ping, decode } = this.#definition;
    if (text === ping[0]) return connection.send(ping[1]);
    const decoded = decode(text, connection.who);
    if (!decoded) return;
    if ('error' in decoded) connection.send(JSON.stringify(errorFrame(decoded.error)));
    else this.#handle({ type: 'frame', id, frame: decoded.frame });
  }

  leave(id: string) {
    if (!this.connections.delete(id)) return;
    this.#wake();
    this.#handle({ type: 'leave', id });
  }

  ask(message: object, onAnswer: OnAnswer) {
    const batch = Batch.safeParse(JSON.parse(JSON.stringify(message))).data;
    if (batch) return this.#askAll(batch.messages, onAnswer);
    const parsed = this.#definition.message.safeParse(JSON.parse(JSON.stringify(message)));
    if (!parsed.success)
      throw new Broken(
        `${this.room.party} was told what is no message: ${JSON.stringify(message)}`,
      );
    this.#wake();
    const id = String(++this.#lastRequest);
    this.#requests.set(id, onAnswer);
    this.#surroundings.clock.in(REPLY_MS, () => this.#answer(id, undefined));
    const asks = this.#definition.asksWhoIsHere?.(parsed.data);
    const more = asks && { present: this.#present() };
    this.#handle({ type: 'message', request: id, message: parsed.data, ...more });
  }

  /** Asks several messages, which are answered together. */
  #askAll(messages: readonly unknown[], onAnswer: OnAnswer) {
    const answers: unknown[] = messages.map(() => null);
    let left = messages.length;
    for (const [index, message] of messages.entries()) {
      this.ask(Object(message), (answer) => {
        answers[index] = answer ?? null;
        left -= 1;
        if (left === 0) onAnswer({ answers });
      });
    }
  }

  /** Ends the host with all that was not written. The room starts again at the next event. */
  restart() {
    this.state = undefined;
    this.#remindAt = null;
    this.#life += 1;
    this.#posts = 0;
    for (const connection of [...this.connections.values()]) connection.broke();
    this.connections.clear();
    for (const id of [...this.#requests.keys()]) this.#answer(id, undefined);
  }

  /**
   * Puts the room to sleep with its connections, if it hibernates and has been idle long enough.
   */
  sleep() {
    const { hibernate } = this.#definition;
    if (
      hibernate &&
      this.#posts === 0 &&
      this.#remindAt === null &&
      this.lastAt + IDLE_MS <= this.#surroundings.clock.now
    )
      this.state = undefined;
  }

  #answer(id: string, answer: unknown) {
    const onAnswer = this.#requests.get(id);
    this.#requests.delete(id);
    onAnswer?.(answer);
  }

  #wake() {
    this.lastAt = this.#surroundings.clock.now;
    if (this.state !== undefined) return;
    const kept: unknown = this.written === undefined ? undefined : JSON.parse(this.written);
    const { state, effects } = this.#definition.start(this.room.id, {
      kept,
      present: this.#present(),
      now: this.#surroundings.clock.now,
    });
    this.#carryOut(state, effects);
  }

  #present(): Present[] {
    return [...this.connections.values()].map(({ id, who, heardAt }) => ({
      id,
      who,
      heardAt: heardAt(),
    }));
  }

  #handle(event: RoomEvent<Frame, Message>) {
    if (this.state === undefined) return;
    const { state, effects } = this.#definition.step(
      this.state,
      event,
      this.#surroundings.clock.now,
    );
    this.#carryOut(state, effects);
  }

  #carryOut(state: State, effects: readonly Effect[]) {
    this.state = state;
    for (const effect of effects) {
      this.#surroundings.look(state, effect, this.#named(effect));
      this.#perform(effect);
    }
    const at = this.#definition.deadline(state);
    if (at !== undefined) this.#wakeAt(at);
    const remindAt = this.#definition.reminder?.(state);
    if (remindAt !== undefined && (this.#remindAt === null || remindAt < this.#remindAt)) {
      this.#remindAt = remindAt;
      this.#surroundings.clock.at(remindAt, () => this.#remind(remindAt));
    }
    if (this.#posts > 0) this.#wakeAt(this.#surroundings.clock.now + UNANSWERED_MS);
    if (!this.#definition.hibernate) this.#surroundings.clock.in(IDLE_MS, () => this.#lapse());
  }

  /** A room that does not hibernate loses its memory once it is idle and nobody is connected. */
  #lapse() {
    const isIdle = this.lastAt + IDLE_MS <= this.#surroundings.clock.now;
    if (isIdle && this.connections.size === 0 && this.#remindAt === null && this.#posts === 0)
      this.state = undefined;
  }

  #wakeAt(at: number) {
    if (this.#alarmAt !== null && this.#alarmAt <= at) return;
    this.#alarmAt = at;
    this.#surroundings.clock.at(at, () => this.#alarm(at));
  }

  #named(effect: Effect): Connection | undefined {
    const id = effect.type === 'send' ? effect.to : effect.type === 'close' ? effect.id : undefined;
    if (id === undefined) return undefined;
    const connection = this.connections.get(id);
    hold(
      connection !== undefined,
      () => `${effect.type} names a connection that is not there: ${JSON.stringify(effect)}`,
    );
    return connection;
  }

  #alarm(at: number) {
    if (this.#alarmAt !== at) return;
    this.#alarmAt = null;
    this.#ring();
  }

  #remind(at: number) {
    if (this.#remindAt !== at) return;
    this.#remindAt = null;
    this.#ring();
  }

  #ring() {
    const { now } = this.#surroundings.clock;
    this.#alarms =
      this.#alarms.at === now ? { at: now, count: this.#alarms.count + 1 } : { at: now, count: 1 };
    hold(
      this.#alarms.count < ALARMS_AT_ONCE,
      () => `the alarm of ${this.room.party}/${this.room.id} runs hot`,
    );
    this.#wake();
    this.#handle({ type: 'alarm', present: this.#present() });
  }

  #perform(effect: Effect) {
    switch (effect.type) {
      case 'send':
        for (const connection of this.#those(effect.to))
          connection.send(JSON.stringify(effect.frame));
        return;
      case 'close':
        for (const connection of this.#those(effect.id)) this.#close(connection, effect.why);
        return;
      case 'keep': {
        const kept = this.state === undefined ? undefined : this.#definition.kept(this.state);
        hold(isJson(kept), () => `what is kept is no JSON: ${JSON.stringify(kept)}`);
        this.written = JSON.stringify(kept);
        return;
      }
      case 'forget':
        this.written = undefined;
        this.#alarmAt = null;
        this.#remindAt = null;
        return;
      case 'reply':
        hold(isJson(effect.answer), () => `an answer is no JSON: ${JSON.stringify(effect)}`);
        return this.#answer(effect.request, effect.answer);
      case 'post':
        return this.#post(effect);
    }
  }

  #those(id: string | undefined): readonly Connection[] {
    if (id === undefined) return [...this.connections.values()];
    const connection = this.connections.get(id);
    return connection ? [connection] : [];
  }

  #close(connection: Connection, why: CloseReason) {
    this.connections.delete(connection.id);
    connection.close(CLOSE[why].code);
  }

  #post({ n, to, message }: Extract<Effect, { type: 'post' }>) {
    const life = this.#life;
    this.#posts += 1;
    this.#surroundings.post(this.room, to, message, (answer) => {
      if (life !== this.#life) return;
      this.#posts -= 1;
      this.#wake();
      this.#handle({ type: 'answered', n, answer });
    });
  }
}
