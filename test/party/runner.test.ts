import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import * as z from 'zod';
import { callRoom } from '../../party/call/room.ts';
import type { Effect, RoomDefinition, RoomEvent } from '../../party/definition.ts';
import { inboxRoom } from '../../party/inbox/room.ts';
import { qrRoom } from '../../party/qr/room.ts';
import { REFUSALS_LIMIT } from '../../party/refusals.ts';
import { type Host, RoomRunner, type Socket } from '../../party/runner.ts';
import type { CallRecord, Entrant } from '../../party/wire/messages.ts';
import { RefusedError } from '../../party/wire/post.ts';
import { sign } from '../../party/wire/signature.ts';
import { newQrRoom } from '../../src/qr/room-id.ts';
import { ringing } from './call/call.ts';

const SECRET = 'the-secret-of-rooms';
const LIMIT = 64 * 1024;

const who: Entrant = {
  user: 'bob',
  device: 'phone',
  sid: 'phone',
  old: false,
  until: Number.MAX_SAFE_INTEGER,
};

/** A connection that records what it was sent, and how it was closed. */
class FakeSocket implements Socket {
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
class FakeHost implements Host {
  readonly id: string = '0123456789';
  readonly secrets = [SECRET] as const;
  time = 1_000_000;
  here: Socket[] = [];
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

const Say = z.object({ say: z.string() });
type Say = z.output<typeof Say>;
type ProbeEvent = RoomEvent<Say, Say>;

/** A room that records what happens in it, and does what a test says. */
class Probe {
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
      start: (_, __, present) => {
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
      ? await sign([secret], target, { body: text }, this.host.time - age)
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

const post: Effect = { type: 'post', n: 1, to: 'worker', message: { type: 'revoked', sids: [] } };
const reply = (event: ProbeEvent): Effect[] =>
  event.type === 'message'
    ? [{ type: 'reply', request: event.request, answer: { heard: event.message.say } }]
    : [];
/** Waits until every promise that waits for nothing else is settled. */
const settle = () => new Promise<void>((done) => setImmediate(done));

let probe: Probe;
beforeEach(() => {
  probe = new Probe();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('connections to a room', () => {
  test('a connection is met once, among those present', async () => {
    await probe.runner.connect(new FakeSocket('a'), true);
    await probe.runner.connect(new FakeSocket('b'), true);
    expect(probe.events).toEqual(['start', 'join a', 'join b']);
    expect(probe.present).toEqual([[], ['a'], ['a', 'b']]);
  });

  test('[C18] a connection that the Worker has not signed is unauthorized', async () => {
    const socket = new FakeSocket();
    await probe.runner.connect(socket, false);
    await probe.runner.message('a', 'hello');
    await probe.runner.leave('a');
    expect(socket.closed).toBe('4001 Unauthorized');
    expect(probe.events).toEqual(['start']);
  });

  test('a connection made while the room starts is met apart from those that slept', async () => {
    probe.host.here = [new FakeSocket('slept'), new FakeSocket('comes')];
    probe.present.length = 0;
    const runner = probe.begin();
    const [, comes] = probe.host.here;
    if (!comes) throw new Error('It comes');
    await runner.connect(comes, true);
    expect(probe.present).toEqual([['slept'], ['slept', 'comes']]);
  });

  test('[C18] an unsigned connection made while the room starts is not met at all', async () => {
    const comes = new FakeSocket('comes');
    probe.host.here = [comes];
    const runner = probe.begin();
    await runner.connect(comes, false);
    await runner.alarm();
    expect(probe.present.slice(1)).toEqual([[], []]);
  });
});

describe('what the Worker refuses', () => {
  const record: CallRecord = {
    type: 'record',
    call: 'c',
    caller: 'anna',
    video: false,
    reason: 'missed',
    createdAt: 1,
    endedAt: 2,
    callees: [],
    turn: [],
  };
  const post: Effect = { type: 'post', n: 1, to: 'worker', message: record };

  /** Has it refused so many times, by trying again whenever there was no answer. */
  const refuse = async (times: number, error: Error) => {
    const answers: unknown[] = [];
    probe.host.answer = () => Promise.reject(error);
    probe.react = (event) => {
      if (event.type !== 'answered') return event.type === 'alarm' ? [post] : [];
      answers.push(event.answer);
      return answers.length < times && event.answer === undefined ? [post] : [];
    };
    await probe.runner.alarm();
    await vi.waitFor(() => expect(probe.host.posts.length).toBe(answers.length));
    return answers;
  };

  test('[C9] what is refused again and again is given up, and the log says so', async () => {
    const error = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const answers = await refuse(100, new RefusedError('worker answered 400'));
    expect(answers).toEqual([...Array(REFUSALS_LIMIT - 1).fill(undefined), { outcome: 'refused' }]);
    expect(error.mock.calls.map(([line]) => JSON.parse(String(line)))).toMatchObject([
      {
        level: 'error',
        event: 'room.message_refused',
        party: 'call',
        room: 'room',
        message: 'record',
      },
    ]);
    error.mockRestore();
  });

  test('a Worker that is not there does not count as refusing', async () => {
    const answers = await refuse(100, new Error('worker answered 503'));
    expect(answers).toEqual(Array(100).fill(undefined));
  });
});

describe('a room that could not start', () => {
  /** A storage that fails so many times. */
  const beginWith = (failures: number) => {
    let left = failures;
    probe.host.read = async () => {
      if (left-- > 0) throw new Error('The storage is away');
      return probe.host.kept;
    };
    probe.events.length = 0;
    return probe.begin();
  };

  test('a room starts again with whoever comes next, as if nothing had been', async () => {
    const runner = beginWith(2);
    const early = runner.connect(new FakeSocket('a'), true);
    await expect(early).rejects.toThrow('The storage is away');
    await expect(runner.alarm()).rejects.toThrow('The storage is away');
    const socket = new FakeSocket('b');
    await runner.connect(socket, true);
    await runner.message('b', 'hello');
    expect(probe.events).toEqual(['start', 'join b', 'frame hello']);
  });

  test.each(['message', 'leave', 'alarm', 'request'] as const)(
    'a room starts again with a %s',
    async (what) => {
      const body = JSON.stringify({ say: 'x' });
      const headers = await sign([SECRET], 'call/room', { body }, probe.host.time);
      const request = () => new Request('https://room', { method: 'POST', headers, body });
      probe.react = (event) =>
        event.type === 'message' ? [{ type: 'reply', request: event.request, answer: {} }] : [];
      // One failure is used up by the attempt that nobody waits for.
      const runner = beginWith(2);
      await runner.alarm().catch(() => undefined);
      const come = {
        message: () => runner.message('a', 'hello'),
        leave: () => runner.leave('a'),
        alarm: () => runner.alarm(),
        request: () => runner.request(request()),
      }[what];
      await expect(come()).rejects.toThrow('The storage is away');
      await come();
      expect(probe.events[0]).toBe('start');
    },
  );
});

describe('what a room is told', () => {
  test('a message comes with who is present where the room asks for that', async () => {
    await probe.enter('a');
    probe.present.length = 0;
    probe.react = reply;
    probe.asksWhoIsHere = ({ say }) => say === 'ring';
    for (const say of ['signal', 'ring']) await probe.ask({ say });
    expect(probe.present).toEqual([['a']]);
  });
});

describe('the order of events', () => {
  test('events keep the order in which they came, also while the room starts', async () => {
    let open = (_: unknown) => {};
    probe.host.reading = new Promise((resolve) => {
      open = resolve;
    });
    const runner = probe.begin();
    probe.events.length = 0;
    const all = [
      runner.connect(new FakeSocket('a'), true),
      runner.message('a', '1'),
      runner.connect(new FakeSocket('b'), true),
      runner.message('b', '2'),
      runner.message('a', '3'),
      runner.leave('a'),
      runner.message('a', '4'),
      runner.alarm(),
    ];
    await settle();
    expect(probe.events).not.toContain('join a');
    probe.events.length = 0;
    open(undefined);
    await Promise.all(all);
    expect(probe.events).toEqual([
      'start',
      'join a',
      'frame 1',
      'join b',
      'frame 2',
      'frame 3',
      'leave a',
      'alarm',
    ]);
  });

  test('frames from before a connection comes, or after it went, are not heard', async () => {
    await probe.runner.message('a', 'too early');
    await probe.runner.leave('a');
    await probe.runner.connect(new FakeSocket('a'), true);
    await probe.runner.message('a', 'now');
    await probe.runner.leave('a');
    await probe.runner.leave('a');
    await probe.runner.message('a', 'too late');
    expect(probe.events).toEqual(['start', 'join a', 'frame now', 'leave a']);
  });

  test("effects keep the room's order: what it keeps is written before it is told", async () => {
    const socket = await probe.enter();
    const written: unknown[] = [];
    socket.send = () => written.push(probe.host.kept);
    probe.react = () => [{ type: 'keep' }, { type: 'send', to: 'a', frame: {} }];
    await probe.runner.message('a', 'x');
    expect(written).toEqual([2]);
  });
});

describe('a frame', () => {
  test.each([
    ['of ASCII', 'x'.repeat(LIMIT)],
    ['of characters of two bytes', 'é'.repeat(LIMIT / 2)],
    ['of characters of three bytes', `${'€'.repeat((LIMIT - 1) / 3)}x`],
    ['of pairs of surrogates', '😀'.repeat(LIMIT / 4)],
  ])('[C21] %s may have 64 KiB of UTF-8, and not one byte more', async (_, text) => {
    expect(new TextEncoder().encode(text).byteLength).toBe(LIMIT);
    const socket = await probe.enter();
    await probe.runner.message('a', text);
    expect([probe.events.length, socket.closed]).toEqual([1, undefined]);
    await probe.runner.message('a', `${text}x`);
    expect(socket.closed).toBe('1009 Frame too long');
    expect(probe.events.slice(1)).toEqual(['leave a']);
  });

  test('[C21] a binary frame may have as many bytes', async () => {
    const socket = await probe.enter();
    await probe.runner.message('a', new Uint8Array(LIMIT));
    expect(socket.closed).toBeUndefined();
    await probe.runner.message('a', new ArrayBuffer(LIMIT + 1));
    expect(socket.closed).toBe('1009 Frame too long');
  });

  test('a ping is answered, and the room hears nothing of it', async () => {
    const socket = await probe.enter();
    await probe.runner.message('a', 'ping');
    expect(socket.got).toEqual(['pong']);
    expect(probe.events).toEqual([]);
  });

  test('[C23] a frame tells that its sender is alive, whatever it says', async () => {
    await probe.enter();
    probe.host.time += 5_000;
    await probe.runner.message('a', 'ping');
    let heardAt: number | undefined;
    probe.react = (event) => {
      if (event.type === 'alarm') heardAt = event.present[0]?.heardAt;
      return [];
    };
    await probe.runner.alarm();
    expect(heardAt).toBe(1_005_000);
  });
});

describe('a socket', () => {
  const send = async (count: number) => {
    for (let n = 0; n < count; n++) await probe.runner.message('a', 'x');
  };

  test('[C22] a socket may send 200 frames at once, and is closed with one more', async () => {
    const socket = await probe.enter();
    await send(200);
    expect([socket.closed, probe.events.length]).toEqual([undefined, 200]);
    await send(1);
    expect(socket.closed).toBe('4029 Too many messages');
    expect(probe.events.slice(200)).toEqual(['leave a']);
  });

  test('[C22] a socket may send 50 more frames a second, and saves up at most 200', async () => {
    const socket = await probe.enter();
    await send(200);
    probe.host.time += 1_000;
    await send(50);
    probe.host.time += 60_000;
    await send(200);
    expect(socket.closed).toBeUndefined();
    await send(1);
    expect(socket.closed).toBe('4029 Too many messages');
  });

  test('[C22] pings count like all else, and sockets do not suffer from one another', async () => {
    const [a, b] = [await probe.enter('a'), await probe.enter('b')];
    for (let n = 0; n <= 200; n++) await probe.runner.message('a', 'ping');
    await probe.runner.message('b', 'x');
    expect([a.closed, b.closed]).toEqual(['4029 Too many messages', undefined]);
  });

  test('[C26] what a closed socket sends is ignored, and it ends once', async () => {
    await probe.enter();
    probe.react = () => [{ type: 'close', id: 'a', why: 'replaced' }];
    await probe.runner.message('a', '1');
    await probe.runner.message('a', '2');
    await probe.runner.leave('a');
    expect(probe.events).toEqual(['frame 1']);
  });
});

describe('a request', () => {
  test('a signed request is answered with what the room says', async () => {
    probe.react = reply;
    const response = await probe.ask({ say: 'hi' });
    expect([response.status, await response.json()]).toEqual([200, { heard: 'hi' }]);
  });

  test.each([
    ['not signed', { signed: false }],
    ['signed with another secret', { secret: 'another' }],
    ['signed for another room', { target: 'call/another' }],
    ['signed for another kind of room', { target: 'inbox/room' }],
    ['signed half a minute ago', { age: 30_000 }],
  ])('[C18] a request that is %s is refused with 401, unheard', async (_, how) => {
    probe.react = reply;
    expect((await probe.ask({ say: 'hi' }, how)).status).toBe(401);
    expect(probe.events).toEqual(['start']);
  });

  test('a request that says nothing known is refused with 400', async () => {
    expect((await probe.ask({ sing: 'hi' })).status).toBe(400);
    expect(probe.events).toEqual(['start']);
  });

  test('a request without an answer for 4 s gets 504, and nothing after that', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const heard = new Promise<void>((resolve) => {
      probe.onMessage = resolve;
    });
    let status: number | undefined;
    const asked = probe.ask({ say: 'hi' }).then((response) => {
      status = response.status;
    });
    await heard;
    await vi.advanceTimersByTimeAsync(3_999);
    expect(status).toBeUndefined();
    await vi.advanceTimersByTimeAsync(1);
    await asked;
    expect(status).toBe(504);
    probe.react = () => [{ type: 'reply', request: '1', answer: { late: true } }];
    await probe.runner.alarm();
    expect(probe.events.at(-1)).toBe('alarm');
  });

  test('requests may be answered later, each with its own answer', async () => {
    const requests: string[] = [];
    const both = new Promise<void>((resolve) => {
      probe.react = (event) => {
        if (event.type === 'message') requests.push(event.request);
        if (requests.length === 2) resolve();
        if (event.type !== 'alarm') return [];
        return requests.map((request, index) => ({ type: 'reply', request, answer: { index } }));
      };
    });
    const asked = [probe.ask({ say: 'first' }), probe.ask({ say: 'second' })];
    await both;
    await probe.runner.alarm();
    const answers = await Promise.all(asked.map(async (response) => (await response).json()));
    expect(answers.toSorted((a, b) => a.index - b.index)).toEqual([{ index: 0 }, { index: 1 }]);
  });
});

describe('an alarm', () => {
  test('an alarm is set once, not anew with every frame', async () => {
    await probe.enter();
    probe.deadline = () => probe.host.time + 10_000;
    for (let n = 0; n < 10; n++) {
      probe.host.time += 100;
      await probe.runner.message('a', 'x');
    }
    expect(probe.host.alarms).toEqual([1_010_100]);
  });

  test('an alarm is set anew when the room has to be woken sooner', async () => {
    await probe.enter();
    for (const at of [1_010_000, 1_005_000, 1_020_000]) {
      probe.deadline = () => at;
      await probe.runner.message('a', 'x');
    }
    expect(probe.host.alarms).toEqual([1_010_000, 1_005_000]);
  });

  test('an alarm that comes too early is set for when it is due', async () => {
    await probe.enter();
    probe.deadline = () => 1_010_000;
    await probe.runner.message('a', 'x');
    probe.deadline = () => 1_030_000;
    await probe.ring();
    expect(probe.host.alarms).toEqual([1_010_000, 1_030_000]);
  });

  test('an alarm that was set before the room started is not set once more', async () => {
    probe.host.alarm = 1_005_000;
    const runner = probe.begin();
    probe.deadline = () => 1_010_000;
    await runner.connect(new FakeSocket(), true);
    expect(probe.host.alarms).toEqual([]);
  });

  test('[C16] an alarm is always set while a post is under way, whatever went off', async () => {
    await probe.enter();
    let answer = (_: unknown) => {};
    probe.host.answer = () =>
      new Promise((resolve) => {
        answer = resolve;
      });
    probe.react = ({ type }) => (type === 'frame' ? [post] : []);
    probe.deadline = () => 1_001_000;
    await probe.runner.message('a', 'x');
    expect(probe.host.alarm).toBe(1_001_000);
    probe.deadline = () => undefined;
    for (let n = 0; n < 3; n++) {
      await probe.ring();
      expect(probe.host.alarm).toBe(probe.host.time + 30_000);
    }
    answer({ outcome: 'done' });
    await settle();
    await probe.ring();
    expect(probe.host.alarm).toBeNull();
  });

  test('an alarm is set for what a room posts as it starts', async () => {
    const host = new FakeHost('c');
    host.answer = () => new Promise(() => {});
    const runner = new RoomRunner(host, callRoom);
    const body = JSON.stringify({
      type: 'create',
      caller: { user: 'alice', username: '', displayName: '' },
      device: 'phone',
      old: false,
      callees: [{ user: 'bob', username: '', displayName: '' }],
      video: false,
    });
    const headers = await sign([SECRET], 'call/c', { body }, host.time);
    void runner.request(new Request('https://room/', { method: 'POST', body, headers }));
    await vi.waitFor(() => expect(host.posts).toHaveLength(1));
    host.alarm = null;
    const again = new RoomRunner(host, callRoom);
    await again.leave('nobody');
    expect(host.posts).toHaveLength(2);
    expect(host.alarm).toBe(host.time + 30_000);
  });
});

describe('a reminder', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('a reminder is an alarm for which nothing is written', async () => {
    await probe.enter();
    probe.reminder = () => 1_015_000;
    await probe.runner.message('a', 'x');
    await vi.advanceTimersByTimeAsync(14_999);
    expect(probe.events).not.toContain('alarm');
    await vi.advanceTimersByTimeAsync(1);
    expect(probe.events.at(-1)).toBe('alarm');
    expect(probe.host.alarms).toEqual([]);
  });

  test('a reminder comes once, at the earliest time that was asked for', async () => {
    await probe.enter();
    for (const at of [1_015_000, 1_010_000, 1_020_000]) {
      probe.reminder = () => at;
      await probe.runner.message('a', 'x');
    }
    probe.reminder = () => undefined;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(probe.events.filter((event) => event === 'alarm')).toHaveLength(1);
  });

  test('a reminder does not come to a room that was forgotten', async () => {
    await probe.enter();
    probe.reminder = () => 1_015_000;
    await probe.runner.message('a', 'x');
    probe.reminder = () => undefined;
    probe.react = () => [{ type: 'forget' }];
    await probe.runner.message('a', 'x');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(probe.events).not.toContain('alarm');
  });
});

describe('answers to posts', () => {
  test.each([
    ['with what they answer', async () => ({ outcome: 'ok' }), 'answered 1 {"outcome":"ok"}'],
    [
      'as unheard when it fails',
      () => Promise.reject(new Error('Out of reach')),
      'answered 1 undefined',
    ],
  ])('a post comes back %s', async (_, answer, event) => {
    await probe.enter();
    probe.host.answer = answer;
    probe.react = ({ type }) => (type === 'frame' ? [post] : []);
    await probe.runner.message('a', 'x');
    await settle();
    expect(probe.events).toEqual(['frame x', event]);
  });
});

describe('a room that forgets', () => {
  test('a room that forgot has no state, and no alarm until it needs one again', async () => {
    await probe.enter();
    probe.react = () => [{ type: 'keep' }];
    probe.deadline = () => 1_010_000;
    await probe.runner.message('a', 'x');
    probe.react = () => [{ type: 'forget' }];
    probe.deadline = () => undefined;
    await probe.runner.message('a', 'x');
    expect([probe.host.forgotten, probe.host.kept, probe.host.alarm]).toEqual([1, undefined, null]);
    probe.react = () => [];
    probe.deadline = () => 1_020_000;
    await probe.runner.message('a', 'x');
    expect(probe.host.alarm).toBe(1_020_000);
  });

  test('a room is not woken for what it forgot, though its deadline is as before', async () => {
    probe.deadline = () => 1_010_000;
    await probe.enter();
    probe.react = ({ type }) => (type === 'alarm' ? [{ type: 'forget' }] : []);
    await probe.runner.alarm();
    expect([probe.host.forgotten, probe.host.alarm]).toEqual([1, null]);
  });
});

describe('what is no frame', () => {
  const noFrames = [new TextEncoder().encode('{"type":"ping"}'), '{'];
  const malformed = { type: 'error', code: 'malformed' };

  /** What a client hears that sends no frame. */
  const heard = async <State, Frame, Message>(
    definition: RoomDefinition<State, Frame, Message>,
    id: string,
    entrant: Entrant,
    kept?: unknown,
  ) => {
    const host = new FakeHost(id);
    host.kept = kept;
    const runner = new RoomRunner(host, definition);
    const socket = new FakeSocket('a', entrant);
    await runner.connect(socket, true);
    for (const data of noFrames) await runner.message('a', data);
    expect(socket.closed).toBeUndefined();
    return socket.got.map((text) => JSON.parse(text));
  };

  test('[C24] what is no frame is answered as malformed in a call, binary or not', async () => {
    const alice: Entrant = { ...who, user: 'alice', device: 'alice', role: 'caller' };
    const entrant = { ...alice, ticket: { id: 'jti', until: 1_060_000 } };
    expect(await heard(callRoom, 'c', entrant, ringing().written)).toMatchObject([
      malformed,
      malformed,
    ]);
  });

  test('[C24] what is no frame is answered as malformed in an inbox', async () => {
    expect(await heard(inboxRoom, 'bob', who)).toMatchObject([malformed, malformed]);
  });

  test('[C38] what is no frame is ignored in an inbox when a legacy client sends it', async () => {
    expect(await heard(inboxRoom, 'bob', { ...who, device: 'ws-a', old: true })).toEqual([]);
  });

  test('what is no frame is ignored in the room of a QR code', async () => {
    expect(await heard(qrRoom, await newQrRoom([SECRET], 1_300_000), who)).toEqual([]);
  });
});
