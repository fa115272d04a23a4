import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { cutWhenFlooding, DROPPED_LIMIT } from '../../party/hosts/cut-flooding.ts';
import { CLOSE_MS, OpenConnections } from '../../party/hosts/open-connections.ts';
import { ROOM_TIMEOUT_MS, waitForRoom } from '../../party/wire/post.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a room that is over', () => {
  test('[C10] no timer runs when nobody is connected, since it would keep the host awake', () => {
    const open = new OpenConnections();
    open.endRoomLater(() => undefined);
    open.add('a');
    open.delete('a');
    open.endRoomLater(() => undefined);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('[C20, C26] the room ends connections that do not answer their close, and no others', () => {
    const end = vi.fn();
    const open = new OpenConnections();
    for (const id of ['a', 'b']) open.add(id);
    open.endRoomLater(end);
    open.delete('a');
    vi.advanceTimersByTime(CLOSE_MS - 1);
    expect(end).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(end).toHaveBeenCalledOnce();
    open.endRoomLater(end);
    open.delete('b');
    vi.advanceTimersByTime(CLOSE_MS);
    expect(end).toHaveBeenCalledOnce();
  });
});

describe('a connection that was closed', () => {
  test('[C26] its listener throws once it goes on and on, not for what was under way', () => {
    const listeners: (() => void)[] = [];
    cutWhenFlooding({ addEventListener: (_, listener) => listeners.push(listener) });
    const [hear] = listeners;
    for (let n = 0; n < DROPPED_LIMIT; n += 1) expect(hear).not.toThrow();
    expect(hear).toThrow('goes on');
  });
});

describe('a post to a room', () => {
  test('a post is given up when the room does not answer in time', async () => {
    const never = (signal: AbortSignal) =>
      new Promise<Response>((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
      });
    const outcome = expect(waitForRoom(never)).rejects.toThrow('did not answer in time');
    await vi.advanceTimersByTimeAsync(ROOM_TIMEOUT_MS);
    await outcome;
  });

  test('a post is left alone once the room has answered, however long that lasts', async () => {
    const signals: AbortSignal[] = [];
    await waitForRoom(async (signal) => {
      signals.push(signal);
      return new Response(null, { status: 204 });
    });
    await vi.advanceTimersByTimeAsync(10 * ROOM_TIMEOUT_MS);
    expect([signals[0]?.aborted, vi.getTimerCount()]).toEqual([false, 0]);
  });
});
