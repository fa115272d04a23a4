import { expect } from 'vitest';
import type { CallEvent } from '../../../party/call/machine.ts';
import { callRoomDefinition } from '../../../party/call/room.ts';
import type { CallRoomState } from '../../../party/call/state.ts';
import type { Effect, Present, Step } from '../../../party/definition.ts';
import type { KeptOutbox } from '../../../party/outbox.ts';
import type { Entrant, ToCall } from '../../../party/wire/messages.ts';
import type { Post } from '../answering.ts';
import type { Answers } from './answers.ts';
import { answerPost, HANGS } from './answers.ts';
import { Recorder } from './recorder.ts';

type Create = Extract<ToCall, { type: 'create' }>;
type Action = Extract<ToCall, { type: 'act' }>['action'];

/**
 * The part of the state that has to be written; the outbox's next number changes for others too.
 */
const withoutNext = (kept: unknown) => {
  const { outbox, ...rest } = (kept ?? {}) as { outbox?: KeptOutbox };
  return { ...rest, items: outbox?.items ?? [] };
};

export const profile = (user: string) => ({ user, username: `${user}_name`, displayName: '' });
export const offer = (sdp = 'offer') => ({ kind: 'offer', sdp }) as const;
export const answer = (sdp = 'answer') => ({ kind: 'answer', sdp }) as const;
export const ice = (candidate: string) =>
  ({ kind: 'candidate', candidate: { candidate } }) as const;

/**
 * The room of a call without a host. A connection is named after its user, with a digit where there
 * are several: `bob2` is bob's second device. The room records what connections get, and inboxes
 * answer as the test says.
 */
export class CallRoom extends Recorder {
  now = 1_000_000;
  state: CallRoomState;
  readonly answers: Answers;
  readonly closed: string[] = [];
  readonly open: Post[] = [];
  readonly mute = new Set<string>();
  forgotten = 0;
  written: unknown;
  readonly #present = new Map<string, Present>();
  readonly #replies = new Map<string, object>();
  #requests = 0;
  #tickets = 0;

