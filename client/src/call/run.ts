import type { Client } from '../client.ts';
import type { CallServerFrame } from '../contract.ts';
import { AistError } from '../error.ts';
import type { LinkDriver } from '../link/driver.ts';
import { createLinkDriver } from '../link/driver.ts';
import type { Runner } from '../link/runner.ts';
import { runMachine } from '../link/runner.ts';
import type { LinkEvent } from '../link/types.ts';
import type { Answer } from '../request.ts';
import { Connection } from './connection.ts';
import type { CallErrorCode } from './error.ts';
import { CallError } from './error.ts';
import type { CallEffect, CallEvent, CallStart, CallView, IceServers, Refusal } from './events.ts';
import type { CallStepResult } from './machine.ts';
import { beginCall, callDeadline, stepCall } from './machine.ts';
import type { Received } from './measure.ts';
import type { OwnMedia } from './media.ts';
import type { Slot } from './slots.ts';
import type { CallMachine } from './state.ts';
import type { CallMedia } from './types.ts';
import { viewCall } from './view.ts';

/** What runs a call. */
export interface CallRunOptions {
  readonly client: Client;
  readonly start: CallStart;
  readonly sent: OwnMedia;
  note(...words: readonly (string | number)[]): void;
  /** What is to be shown may have changed; never called within a step. */
  changed(): void;
}

type Effect<Type extends CallEffect['type']> = Extract<CallEffect, { type: Type }>;

/** How many readings of former connections are kept for a report. */
const KEPT_READINGS = 16;

const refusalOf = (error: unknown): Refusal => {
  if (!(error instanceof AistError)) return { code: 'no_answer', status: 0 };
  const { code, status, retryAt, body } = error;
  const reason = typeof body['reason'] === 'string' ? body['reason'] : undefined;
  return { code, status, retryAt, reason };
};

/** Does what the machine of a call wants, and tells it what happens. */
export class CallRun {
  readonly connections: Map<number, Connection> = new Map();
  readonly #options: CallRunOptions;
  readonly #first: CallStepResult;
  readonly #runner: Runner<CallMachine, CallEvent>;
  readonly #driver: LinkDriver;
  readonly #past: Promise<Received>[] = [];
  readonly #actions = new Map<number, (error?: Error) => void>();
  #lastAction = 0;
  #iceServers: IceServers = [];
  #sendsCamera = false;
  #wantsMove = false;
  #isDue = false;
  #isDisposed = false;
  /** The last error of the API. */
  failure: Error | undefined;

