import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Effect } from '../../../party/definition.ts';
import { REFUSALS_LIMIT } from '../../../party/runner/worker-refusals.ts';
import { RefusedError } from '../../../party/wire/post.ts';
import { sign } from '../../../party/wire/signature.ts';
import type { CallRecord } from '../../../party/wire/to-worker.ts';
import { PATIENCE_MS } from '../../support/patience.ts';
import { FakeSocket, Probe, reply, SECRET, settle } from './probe.ts';

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
    await vi.waitFor(() => expect(probe.host.posts.length).toBe(answers.length), PATIENCE_MS);
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
      const headers = await sign([SECRET], { target: 'call/room', body }, probe.host.time);
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
