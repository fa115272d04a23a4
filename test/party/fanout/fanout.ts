import type { Effect, Step } from '../../../party/definition.ts';
import type { FanoutEvent, FanoutState } from '../../../party/fanout/machine.ts';
import { fanoutRoomDefinition } from '../../../party/fanout/room.ts';
import type { News, ToFanout, ToldOfChat } from '../../../party/wire/chats.ts';
import type { Post } from '../answering.ts';
import { answerTo, messagesIn } from '../answering.ts';
import { messageOf } from '../chat-message.ts';

/** Names so many users, in the order of their ids. */
export const users = (count: number): string[] =>
  Array.from({ length: count }, (_, n) => `u${String(n).padStart(4, '0')}`);

/** A new message with this place in the chat. */
export const sent = (seq = 1): News => ({
  type: 'message',
  chat: 'k',
  isNew: true,
  message: messageOf('alice', { seq }),
});

/** What an inbox was told. */
export type Hint = ToldOfChat & { readonly to: string };

/** A fan-out room without a host; a test answers what it asks. */
export class Fanout {
  now = 1_000_000;
  state: FanoutState;
  /** The members of the chat, in the order of ids. */
  members: readonly string[] = [];
  /** What was asked of the Worker. */
  readonly asked: object[] = [];
  readonly hints: Hint[] = [];
  readonly closed: string[] = [];
  /** How many requests each event has made. */
  readonly perEvent: number[] = [];
  /** The most requests to inboxes that were under way at once. */
  most = 0;
  writes = 0;
  /** Inboxes that do not answer. */
  readonly stuck = new Set<string>();
  #open: Post[] = [];
  #answer: object | undefined;

  constructor() {
    this.state = this.#perform(
      fanoutRoomDefinition.start('k', { kept: undefined, present: [], now: this.now }),
    );
  }

  tell(message: Omit<ToFanout, 'type'>): object | undefined {
    this.#answer = undefined;
    this.step({ type: 'message', request: 'r', message: { type: 'tell', ...message } });
    return this.#answer;
  }

  /** Answers what is under way and lets alarms go off, until nothing is left to do. */
  settle(): this {
    for (;;) {
      const next = this.#open.find(({ to }) => to === 'worker' || !this.stuck.has(to.id));
      if (next) this.answer(next);
      else if (!this.ring()) return this;
    }
  }

  /** Answers one request, or loses it. */
  answer(post: Post, isLost = false): this {
    this.#open = this.#open.filter((other) => other !== post);
    const answer = isLost ? undefined : answerTo(post, (message) => this.#answerOne(message));
    return this.step({ type: 'answered', n: post.n, answer });
  }

  /** Loses all that is under way. */
  lose(): this {
    for (const post of [...this.#open]) this.answer(post, true);
    return this;
  }

  /** Lets the alarm go off if one is set. */
  ring(): boolean {
    const at = fanoutRoomDefinition.deadline(this.state);
    if (at === undefined) return false;
    this.now = Math.max(this.now, at);
    this.step({ type: 'alarm', present: [] });
    return true;
  }

  step(event: FanoutEvent): this {
    this.perEvent.push(0);
    this.state = this.#perform(fanoutRoomDefinition.step(this.state, event, this.now));
    this.most = Math.max(this.most, this.#open.filter(({ to }) => to !== 'worker').length);
    return this;
  }

  /** Who was told, in order; takes them. */
  told(): string[] {
    return this.hints.splice(0).map(({ to }) => to);
  }

  #answerOne(message: object): object {
    if (!('limit' in message)) return { outcome: 'done' };
    const { after = '', limit } = message as { after?: string; limit: number };
    const next = this.members.filter((member) => member > after).slice(0, limit);
    return { outcome: 'ok', members: next };
  }

  #perform({ state, effects }: Step<FanoutState>): FanoutState {
    for (const effect of effects) this.#do(effect);
    return state;
  }

  #do(effect: Effect): void {
    if (effect.type === 'close') this.closed.push(`${effect.id} ${effect.why}`);
    if (effect.type === 'keep') this.writes++;
    if (effect.type === 'reply') this.#answer = effect.answer;
    if (effect.type !== 'post') return;
    this.perEvent.push((this.perEvent.pop() ?? 0) + 1);
    this.#open.push(effect);
    for (const message of messagesIn(effect)) {
      if (message.type === 'chat' && effect.to !== 'worker')
        this.hints.push({ ...message, to: effect.to.id });
      else this.asked.push(message);
    }
  }
}
