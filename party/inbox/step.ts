import type { InboxServerFrame, StopReason } from '../../src/contract/sockets/inbox.ts';
import type { LegacyServerFrame } from '../../src/contract/sockets/legacy.ts';
import type { CloseReason, FrameError } from '../../src/contract/sockets/protocol.ts';
import { errorFrame } from '../../src/contract/sockets/protocol.ts';
import type { Step } from '../definition.ts';
import { drop, withdraw } from '../outbox.ts';
import { differsExcept, MachineStep } from '../step.ts';
import type { CarriedSignal, ToCall } from '../wire/messages.ts';
import type { ToWorker } from '../wire/to-worker.ts';
import type { Entry, EntryIn, InboxSocket, InboxState } from './state.ts';
import { IDLE, LINES_MS, lineCallsDiffer, lineCountsDiffer, UNWRITTEN } from './state.ts';

/** What the inbox does in a call in the name of a device. */
export type Action = Extract<ToCall, { type: 'act' }>['action'];

/** For how long the inbox tries to tell a call that somebody has left it, in milliseconds. */
const TELL_MS = 3_600_000;

/** For how long it tries to hand over what is of use at once only, in milliseconds. */
export const HAND_MS = 10_000;

/**
 * Actions that a call must hear even if this host dies. All others come from legacy devices, whose
 * sockets die with the host.
 */
const DURABLE: readonly Action['type'][] = ['decline', 'hangup', 'busy', 'revoke'];

/** Actions that are useless once the call is over for this user. An `accept` is not one of them. */
const USELESS_AFTER_END: readonly Action['type'][] = ['signal', 'listen', 'here'];

/** How many calls that are over are remembered: the latest ones. */
const OVER_LIMIT = 128;

const unwritten: ReadonlySet<string> = new Set(UNWRITTEN);

/** About how long a signal is, in characters: a description carries its SDP twice. */
export const sizeOf = (signal: CarriedSignal): number =>
  signal.kind === 'candidate' ? (signal.candidate?.candidate.length ?? 0) : 2 * signal.sdp.length;

/** One step of an inbox. */
export class InboxStep extends MachineStep<InboxState, InboxServerFrame | LegacyServerFrame> {
  protected differs(before: InboxState, after: InboxState): boolean {
    const isDue = before.linesAt !== undefined && before.linesAt <= this.now;
    return isDue || differsExcept(unwritten, before, after) || lineCallsDiffer(before, after);
  }

  /** As in every machine; when only the counts of lines differ, they are written a little later. */
  override get result(): Step<InboxState> {
    if (this.differs(this.before, this.state)) this.set({ linesAt: undefined });
    else if (this.state.linesAt === undefined && lineCountsDiffer(this.before, this.state)) {
      this.set({ linesAt: this.now + LINES_MS });
    }
    return super.result;
  }

  entry(call: string): Entry | undefined {
    return this.state.calls.find((entry) => entry.call === call);
  }

  /** All calls in one state. */
  entriesIn<State extends Entry['state']>(state: State): readonly EntryIn<State>[] {
    return this.state.calls.filter((entry): entry is EntryIn<State> => entry.state === state);
  }

  /**
   * Adds a call as the latest one, or moves it there; forgets the oldest of too many that are over.
   */
  putEntry(entry: Entry): void {
    const calls = [...this.state.calls.filter(({ call }) => call !== entry.call), entry];
    const surplus = calls.filter(({ state }) => state === 'over').length - OVER_LIMIT;
    const oldest = surplus > 0 ? calls.find(({ state }) => state === 'over') : undefined;
    this.set({ calls: calls.filter((other) => other !== oldest) });
  }

  /** Replaces a call in its place. */
  replaceEntry(before: Entry, after: Entry): void {
    this.set({ calls: this.state.calls.map((other) => (other === before ? after : other)) });
  }

  socket(id: string): InboxSocket | undefined {
    return this.state.sockets.find((socket) => socket.id === id);
  }

  socketOf(device: string): InboxSocket | undefined {
    return this.state.sockets.find(({ who }) => who.device === device);
  }

  updateSocket({ id }: InboxSocket, change: Partial<InboxSocket>): void {
    this.set({
      sockets: this.state.sockets.map((socket) =>
        socket.id === id ? { ...socket, ...change } : socket,
      ),
    });
  }

  removeSocket({ id }: InboxSocket): void {
    this.set({ sockets: this.state.sockets.filter((socket) => socket.id !== id) });
  }

  override close(id: string, why: CloseReason): void {
    super.close(id, why);
    this.set({ sockets: this.state.sockets.filter((socket) => socket.id !== id) });
  }

  sendError({ id }: InboxSocket, error: FrameError): void {
    this.send(id, errorFrame(error));
  }

  /** Whether a session has ended in the last two minutes. */
  hasEnded(session: string): boolean {
    return this.state.ended.some(({ sid, until }) => sid === session && until > this.now);
  }

  /** Tells the new devices, all but one, that a call rings no longer. */
  stopRinging(call: string, reason: StopReason, exceptDevice?: string): void {
    for (const { id, hello, who } of this.state.sockets) {
      if (hello && who.device !== exceptDevice) this.send(id, { type: 'stop', call, reason });
    }
  }

  /** Tells a legacy device that what it is in has ended. */
  dismissLegacy(socket: InboxSocket): void {
    this.send(socket.id, { event: 'call:hangup' });
    this.updateSocket(socket, IDLE);
  }

  /** Does something in a call in the name of a device. */
  act(call: string, device: string, action: Action): void {
    const durable = DURABLE.includes(action.type);
    this.post({
      to: { party: 'call', id: call },
      message: { type: 'act', user: this.state.id, device, action },
      durable,
      until: this.now + (durable ? TELL_MS : HAND_MS),
      size: action.type === 'signal' ? sizeOf(action.signal) : 0,
    });
  }

  /** Drops what waits for others in a call and is of no use once that is over for this user. */
  dropSignals(call: string): void {
    for (const { to } of this.state.outbox.queues) {
      if (to === 'worker' || (to.party === 'call' && to.id !== call)) continue;
      const dropped = drop(this.state.outbox, to, ({ message }) =>
        message.type === 'signal'
          ? message.call === call
          : message.type === 'act' && USELESS_AFTER_END.includes(message.action.type),
      );
      this.takeOver(dropped);
    }
  }

  /** Asks the Worker to make a call; returns the number that the request has in the outbox. */
  requestCall(message: Omit<Extract<ToWorker, { type: 'call' }>, 'request'>): number {
    const n = this.state.outbox.next;
    const until = this.now + HAND_MS;
    this.post({ to: 'worker', message: { ...message, request: n }, durable: false, until });
    return n;
  }

  /** Takes a request to the Worker back, unless it is under way. */
  withdrawRequest(n: number): void {
    this.takeOver(withdraw(this.state.outbox, n));
  }

  /** Asks the Worker once which of these sessions have ended; there is no second try. */
  askForEnded(sessions: Extract<ToWorker, { type: 'sessions' }>['sessions']): void {
    const message = { type: 'sessions', user: this.state.id, sessions } as const;
    this.post({ to: 'worker', message, durable: false, until: this.now });
  }
}
