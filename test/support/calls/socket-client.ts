import type { CallEffect, CallEvent, CallStart } from '../../../client/src/call/events.ts';
import { beginCall, callDeadline, stepCall } from '../../../client/src/call/machine.ts';
import type { CallMachine } from '../../../client/src/call/state.ts';
import type { Signal } from '../../../src/contract/sockets/call.ts';
import { CallServerFrame } from '../../../src/contract/sockets/call.ts';
import { PATIENCE_MS } from '../patience.ts';
import type { CallLine, Device, Started } from './device.ts';

/** A signal of somebody else, as it was handed to a connection. */
interface Delivered {
  readonly from: string;
  readonly signal: Signal;
}

/** How long a call rings here, in milliseconds: longer than it does. */
const RINGS_MS = 60_000;

const all = new Set<SocketClient>();

/** Has all clients leave without a word, or they would go on coming back. */
export const leaveAll = (): void => {
  for (const client of all) client.leave();
  all.clear();
};

/** The machine of the SDK with a real connection, in one call; it has no media. */
export class SocketClient {
  /** All signals of others that connections were handed, in order. */
  readonly delivered: Delivered[] = [];
  /** The errors that the room answered. */
  readonly errors: string[] = [];
  readonly #device: Device;
  readonly #started: Started | undefined;
  readonly #waiting = new Set<() => void>();
  #state: CallMachine;
  #line: { readonly attempt: number; readonly line: CallLine } | undefined;
  #timer: NodeJS.Timeout | undefined;
  #events: CallEvent[] = [];
  #isRunning = false;

  private constructor(device: Device, start: CallStart, started?: Started) {
    this.#device = device;
    this.#started = started;
    const { state, effects } = beginCall(start, { now: Date.now(), seed: 1 });
    this.#state = state;
    all.add(this);
    this.#perform(effects);
  }

  /** Joins the call that a device has made, of a group or with an offer that went with it. */
  static calling(device: Device, started: Started, to: string | [string, ...string[]]) {
    return new SocketClient(device, { type: 'dial', to, video: false }, started);
  }

  /** Takes a call that rings. */
  static accepting(device: Device, call: string, group: boolean) {
    const from = { user: '', username: '', displayName: '' };
    const until = Date.now() + RINGS_MS;
    const client = new SocketClient(device, {
      type: 'ring',
      call,
      from,
      video: false,
      group,
      until,
    });
    client.#tell({ type: 'accept' });
    return client;
  }

  /** Whether this device is in a call that was accepted. */
  get talks(): boolean {
    return this.#state.joined && this.#state.accepted && this.#state.phase !== 'over';
  }

  /** Why it ended, once it has. */
  get over(): string | undefined {
    return this.#state.phase === 'over' ? this.#state.ending?.reason : undefined;
  }

  get people(): CallMachine['people'] {
    return this.#state.people;
  }

  /** How many of its own signals have not arrived, as far as was heard. */
  get pending(): number {
    const { pending, waiting } = this.#state.signals;
    return pending.length + waiting.length;
  }

  hangUp(): void {
    this.#tell({ type: 'hangUp', action: 1 });
  }

  leave(): void {
    this.#tell({ type: 'leave' });
  }

  /** Sends a signal to somebody, or to the other one of two. */
  signal(signal: Signal, to?: string): void {
    const { people } = this.#state;
    const { connection } = people.find(({ user }) => to === undefined || user === to) ?? {};
    if (!connection) throw new Error(`There is no connection to ${to}`);
    this.#tell({ type: 'signalMade', connection: connection.id, signal: signal as never });
  }

  /** Loses the connection, without a word. */
  drop(): void {
    const lost = this.#line;
    this.#line = undefined;
    lost?.line.drop();
    if (lost) this.#tell({ type: 'closed', attempt: lost.attempt, code: 1006 });
  }

  /** Comes back, and waits until it has. */
  async comeBack(): Promise<void> {
    this.#tell({ type: 'wake' });
    await this.until(() => this.#state.welcomed);
  }

  /** Waits until the condition holds. */
  until(so: (client: this) => boolean): Promise<void> {
    if (so(this)) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const end = (settle: () => void) => {
        clearTimeout(timer);
        this.#waiting.delete(look);
        settle();
      };
      const look = () => {
        if (so(this)) end(resolve);
      };
      const timer = setTimeout(
        () => end(() => reject(new Error(`It never came to ${so}`))),
        PATIENCE_MS,
      );
      this.#waiting.add(look);
    });
  }

  #tell(event: CallEvent) {
    this.#events.push(event);
    if (this.#isRunning) return;
    this.#isRunning = true;
    for (let next = this.#events.shift(); next; next = this.#events.shift()) {
      const { state, effects } = stepCall(this.#state, next, Date.now());
      this.#state = state;
      this.#perform(effects);
    }
    this.#isRunning = false;
    clearTimeout(this.#timer);
    const at = callDeadline(this.#state) ?? Number.POSITIVE_INFINITY;
    const ms = Math.max(0, at - Date.now());
    if (at < Number.POSITIVE_INFINITY)
      this.#timer = setTimeout(() => this.#tell({ type: 'time' }), ms);
    for (const look of this.#waiting) look();
  }

  #perform(effects: readonly CallEffect[]) {
    for (const effect of effects) this.#do(effect);
  }

  #do(effect: CallEffect) {
    switch (effect.type) {
      case 'post':
        void Promise.resolve().then(() => this.#dialled());
        return;
      case 'ask':
        void this.#ask(effect.attempt);
        return;
      case 'open':
        void this.#open(effect.attempt, effect.url);
        return;
      case 'send':
        if (this.#line?.attempt === effect.attempt) this.#line.line.say(effect.text);
        return;
      case 'say':
        if (this.#line?.attempt === effect.attempt) this.#line.line.say(effect.frame);
        return;
      case 'close':
        if (this.#line?.attempt === effect.attempt) this.#line.line.close();
        return;
      case 'apply': {
        const { people } = this.#state;
        const somebody = people.find(({ connection }) => connection?.id === effect.connection);
        for (const signal of effect.signals)
          this.delivered.push({ from: somebody?.user ?? '', signal: signal as Signal });
        return;
      }
      default:
    }
  }

  #dialled() {
    const { callId, url, ticket, role } = this.#started ?? gone();
    this.#tell({
      type: 'dialled',
      callId,
      url: `${url}?ticket=${ticket}`,
      role,
      video: false,
      existing: false,
      state: 'ringing',
    });
  }

  async #ask(attempt: number) {
    try {
      const { url, ticket } = await this.#device.callTicket(this.#state.call ?? '');
      const address = `${url}?ticket=${ticket}`;
      this.#tell({ type: 'ticket', attempt, url: address });
    } catch (error) {
      this.#tell({ type: 'refused', attempt, code: String(error), status: 0 });
    }
  }

  async #open(attempt: number, address: string) {
    const [url = '', ticket = ''] = address.split('?ticket=');
    const line = await this.#device.enter({ url, ticket }, CallServerFrame, (frame) => {
      if (frame.type === 'error') this.errors.push(frame.code);
      this.#tell(
        frame.type === 'pong'
          ? { type: 'heard', attempt }
          : { type: 'frame', attempt, frame: frame as never },
      );
    });
    this.#line = { attempt, line };
    this.#tell({ type: 'opened', attempt });
    void line.closed.then(({ code }) => {
      if (this.#line?.line === line) this.#line = undefined;
      this.#tell({ type: 'closed', attempt, code });
    });
  }
}

const gone = (): never => {
  throw new Error('There is no call');
};
