import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { callRoomDefinition } from '../../../party/call/room.ts';
import { RoomRunner } from '../../../party/runner/room-runner.ts';
import { sign } from '../../../party/wire/signature.ts';
import { FakeHost, FakeSocket, Probe, post, SECRET, settle } from './probe.ts';

let probe: Probe;
beforeEach(() => {
  probe = new Probe();
});
afterEach(() => {
  vi.useRealTimers();
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
    const runner = new RoomRunner(host, callRoomDefinition);
    const body = JSON.stringify({
      type: 'create',
      caller: { user: 'alice', username: '', displayName: '' },
      device: 'phone',
      old: false,
      callees: [{ user: 'bob', username: '', displayName: '' }],
      video: false,
    });
    const headers = await sign([SECRET], { target: 'call/c', body }, host.time);
    void runner.request(new Request('https://room/', { method: 'POST', body, headers }));
    await expect.poll(() => host.posts).toHaveLength(1);
    host.alarm = null;
    const again = new RoomRunner(host, callRoomDefinition);
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
