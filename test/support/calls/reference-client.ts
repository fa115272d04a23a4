import type {
  CallServerFrame,
  CallState,
  Peer,
  Seen,
  Signal,
} from '../../../src/contract/sockets/call.ts';
import type { FrameError, VERSION } from '../../../src/contract/sockets/protocol.ts';
import type { CallClientOptions, Delivered, Over, Pending, Wish } from './client-parts.ts';
import { BURST, FOR_GOOD, numberedFrom, PER_TICK, PING_MS, without } from './client-parts.ts';

type FrameOf<Type extends CallServerFrame['type']> = Extract<CallServerFrame, { type: Type }>;

/** A copy, so that a browser needs nothing of the contract; its type ties it to that. */
const SPOKEN: typeof VERSION = 1;

/**
 * A client of the `call` room by the protocol alone: no socket, no clock, nothing of the SDK. The
 * model of the rooms plays it beside legacy and hostile clients, so that rooms are proved against
 * more than one. Its owner tells what comes (`opened`, `received`, `closed`) and calls `tick`.
 */
export class CallClient {
  /** The state of the call, once it was heard. */
  state: CallState | undefined;
  /** Whether this device is in the call, as far as was heard. */
  joined = false;
  /**
   * Goes up when all signals so far are void, here and in the room: negotiate anew with everybody.
   */
  life = 1;
  /** Why the call is over for this device; undefined = it is not. */
  over: Over | undefined;
  you = '';
  caller = '';
  video = false;
  group = false;
  readonly peers = new Map<string, Peer>();
  /** All signals of others that the application was handed, in order. */
  readonly delivered: Delivered[] = [];
  /** The errors that the room answered. */
  readonly errors: FrameError[] = [];

  readonly #options: CallClientOptions;
  /** What the person has asked for and the room has not confirmed. */
  #wants: 'nothing' | Wish = 'nothing';
  #connected = false;
  #welcomed = false;
  /** Whether there is anything to resume: a welcome was heard, or a signal was posted. */
  #remembers: boolean;
  /** Whether POST /api/calls took the first signal to the room. */
  #posted: boolean;
  #pending: Pending[] = [];
  #next = 1;
  #acked = 0;
  /** The last signal that went over this connection. */
  #flushed = 0;
  #allowance = 0;
  readonly #seen = new Map<string, { epoch: number; seq: number }>();
  #owesAck = false;
  #pingAt: number | undefined;

  constructor(options: CallClientOptions) {
    this.#options = options;
    this.#posted = options.offer !== undefined;
    this.#remembers = this.#posted;
    if (options.offer) this.#number(options.offer, undefined);
  }

  /** One's own signals that have not arrived yet, as far as was heard. */
  get pending(): readonly Pending[] {
    return this.#pending;
  }

  /** Whether a tick would do more than ping. */
  get busy(): boolean {
    return this.#welcomed && (this.#owesAck || this.#unsent().length > 0);
  }

