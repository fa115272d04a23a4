import type { Effect, Present, Step } from '../../../party/definition.ts';
import type { InboxEvent } from '../../../party/inbox/machine.ts';
import { inboxRoomDefinition } from '../../../party/inbox/room.ts';
import type { InboxState } from '../../../party/inbox/state.ts';
import type { Entrant, ToInbox } from '../../../party/wire/messages.ts';
import type { Post } from '../answering.ts';
import { answerTo, messagesIn } from '../answering.ts';

type Message<Type extends ToInbox['type']> = Omit<Extract<ToInbox, { type: Type }>, 'type'>;

/** What is told beside the point of a test. */
export const profile = (user: string) => ({ user, username: `${user}_name`, displayName: '' });
export const offerOf = (sdp: string) => ({ kind: 'offer', sdp }) as const;

/**
 * An inbox without a host: connections are names, their frames are recorded, and a test answers
 * what the inbox asks of others.
 */
export class Inbox {
  now = 1_000_000;
  state: InboxState;
  readonly user: string;
  readonly #present = new Map<string, Present>();
  readonly #frames = new Map<string, object[]>();
  readonly closed: string[] = [];
  readonly posts: Post[] = [];
  /** What the Worker was asked of sessions; it answers at once, so it is not in `posts`. */
  readonly checks: Post[] = [];
  /** The sessions that have ended, as the Worker knows; undefined = it does not answer. */
  ended: readonly string[] | undefined = [];
  written: unknown;
  writes = 0;
  readonly #open: Post[] = [];
  readonly #unanswered: Post[] = [];
  #replies: object[] = [];

