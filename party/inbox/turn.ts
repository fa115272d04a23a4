import type { InboxServerFrame, StopReason } from '../../src/contract/sockets/inbox.ts';
import type { LegacyServerFrame } from '../../src/contract/sockets/legacy.ts';
import {
  type CloseReason,
  errorFrame,
  type FrameError,
} from '../../src/contract/sockets/protocol.ts';
import type { Effect, Step } from '../definition.ts';
import { drop, isFull, type Posted, post, withdraw } from '../outbox.ts';
import type { ToCall, ToWorker } from '../wire/messages.ts';
import {
  type Entry,
  type EntryIn,
  IDLE,
  type InboxState,
  keptDiffers,
  LINES_MS,
  linesDiffer,
  type Socket,
} from './state.ts';

/** What the inbox does in a call in the name of a device. */
export type Action = Extract<ToCall, { type: 'act' }>['action'];

/** How long a call is tried to be told that somebody is out of it, in milliseconds. */
const TELL_MS = 3_600_000;

/** How long it is tried to be handed what is of use at once only, in milliseconds. */
const HAND_MS = 10_000;

/** What must be told, whatever becomes of the host. The rest comes from old devices, whose sockets do not outlive it either. */
const LASTING: readonly Action['type'][] = ['decline', 'hangup', 'busy', 'revoke'];

/** How many tombstones are kept; those beyond are of calls that ended longer ago. */
const OVER_LIMIT = 128;

/** One step of an inbox, while it is taken: the inbox so far, and what is to be done. Nothing outside sees it before it is over. */
export class Turn {
  state: InboxState;
  readonly now: number;
  readonly #before: InboxState;
  readonly #effects: Effect[] = [];

  constructor(state: InboxState, now: number) {
    this.state = state;
    this.now = now;
    this.#before = state;
  }

  /** The state that follows, and what is to be done; what has to be written first. */
  get step(): Step<InboxState> {
    const { linesAt } = this.state;
    const isDue = linesAt !== undefined && linesAt <= this.now;
    if (isDue || keptDiffers(this.#before, this.state)) {
      const effects: readonly Effect[] = [{ type: 'keep' }, ...this.#effects];
      return { state: { ...this.state, linesAt: undefined }, effects };
    }
    const isNew = linesAt === undefined && linesDiffer(this.#before, this.state);
    return {
      state: isNew ? { ...this.state, linesAt: this.now + LINES_MS } : this.state,
      effects: this.#effects,
    };
  }

  set(change: Partial<InboxState>): void {
    this.state = { ...this.state, ...change };
  }

  entry(call: string): Entry | undefined {
    return this.state.calls.find((entry) => entry.call === call);
  }

  /** All calls in a state. */
  entriesIn<State extends Entry['state']>(state: State): readonly EntryIn<State>[] {
    return this.state.calls.filter((entry): entry is EntryIn<State> => entry.state === state);
  }

  put(entry: Entry): void {
    const calls = [...this.state.calls.filter(({ call }) => call !== entry.call), entry];
    const surplus = calls.filter(({ state }) => state === 'over').length - OVER_LIMIT;
    const oldest = surplus > 0 ? calls.find(({ state }) => state === 'over') : undefined;
    this.set({ calls: calls.filter((other) => other !== oldest) });
  }

  socket(id: string): Socket | undefined {
    return this.state.sockets.find((socket) => socket.id === id);
  }

  socketOf(device: string): Socket | undefined {
    return this.state.sockets.find(({ who }) => who.device === device);
  }

  update({ id }: Socket, change: Partial<Socket>): void {
    this.set({
      sockets: this.state.sockets.map((socket) =>
        socket.id === id ? { ...socket, ...change } : socket,
      ),
    });
  }

  remove({ id }: Socket): void {
    this.set({ sockets: this.state.sockets.filter((socket) => socket.id !== id) });
  }

  send({ id }: Socket, frame: InboxServerFrame | LegacyServerFrame): void {
    this.#effects.push({ type: 'send', to: id, frame });
  }

  /** Whether a session has just ended. */
  hasEnded(session: string): boolean {
    return this.state.ended.some(({ sid, until }) => sid === session && until > this.now);
  }

  refuse(socket: Socket, error: FrameError): void {
    this.send(socket, errorFrame(error));
  }

  /** Tells the new devices that a call rings no longer, all but one. */
  stop(call: string, reason: StopReason, but?: string): void {
    for (const socket of this.state.sockets) {
      if (socket.hello && socket.who.device !== but)
        this.send(socket, { type: 'stop', call, reason });
    }
  }

  /** Tells an old device that what it is in has ended. */
  dismiss(socket: Socket): void {
    this.send(socket, { event: 'call:hangup' });
    this.update(socket, IDLE);
  }

  close(id: string, why: CloseReason): void {
    this.#effects.push({ type: 'close', id, why });
    this.set({ sockets: this.state.sockets.filter((socket) => socket.id !== id) });
  }

  reply(request: string, answer: object): void {
    this.#effects.push({ type: 'reply', request, answer });
  }

  /** Does something in a call in the name of a device. */
  act(call: string, device: string, action: Action, size = 0): void {
    const lasting = LASTING.includes(action.type);
    const until = this.now + (lasting ? TELL_MS : HAND_MS);
    const message = { type: 'act', user: this.state.id, device, action } as const;
    const to = { party: 'call', id: call } as const;
    this.posted(post(this.state.outbox, { to, message, durable: lasting, until, size }));
  }

  /** Whether so much is on its way to a call that old devices are no longer listened to. */
  isFull(call: string): boolean {
    return isFull(this.state.outbox, { party: 'call', id: call });
  }

  /** Drops what old devices have said in a call, as far as it waits. That one was answered is still told. */
  dropSignals(call: string): void {
    const useless = new Set<Action['type']>(['signal', 'listen', 'here']);
    this.posted(
      drop(
        this.state.outbox,
        { party: 'call', id: call },
        ({ message }) => message.type === 'act' && useless.has(message.action.type),
      ),
    );
  }

  /** Asks the Worker for a call; answers the number that the request has in the outbox. */
  dial(message: Omit<Extract<ToWorker, { type: 'call' }>, 'request'>): number {
    const n = this.state.outbox.next;
    const until = this.now + HAND_MS;
    const asked = { ...message, request: n };
    this.posted(post(this.state.outbox, { to: 'worker', message: asked, durable: false, until }));
    return n;
  }

  /** Asks the Worker which sessions have ended, once: it is asked again when there is a new reason. */
  askForEnded(sessions: Extract<ToWorker, { type: 'sessions' }>['sessions']): void {
    const message = { type: 'sessions', user: this.state.id, sessions } as const;
    const letter = { to: 'worker', message, durable: false, until: this.now } as const;
    this.posted(post(this.state.outbox, letter));
  }

  /** Takes back what the Worker is not being asked at the moment. */
  undial(n: number): void {
    this.posted(withdraw(this.state.outbox, n));
  }

  /** Takes over what became of the outbox. */
  posted({ outbox, effects }: Posted): void {
    this.set({ outbox });
    this.#effects.push(...effects);
  }
}