  /** A connection is open. */
  opened() {
    this.#connected = true;
    this.#welcomed = false;
    const resume = { seen: Object.fromEntries(this.#seen), acked: this.#acked };
    const early = this.#options.early === true && !this.joined;
    const more = { ...(this.#remembers && { resume }), ...(early && { early }) };
    this.#options.send({ type: 'hello', version: SPOKEN, ...more });
  }

  /** The connection is gone; `code` is that of the close frame, if there was one. */
  closed(code?: number) {
    this.#connected = false;
    this.#welcomed = false;
    if (code === 4003) this.over ??= 'answered_elsewhere';
    if (code === 4004) this.over ??= 'no_such_call';
    if (code === 4008) this.over ??= 'replaced';
    this.#changed();
  }

  /** Forgets everything, as a reloaded page, but that the person wants to be in the call. */
  forget() {
    this.closed();
    this.#remembers = false;
    if (this.joined) this.#wants = 'accept';
    this.joined = false;
    this.#posted = false;
    this.peers.clear();
    this.#seen.clear();
    this.#beginAnew(0);
  }

  /** Takes the call on this device. */
  accept() {
    this.#want('accept');
  }

  /** Takes the call that another device of this user is in. */
  move() {
    this.#want('move');
  }

  /** Refuses it, on all devices of this user. */
  decline() {
    this.#want('decline');
  }

  /** Gives the call up, or leaves it. */
  hangUp() {
    this.#want('hangup');
  }

  /**
   * Sends a signal: now, or as soon as this device is in the call and connected. `to` in group
   * calls.
   */
  signal(signal: Signal, to?: string) {
    if (this.over !== undefined) return;
    this.#number(signal, to);
    this.#flush();
  }

  /** Time passes; `now` in milliseconds of any clock. */
  tick(now: number) {
    if (!this.#welcomed) return;
    this.#allowance = Math.max(this.#allowance, PER_TICK);
    this.#flush();
    if (this.#owesAck) {
      this.#owesAck = false;
      this.#options.send({ type: 'ack', seen: Object.fromEntries(this.#seen) satisfies Seen });
    }
    this.#pingAt ??= now + PING_MS;
    if (now < this.#pingAt) return;
    this.#pingAt = now + PING_MS;
    this.#options.send({ type: 'ping' });
  }

  /** A frame has come. */
  received(frame: CallServerFrame) {
    switch (frame.type) {
      case 'welcome':
        this.#welcome(frame);
        break;
      case 'state':
        this.state = frame.state;
        if (frame.state === 'accepted') this.#enter();
        if (frame.state === 'ended') this.#end(frame.reason ?? 'failed');
        break;
      case 'answered_elsewhere':
        this.#end('answered_elsewhere');
        break;
      case 'peer':
        this.peers.set(frame.peer.user, frame.peer);
        break;
      case 'signal':
        this.#deliver(frame);
        break;
      case 'acked':
        this.#acked = Math.max(this.#acked, frame.seq);
        this.#pending = this.#pending.filter(({ seq }) => seq > this.#acked);
        break;
      case 'resend':
        // The next tick sends them again, since each of many frames may have got this error.
        this.#flushed = Math.min(this.#flushed, frame.seq - 1);
        this.#allowance = 0;
        break;
      case 'error':
        this.errors.push(frame.code);
        if (frame.seq !== undefined && FOR_GOOD.includes(frame.code)) this.#drop(frame.seq);
        // The device is in the call already, or another one of this user's has left it.
        if (frame.code === 'not_now' && this.#isLeaving) this.#end('refused');
        if (this.#wants === 'move' && !this.joined) this.#end('refused');
        break;
      case 'pong':
        return;
    }
    this.#changed();
  }

  #welcome({ state, joined, received, peers, ...rest }: FrameOf<'welcome'>) {
    this.#welcomed = true;
    this.state = state;
    this.you = rest.you;
    this.caller = rest.caller;
    this.video = rest.video;
    this.group = rest.group;
    for (const peer of peers) this.peers.set(peer.user, peer);
    // The room has a newer epoch, so what this device said before is void.
    if (this.joined && !joined) this.#beginAnew(received);
    this.joined = joined;
    if (joined && this.#wants === 'decline') this.#wants = 'hangup';
    // The room may know signals of an epoch that this client does not remember.
    if (!this.#remembers && !this.#posted) this.#renumber(received);
    this.#remembers = true;
    this.#flushed = received;
    this.#allowance = BURST;
    if (this.#wants !== 'nothing' && (this.#isLeaving || !joined))
      this.#options.send({ type: this.#wants });
    this.#flush();
  }

  #renumber(received: number) {
    this.#pending = numberedFrom(received + 1, this.#pending);
    this.#next = received + 1 + this.#pending.length;
    this.#acked = received;
  }

  #beginAnew(received: number) {
    this.life += 1;
    this.#pending = [];
    this.#next = received + 1;
    this.#acked = received;
    this.#flushed = received;
    this.#owesAck = false;
  }

  get #isLeaving(): boolean {
    return this.#wants === 'decline' || this.#wants === 'hangup';
  }

  #want(what: Wish) {
    if (this.over !== undefined) return;
    // A device that has accepted may be in the call before it hears so.
    this.#wants = what === 'decline' && (this.joined || this.#wants === 'accept') ? 'hangup' : what;
    if (this.#welcomed) this.#options.send({ type: this.#wants });
  }

  #enter() {
    if (this.joined) return;
    this.joined = true;
    if (this.#wants === 'move') this.#wants = 'accept';
    this.#flush();
  }

  #end(why: Over) {
    this.over ??= why;
    this.joined = false;
  }

  /** A signal was refused for good: those behind it are numbered anew, and sent again. */
  #drop(refused: number) {
    if (!this.#pending.some(({ seq }) => seq === refused)) return;
    this.#pending = without(refused, this.#pending);
    this.#next -= 1;
    this.#flushed = Math.min(this.#flushed, refused - 1);
    this.#flush();
  }

  #number(signal: Signal, to: string | undefined) {
    this.#pending.push({ seq: this.#next++, to, signal });
  }

  #unsent(): readonly Pending[] {
    return this.joined ? this.#pending.filter(({ seq }) => seq > this.#flushed) : [];
  }

  #flush() {
    if (!this.#connected || !this.#welcomed) return;
    for (const { seq, to, signal } of this.#unsent().slice(0, Math.max(0, this.#allowance))) {
      this.#flushed = seq;
      this.#allowance -= 1;
      this.#options.send({ type: 'signal', seq, signal, ...(to !== undefined && { to }) });
    }
  }

  #deliver({ from, epoch, seq, signals }: FrameOf<'signal'>) {
    // A signal that was seen before is acknowledged again.
    this.#owesAck = true;
    const last = this.#seen.get(from);
    if (last && (epoch < last.epoch || (epoch === last.epoch && seq <= last.seq))) return;
    this.#seen.set(from, { epoch, seq });
    for (const signal of signals) {
      const delivered = { from, epoch, seq, signal };
      this.delivered.push(delivered);
      this.#options.onSignal?.(delivered);
    }
  }

  #changed() {
    this.#options.onChange?.();
  }
}