  constructor(user = 'bob', kept?: unknown) {
    this.user = user;
    this.state = this.#perform(
      inboxRoomDefinition.start(user, { kept, present: [], now: this.now }),
    );
  }

  /** A current device comes and says hello; its connection and its device have the same name. */
  device(name: string, change: Partial<Entrant> = {}): this {
    return this.join(name, change).say(name, { type: 'hello', version: 1 });
  }

  /** Connects a socket of a legacy client. */
  legacy(name: string, change: Partial<Entrant> = {}): this {
    return this.join(name, {
      device: `ws-${name}`,
      sid: `session of ${name}`,
      old: true,
      ...change,
    });
  }

  join(name: string, change: Partial<Entrant> = {}): this {
    const who = {
      user: this.user,
      device: name,
      sid: name,
      old: false,
      until: Number.MAX_SAFE_INTEGER,
      ...change,
    };
    this.#present.set(name, { id: name, who, heardAt: this.now });
    return this.step({ type: 'join', id: name, who, present: [...this.#present.values()] });
  }

  /** A text frame, as the host hands it on. */
  text(name: string, text: string): this {
    const present = this.#present.get(name);
    if (present) this.#present.set(name, { ...present, heardAt: this.now });
    const decoded = inboxRoomDefinition.decode(text, present?.who);
    return decoded && 'frame' in decoded
      ? this.step({ type: 'frame', id: name, frame: decoded.frame })
      : this;
  }

  say(name: string, frame: object): this {
    return this.text(name, JSON.stringify(frame));
  }

  leave(name: string): this {
    this.#present.delete(name);
    return this.step({ type: 'leave', id: name });
  }

  /** Tells the inbox something and returns its answer. */
  tell(message: ToInbox): object | undefined {
    this.#replies = [];
    const present = inboxRoomDefinition.asksWhoIsHere?.(message) && [...this.#present.values()];
    this.step({ type: 'message', request: 'r', message, ...(present && { present }) });
    return this.#replies[0];
  }

  dial(call: string, change: Partial<Message<'dial'>> = {}) {
    const { device = 'phone' } = change;
    // The call of a legacy device comes of its latest request.
    const request = this.state.sockets.find(({ who }) => who.device === device)?.dial;
    const until = this.now + 55_000;
    const asked = request !== undefined && { request };
    return this.tell({ type: 'dial', call, device, to: ['alice'], until, ...asked, ...change });
  }

  ring(call: string, change: Partial<Message<'ring'>> = {}) {
    const from = profile('alice');
    const expiresAt = this.now + 45_000;
    return this.tell({
      type: 'ring',
      call,
      from,
      video: false,
      group: false,
      expiresAt,
      ...change,
    });
  }

  active(call: string, change: Partial<Message<'active'>> = {}) {
    return this.tell({
      type: 'active',
      call,
      device: 'phone',
      peers: ['alice'],
      until: this.now + 90_000,
      ...change,
    });
  }

  stop(call: string, reason: Message<'stop'>['reason'] = 'cancelled') {
    return this.tell({ type: 'stop', call, reason });
  }

  signal(
    call: string,
    seq: number,
    signals: Message<'signal'>['signals'],
    change: Partial<Message<'signal'>> = {},
  ) {
    return this.tell({ type: 'signal', call, from: 'alice', video: true, seq, signals, ...change });
  }

  /** Everybody answers what the inbox asks of them, until it asks no more. */
  answer(answer: unknown = { outcome: 'done' }): this {
    while (this.#open.length > 0) this.#settle(answer);
    return this;
  }

  /** Answers the oldest request that has no answer yet. */
  answerFirst(answer: unknown): this {
    return this.#settle(answer);
  }

  /** Loses all requests that have no answer yet. */
  lose(): this {
    for (let left = this.#open.length; left > 0; left--) this.#settle(undefined);
    return this;
  }

  #settle(answer: unknown): this {
    const post = this.#open.shift();
    if (!post) return this;
    return this.step({
      type: 'answered',
      n: post.n,
      answer: answer === undefined ? undefined : answerTo(post, () => answer),
    });
  }

  /** Lets time pass, with the alarms that the inbox wants. */
  wait(ms: number): this {
    const end = this.now + ms;
    for (;;) {
      const at = this.#wakeAt;
      if (at === undefined || at > end) break;
      this.now = Math.max(at, this.now + 1);
      this.step({ type: 'alarm', present: [...this.#present.values()] });
    }
    this.now = end;
    return this;
  }

  /** When the inbox wants an alarm or a reminder. */
  get #wakeAt(): number | undefined {
    const times = [
      inboxRoomDefinition.deadline(this.state),
      inboxRoomDefinition.reminder?.(this.state),
    ].filter((at) => at !== undefined);
    return times.length > 0 ? Math.min(...times) : undefined;
  }

  /**
   * Sleeps, or its host dies with the sockets in `lost`: the inbox starts again with what was
   * written.
   */
  restart(lost: readonly string[] = []): this {
    // An inbox does not sleep before its reminders are done.
    const { linesAt } = this.state;
    if (linesAt !== undefined && lost.length === 0) {
      this.now = Math.max(this.now, linesAt);
      this.step({ type: 'alarm', present: [...this.#present.values()] });
    }
    for (const name of lost) this.#present.delete(name);
    this.#open.length = 0;
    const kept = this.written === undefined ? undefined : JSON.parse(JSON.stringify(this.written));
    this.state = this.#perform(
      inboxRoomDefinition.start(this.user, {
        kept,
        present: [...this.#present.values()],
        now: this.now,
      }),
    );
    return this;
  }

  /** Takes what a connection got since the last time. */
  got(name: string): object[] {
    const frames = this.#frames.get(name) ?? [];
    this.#frames.delete(name);
    return frames;
  }

  /** Takes what calls were told since the last time: `<call> <device> <action>`. */
  acts(): string[] {
    const told = this.posts.splice(0).flatMap(messagesIn);
    return told.flatMap((message) =>
      message.type === 'act' ? [`${message.device} ${message.action.type}`] : [],
    );
  }

  /** The signals that calls were told so far: number and kind. */
  signals(): [number, object][] {
    return this.posts
      .flatMap(messagesIn)
      .flatMap((message): [number, object][] =>
        message.type === 'act' && message.action.type === 'signal'
          ? [[message.action.seq, message.action.signal]]
          : [],
      );
  }

  get connected(): readonly string[] {
    return this.state.sockets.map(({ id }) => id);
  }

  step(event: InboxEvent): this {
    this.state = this.#perform(inboxRoomDefinition.step(this.state, event, this.now));
    const check = this.#unanswered.shift();
    if (!check) return this;
    const answer = this.ended && { outcome: 'ok', ended: this.ended };
    return this.step({ type: 'answered', n: check.n, answer });
  }

  #perform({ state, effects }: Step<InboxState>): InboxState {
    this.state = state;
    for (const effect of effects) this.#do(effect);
    return state;
  }

  #do(effect: Effect): void {
    switch (effect.type) {
      case 'send': {
        const { to = 'everybody', frame } = effect;
        if (!this.#present.has(to)) throw new Error(`${to} is not here`);
        this.#frames.set(to, [...(this.#frames.get(to) ?? []), JSON.parse(JSON.stringify(frame))]);
        return;
      }
      case 'close':
        this.#present.delete(effect.id ?? 'everybody');
        this.closed.push(`${effect.id} ${effect.why}`);
        return;
      case 'keep':
        this.writes++;
        this.written = inboxRoomDefinition.kept(this.state);
        return;
      case 'reply':
        this.#replies.push(effect.answer);
        return;
      case 'post':
        if (effect.message.type === 'sessions') {
          this.checks.push(effect);
          this.#unanswered.push(effect);
          return;
        }
        this.posts.push(effect);
        this.#open.push(effect);
        return;
      case 'forget':
        throw new Error('An inbox forgets nothing');
    }
  }
}