  constructor(answers: Answers = {}) {
    super();
    this.answers = { ...answers };
    this.state = this.#perform(
      callRoomDefinition.start('c', { kept: undefined, present: [], now: this.now }),
    );
  }

  /** Alice calls from the device `alice`. Returns the request's number, see {@link reply}. */
  create(change: Partial<Omit<Create, 'callees'>> & { callees?: string[] } = {}): string {
    const { callees = ['bob'], ...rest } = change;
    const create = {
      type: 'create',
      caller: profile('alice'),
      device: 'alice',
      old: false,
      video: false,
    } as const;
    return this.#tell({ ...create, ...rest, callees: callees.map(profile) });
  }

  /** The answer to a request, if there is one. */
  reply(request: string): object | undefined {
    return this.#replies.get(request);
  }

  /** Tells the room something and returns its answer. */
  tell(message: ToCall): object | undefined {
    return this.reply(this.#tell(message));
  }

  permit(user: string, change: Partial<Omit<Extract<ToCall, { type: 'permit' }>, 'type'>> = {}) {
    return this.tell({ type: 'permit', user, device: user, ...change });
  }

  /** What the inbox says on behalf of a device. */
  act(user: string, action: Action, device = `ws-${user}`): this {
    this.tell({ type: 'act', user, device, action });
    return this;
  }

  join(name: string, change: Partial<Entrant> = {}): this {
    const user = name.replace(/\d$/, '');
    const ticket = { id: `t${++this.#tickets}`, until: this.now + 60_000 };
    const role = user === 'alice' ? 'caller' : 'callee';
    const until = Number.MAX_SAFE_INTEGER;
    const who: Entrant = {
      user,
      device: name,
      sid: name,
      old: false,
      until,
      role,
      ticket,
      ...change,
    };
    this.#present.set(name, { id: name, who, heardAt: this.now });
    return this.step({ type: 'join', id: name, who, present: [...this.#present.values()] });
  }

  say(name: string, frame: object): this {
    const decoded = callRoomDefinition.decode(JSON.stringify(frame), undefined);
    if (!decoded || 'error' in decoded) throw new Error(`No frame: ${JSON.stringify(frame)}`);
    return this.step({ type: 'frame', id: name, frame: decoded.frame });
  }

  hello(name: string, resume?: object): this {
    return this.say(name, { type: 'hello', version: 1, ...(resume && { resume }) });
  }

  /** Connects with a ticket and says hello. */
  enter(name: string, resume?: object): this {
    return this.join(name).hello(name, resume);
  }

  /** Connects and accepts the call. */
  accept(name: string): this {
    return this.enter(name).say(name, { type: 'accept' });
  }

  signal(name: string, seq: number, signal: object = ice(`${seq}`), to?: string): this {
    return this.say(name, { type: 'signal', seq, signal, ...(to && { to }) });
  }

  /** Acknowledges the signals of somebody up to a number. */
  ack(name: string, from: string, seq: number, epoch = 1): this {
    return this.say(name, { type: 'ack', seen: { [from]: { epoch, seq } } });
  }

  leave(name: string): this {
    this.#present.delete(name);
    return this.step({ type: 'leave', id: name });
  }

  /**
   * Lets time pass, with the alarms that the room wants. Every connection is heard meanwhile,
   * except the mute ones.
   */
  wait(ms: number): this {
    const end = this.now + ms;
    for (;;) {
      const at = this.#wakeAt;
      if (at === undefined || at > end) break;
      this.now = Math.max(at, this.now + 1);
      for (const [name, present] of this.#present) {
        if (!this.mute.has(name)) this.#present.set(name, { ...present, heardAt: this.now });
      }
      this.step({ type: 'alarm', present: [...this.#present.values()] });
      const next = this.#wakeAt;
      if (next !== undefined && next <= this.now)
        throw new Error('The room wants to be woken for what is past');
    }
    this.now = end;
    return this;
  }

  /** When the room wants an alarm or a reminder. */
  get #wakeAt(): number | undefined {
    const times = [
      callRoomDefinition.deadline(this.state),
      callRoomDefinition.reminder?.(this.state),
    ].filter((at) => at !== undefined);
    return times.length > 0 ? Math.min(...times) : undefined;
  }

  /** The host dies with all its connections; the room starts again with what was written. */
  restart(): this {
    this.#present.clear();
    this.frames.clear();
    this.open.length = 0;
    const kept = this.written === undefined ? undefined : JSON.parse(JSON.stringify(this.written));
    this.state = this.#perform(callRoomDefinition.start('c', { kept, present: [], now: this.now }));
    return this.#answer();
  }

  /** The state of the call. */
  get is(): string | undefined {
    const { state, reason } = this.state.call ?? {};
    return reason ? `${state} ${reason}` : state;
  }

  /** Answers the oldest request that has no answer yet. */
  settle(given: unknown): this {
    const { n } = this.open.shift() ?? {};
    return n === undefined ? this : this.step({ type: 'answered', n, answer: given });
  }

  step(event: CallEvent): this {
    this.state = this.#perform(callRoomDefinition.step(this.state, event, this.now));
    return this.#answer();
  }

  readonly #queue: Post[] = [];

  /** Answers come later than the requests. */
  #answer(): this {
    for (let post = this.#queue.shift(); post; post = this.#queue.shift()) {
      const given = answerPost(post, this.answers);
      const answered = { type: 'answered', n: post.n, answer: given } as const;
      if (given === HANGS) this.open.push(post);
      else this.state = this.#perform(callRoomDefinition.step(this.state, answered, this.now));
    }
    return this;
  }

  #tell(message: ToCall): string {
    const request = String(++this.#requests);
    this.step({ type: 'message', request, message });
    return request;
  }

  #perform({ state, effects }: Step<CallRoomState>): CallRoomState {
    this.state = state;
    for (const effect of effects) this.#do(effect);
    expect(withoutNext(this.written)).toEqual(withoutNext(callRoomDefinition.kept(state)));
    return state;
  }

  #do(effect: Effect): void {
    switch (effect.type) {
      case 'send': {
        const { to = 'everybody', frame } = effect;
        if (!this.#present.has(to)) throw new Error(`${to} is not here`);
        this.frames.set(to, [...(this.frames.get(to) ?? []), JSON.parse(JSON.stringify(frame))]);
        return;
      }
      case 'close':
        this.#present.delete(effect.id ?? 'everybody');
        this.closed.push(`${effect.id} ${effect.why}`);
        return;
      case 'keep':
        this.written = callRoomDefinition.kept(this.state);
        return;
      case 'forget':
        this.forgotten++;
        this.written = undefined;
        return;
      case 'reply':
        if (this.#replies.has(effect.request)) throw new Error('Answered twice');
        this.#replies.set(effect.request, effect.answer);
        return;
      case 'post':
        this.posts.push(effect);
        this.#queue.push(effect);
        return;
    }
  }
}

/** A call by Alice that rings at Bob; nobody is connected yet. */
export const ringing = (
  answers?: Answers,
  change?: Parameters<CallRoom['create']>[0],
): CallRoom => {
  const room = new CallRoom(answers);
  room.create(change);
  return room;
};

/** Alice and Bob in a call. */
export const talking = (answers?: Answers): CallRoom =>
  ringing(answers).enter('alice').accept('bob');

/** Alice, Bob and Cyd in a call. */
export const three = (answers?: Answers): CallRoom =>
  ringing(answers, { callees: ['bob', 'cyd'] })
    .enter('alice')
    .accept('bob')
    .accept('cyd');
