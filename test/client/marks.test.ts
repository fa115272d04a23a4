import { expect, test, vi } from 'vitest';
import { Marks } from '../../client/src/chat/marks.ts';
import type { Client } from '../../client/src/client.ts';
import { AistError } from '../../client/src/error.ts';

test.each([
  [400, 1],
  [403, 1],
  [404, 1],
  [429, 2],
  [503, 2],
  [0, 2],
])('A mark that is refused with %d is sent %d times in all', async (status, times) => {
  const timers: (() => void)[] = [];
  const clock = {
    now: () => 0,
    setTimeout: (work: () => void) => timers.push(work),
    clearTimeout: () => undefined,
  };
  const request = vi.fn(() =>
    Promise.reject(new AistError({ code: 'internal', status, message: '' })),
  );
  const client = { clock, request } as unknown as Client;
  const marks = new Marks(client, new AbortController().signal);
  marks.send('chat', 1);
  await expect.poll(() => timers.length).toBe(1);
  timers[0]?.();
  await expect.poll(() => request.mock.calls.length).toBe(times);
});