  constructor(options: CallRunOptions) {
    this.#options = options;
    const { client, start } = options;
    const seed = crypto.getRandomValues(new Uint32Array(1))[0] ?? 1;
    this.#first = beginCall(start, { now: client.clock.now(), seed });
    this.#driver = createLinkDriver({
      client,
      ask: (signal) => this.#ask(signal),
      tell: (event: Extract<LinkEvent, { attempt: number }>) =>
        this.tell(event.type === 'refused' ? { ...event, ...refusalOf(this.failure) } : event),
      hear: (attempt, text) => this.#hearFrame(attempt, text),
    });
    this.#runner = runMachine<CallMachine, CallEvent, CallEffect>(client, {
      initial: this.#first.state,
      step: stepCall,
      deadline: callDeadline,
      time: { type: 'time' },
      perform: (effects) => this.#perform(effects),
    });
  }

  get view(): CallView {
    return viewCall(this.#runner.state);
  }

  /** Does what the beginning wants. */
  begin(): void {
    this.#perform(this.#first.effects);
    this.tell({ type: 'time' });
  }

  tell(event: CallEvent): void {
    this.#runner.tell(event);
  }

  /** Says what will be sent, so that there is a line for it from the start. */
  willSend({ camera = false }: CallMedia): void {
    this.#sendsCamera = camera !== false;
  }

  /** What is sent, or is on, has changed. */
  update(): void {
    for (const connection of this.connections.values()) connection.update();
  }

  moveWhenPossible(): void {
    this.#wantsMove = true;
    this.#show();
  }

  hangUp(): Promise<void> {
    if (this.#isDisposed || this.view.over) return Promise.resolve();
    const action = ++this.#lastAction;
    return new Promise((resolve, reject) => {
      this.#actions.set(action, (error) => (error ? reject(error) : resolve()));
      this.tell({ type: 'hangUp', action });
    });
  }

  async judgeAll(): Promise<void> {
    const all = Array.from(this.connections.values(), (connection) => connection.judge());
    await Promise.allSettled(all);
  }

  /** Reads what has arrived from everybody, former connections too. */
  async readAll(): Promise<readonly Received[]> {
    const reads = Array.from(this.connections.values(), (connection) => connection.read());
    return (await Promise.allSettled([...this.#past, ...reads])).flatMap((one) =>
      one.status === 'fulfilled' ? [one.value] : [],
    );
  }

  /** Ends everything; nothing is told any more. */
  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#runner.dispose();
    this.#driver.dispose();
    for (const number of [...this.connections.keys()]) this.#drop(number);
    for (const settle of this.#actions.values()) settle();
    this.#actions.clear();
  }

  #perform(effects: readonly CallEffect[]): void {
    for (const effect of effects) this.#do(effect);
    // People are told of a step once it is done, and of many at once.
    if (this.#isDue) return;
    this.#isDue = true;
    queueMicrotask(() => this.#show());
  }

  #show(): void {
    this.#isDue = false;
    if (this.#wantsMove && this.view.movable) {
      this.#wantsMove = false;
      this.tell({ type: 'move' });
    }
    this.#options.changed();
  }

  #do(effect: CallEffect): void {
    switch (effect.type) {
      case 'post':
        void this.#post(effect);
        return;
      case 'say':
        this.#driver.send(effect.attempt, effect.frame);
        return;
      case 'peer':
        this.#connect(effect);
        return;
      case 'release':
        this.connections.get(effect.connection)?.peer.release();
        return;
      case 'apply':
        this.connections.get(effect.connection)?.peer.apply(effect.signals);
        return;
      case 'restart':
        this.#options.note('restart', effect.connection);
        this.connections.get(effect.connection)?.peer.restart();
        return;
      case 'dropPeer':
        this.#drop(effect.connection);
        return;
      case 'settle':
        this.#settle(effect);
        return;
      default:
        this.#driver.run([effect]);
    }
  }

  #settle({ action, error }: Effect<'settle'>): void {
    const settle = this.#actions.get(action);
    this.#actions.delete(action);
    settle?.(error === undefined ? undefined : new CallError(error as CallErrorCode));
  }

  #connect(peer: Effect<'peer'>): void {
    const { connection: number } = peer;
    const { client, sent, note } = this.#options;
    const slots: readonly Slot[] =
      this.#sendsCamera || (peer.held && this.view.video)
        ? ['microphone', 'camera']
        : ['microphone'];
    note('peer', number, peer.offers ? 'offers' : 'answers');
    const connection = new Connection({
      peer,
      iceServers: this.#iceServers,
      sent,
      slots,
      now: () => client.clock.now(),
      call: () => this.view.call,
      onSignal: (signal) => this.tell({ type: 'signalMade', connection: number, signal }),
      onMedia: (state) => {
        note('media', number, state);
        // A call may end before it is judged, and its report tells of it all the same.
        if (state === 'connected') connection.judge().catch(() => undefined);
        this.tell({ type: 'mediaState', connection: number, state });
      },
      onError: (what) => {
        client.log('call.connection_failed', { what });
        note('failed', number);
      },
      changed: () => this.#perform([]),
    });
    this.connections.set(number, connection);
  }

  #drop(number: number): void {
    const connection = this.connections.get(number);
    this.connections.delete(number);
    if (!connection) return;
    const read = connection.read();
    // A reading that fails is left out of the report.
    read.catch(() => undefined);
    this.#past.push(read);
    if (this.#past.length > KEPT_READINGS) this.#past.shift();
    connection.close();
  }

  async #post({ type: _, ...input }: Effect<'post'>): Promise<void> {
    const { client } = this.#options;
    try {
      const { ticket, url, ...answer } = await client.request('startCall', input);
      const address = `${client.url.replace(/^http/, 'ws')}${url}?ticket=${ticket}`;
      this.#setServers(answer.iceServers);
      this.tell({ ...answer, type: 'dialled', url: address });
    } catch (error) {
      this.failure = error as Error;
      this.tell({ type: 'dialFailed', ...refusalOf(error) });
    }
  }

  async #ask(signal: AbortSignal): Promise<Answer<'callTicket'>> {
    const { client, start } = this.#options;
    const input = { id: this.view.call ?? '', ...(start.type === 'move' && { takeOver: true }) };
    try {
      const ticket = await client.request('callTicket', input, { signal });
      if (!signal.aborted) this.#setServers(ticket.iceServers);
      return ticket;
    } catch (error) {
      if (!signal.aborted) this.failure = error as Error;
      throw error;
    }
  }

  /** Uses ICE servers for all connections and those to come. */
  #setServers(iceServers: IceServers): void {
    this.#iceServers = iceServers;
    for (const connection of this.connections.values()) connection.setServers(iceServers);
  }

  #hearFrame(attempt: number, text: string): void {
    try {
      const frame = JSON.parse(text) as CallServerFrame;
      this.tell({ type: 'frame', attempt, frame });
    } catch {
      this.#options.client.log('call.bad_frame', { length: text.length });
    }
  }
}
