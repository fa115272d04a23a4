import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Probe, post, reply, settle } from './probe.ts';

let probe: Probe;
beforeEach(() => {
  probe = new Probe();
});
afterEach(() => {
  vi.useRealTimers();
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
