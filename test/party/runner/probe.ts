import * as z from 'zod';
import type { Effect, RoomDefinition, RoomEvent } from '../../../party/definition.ts';
import type { Host, HostSocket } from '../../../party/runner/host.ts';
import { RoomRunner } from '../../../party/runner/room-runner.ts';
import type { Entrant } from '../../../party/wire/messages.ts';
import { sign } from '../../../party/wire/signature.ts';

export const SECRET = 'the-secret-of-rooms';
export const LIMIT = 64 * 1024;

export const who: Entrant = {
  user: 'bob',
  device: 'phone',
  sid: 'phone',
  old: false,
  until: Number.MAX_SAFE_INTEGER,
};

/** A connection that records what it was sent, and how it was closed. */
export class FakeSocket implements HostSocket {
  readonly id: string;
  readonly who: Entrant | undefined;
  readonly got: string[] = [];
  closed: string | undefined;
  constructor(id = 'a', entrant: Entrant | undefined = who) {
    this.id = id;
    this.who = entrant;
  }
  heardAt(): number {
    return 0;
  }
  send(text: string): void {
    this.got.push(text);
  }
  close(code: number, reason: string): void {
    this.closed = `${code} ${reason}`;
  }
}

/** A host whose clock, storage and answers belong to the test. */
export class FakeHost implements Host {
  readonly id: string = '0123456789';
  readonly secrets = [SECRET] as const;
  time = 1_000_000;
  here: HostSocket[] = [];
  kept: unknown;
  alarm: number | null = null;
  /** Every time that an alarm was set. */
  readonly alarms: number[] = [];
  readonly posts: object[] = [];
  answer: () => Promise<unknown> = async () => ({ outcome: 'done' });
  reading: Promise<unknown> | undefined;
  forgotten = 0;
  constructor(id?: string) {
    if (id !== undefined) this.id = id;
  }
  now = () => this.time;
  sockets = () => this.here;
  read = async () => (this.reading ? await this.reading : this.kept);
  write = (kept: unknown) => {
    this.kept = structuredClone(kept);
  };
  forget = async () => {
    this.forgotten++;
    this.kept = undefined;
    this.alarm = null;
  };
  alarmAt = async () => this.alarm;
  setAlarm = (at: number) => {
    this.alarm = at;
    this.alarms.push(at);
  };
  post = (_: unknown, message: object) => {
    this.posts.push(message);
    return this.answer();
  };
}

export const Say = z.object({ say: z.string() });
export type Say = z.output<typeof Say>;
export type ProbeEvent = RoomEvent<Say, Say>;

/** A room that records what happens in it, and does what a test says. */
export class Probe {
  readonly host = new FakeHost('room');
  readonly events: string[] = [];
  readonly present: string[][] = [];
  /** The effects of an event. */
  react: (event: ProbeEvent) => readonly Effect[] = () => [];
  deadline: () => number | undefined = () => undefined;
  reminder: () => number | undefined = () => undefined;
  asksWhoIsHere: (message: Say) => boolean = () => false;
  onMessage: () => void = () => undefined;
  runner = this.begin();

  /** Starts, or starts again. */
  begin(): RoomRunner<number, Say, Say> {
    const definition: RoomDefinition<number, Say, Say> = {
      party: 'call',
      frameLimit: LIMIT,
      ping: ['ping', 'pong'],
      hibernate: false,
      message: Say,
      asksWhoIsHere: (message) => this.asksWhoIsHere(message),
      decode: (text) => ({ frame: { say: text } }),
      start: (_, { present }) => {
        this.#note('start', present);
        return { state: 0, effects: [] };
      },
      step: (state, event) => {
        this.#note(nameOf(event), 'present' in event ? event.present : undefined);
        const effects = this.react(event);
        if (event.type === 'message') this.onMessage();
        return { state: state + 1, effects };
      },
      kept: (state) => state,
      deadline: () => this.deadline(),
      reminder: () => this.reminder(),
    };
    this.runner = new RoomRunner(this.host, definition);
    return this.runner;
  }

  #note(what: string, present: readonly { readonly id: string }[] | undefined) {
    this.events.push(what);
    if (present) this.present.push(present.map(({ id }) => id));
  }

  async enter(id = 'a'): Promise<FakeSocket> {
    const socket = new FakeSocket(id);
    await this.runner.connect(socket, true);
    this.events.length = 0;
    return socket;
  }

  /** A request that the Worker has signed. */
  async ask(
    body: object | string,
    { secret = SECRET, target = 'call/room', age = 0, signed = true } = {},
  ) {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const headers = signed
      ? await sign([secret], { target, body: text }, this.host.time - age)
      : {};
    return this.runner.request(
      new Request('https://room/', { method: 'POST', body: text, headers }),
    );
  }

  /** Lets the alarm go off when it was set for. */
  async ring(): Promise<void> {
    if (this.host.alarm === null) throw new Error('No alarm is set');
    this.host.time = this.host.alarm;
    this.host.alarm = null;
    await this.runner.alarm();
  }
}

const nameOf = (event: ProbeEvent): string => {
  switch (event.type) {
    case 'frame':
      return `frame ${event.frame.say.slice(0, 20)}`;
    case 'message':
      return `message ${event.message.say}`;
    case 'answered':
      return `answered ${event.n} ${JSON.stringify(event.answer)}`;
    case 'alarm':
      return 'alarm';
    default:
      return `${event.type} ${event.id}`;
  }
};

export const post: Effect = {
  type: 'post',
  n: 1,
  to: 'worker',
  message: { type: 'revoked', sids: [] },
};
export const reply = (event: ProbeEvent): Effect[] =>
  event.type === 'message'
    ? [{ type: 'reply', request: event.request, answer: { heard: event.message.say } }]
    : [];
/** Waits until every promise that waits for nothing else is settled. */
export const settle = () => new Promise<void>((done) => setImmediate(done));
