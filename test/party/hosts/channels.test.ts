import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ChannelSocket } from '../../../party/hosts/channels.ts';
import { BEFORE_CHANNEL, Channels, IDLE_MS, wantsChannel } from '../../../party/hosts/channels.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const BOB = { party: 'inbox', id: 'bob' } as const;

/** The near end of a WebSocket, whose far end is played by the test. */
class Line implements ChannelSocket {
  readonly sent: string[] = [];
  closes = 0;
  readonly #listeners = new Map<string, (event: { data: unknown }) => void>();

  send(text: string): void {
    this.sent.push(text);
  }

  close(): void {
    this.closes++;
  }

  addEventListener(type: string, listener: (event: { data: unknown }) => void): void {
    this.#listeners.set(type, listener);
  }

  happen(type: 'message' | 'close' | 'error', data = ''): void {
    this.#listeners.get(type)?.({ data });
  }
}

const open = async (lines: Line[] = []) => {
  const channels = new Channels(async () => {
    const line = new Line();
    lines.push(line);
    return line;
  });
  for (let n = 0; n <= BEFORE_CHANNEL; n++) expect(channels.ask(BOB, 'x')).toBeUndefined();
  await vi.advanceTimersByTimeAsync(0);
  return { channels, lines };
};

describe('a channel to another room', () => {
  test('it is opened once there is much to tell, and brings each answer', async () => {
    const { channels, lines } = await open();
    const asked = channels.ask(BOB, 'one');
    expect(lines.map(({ sent }) => sent)).toEqual([['one']]);
    lines[0]?.happen('message', 'first');
    expect(await asked).toBe('first');
    const next = channels.ask(BOB, 'two');
    lines[0]?.happen('message', '');
    expect(await next).toBe('');
    expect(lines).toHaveLength(1);
  });

  test('it takes nothing while it waits for an answer', async () => {
    const { channels, lines } = await open();
    const asked = channels.ask(BOB, 'one');
    expect(channels.ask(BOB, 'two')).toBeUndefined();
    lines[0]?.happen('message', 'first');
    expect(await asked).toBe('first');
  });

  test.each(['close', 'error'] as const)(
    'what waits fails on %s, and another one is opened later',
    async (end) => {
      const { channels, lines } = await open();
      const asked = channels.ask(BOB, 'one');
      lines[0]?.happen(end);
      await expect(asked).rejects.toThrow('ended');
      for (let n = 0; n <= BEFORE_CHANNEL; n++) expect(channels.ask(BOB, 'x')).toBeUndefined();
      await vi.advanceTimersByTimeAsync(0);
      expect(lines).toHaveLength(2);
      expect(channels.ask(BOB, 'two')).toBeDefined();
    },
  );

  test('it is closed when its room did not answer in time', async () => {
    const { channels, lines } = await open();
    const asked = channels.ask(BOB, 'one');
    channels.close(BOB);
    await expect(asked).rejects.toThrow('ended');
    expect(lines[0]?.closes).toBe(1);
    expect(channels.ask(BOB, 'two')).toBeUndefined();
  });

  test('it is closed when nothing was told for a while, and then no timer is left', async () => {
    const { channels, lines } = await open();
    void channels.ask(BOB, 'one');
    lines[0]?.happen('message', '');
    await vi.advanceTimersByTimeAsync(IDLE_MS);
    expect(lines[0]?.closes).toBe(0);
    await vi.advanceTimersByTimeAsync(IDLE_MS);
    expect(lines[0]?.closes).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('nothing is opened to a room that is told little', async () => {
    const lines: Line[] = [];
    const channels = new Channels(async () => {
      lines.push(new Line());
      return new Line();
    });
    for (let n = 0; n < 9; n++) {
      channels.ask(BOB, 'x');
      await vi.advanceTimersByTimeAsync(3 * IDLE_MS);
    }
    expect(lines).toEqual([]);
  });

  test('what is told goes on by other means when none can be opened', async () => {
    const channels = new Channels(() => Promise.reject(new Error('no')));
    for (let n = 0; n < 20; n++) {
      expect(channels.ask(BOB, 'x')).toBeUndefined();
      await vi.advanceTimersByTimeAsync(0);
    }
  });
});

test('[M27] what is told of chats wants no channel, since it goes to many rooms at once', () => {
  expect(wantsChannel({ type: 'chat' })).toBe(false);
  expect(wantsChannel({ type: 'signal' })).toBe(true);
  expect(wantsChannel({ type: 'batch', messages: [] })).toBe(true);
});
