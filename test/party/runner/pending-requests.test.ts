import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import * as z from 'zod';
import { PendingRequests, UNKNOWN } from '../../../party/runner/pending-requests.ts';
import { BATCH_LIMIT } from '../../../party/wire/batch.ts';

const Say = z.object({ say: z.string() });

/** PendingRequests to a machine that answers with what it hears, except when it is told to wait. */
const echo = () => {
  const heard: string[] = [];
  const late: (() => void)[] = [];
  const requests: PendingRequests<z.output<typeof Say>> = new PendingRequests(
    { message: Say },
    (request, { say }) => {
      heard.push(say);
      if (say === 'think') late.push(() => requests.reply(request, { thought: true }));
      else if (say !== 'nothing') requests.reply(request, { say });
    },
  );
  return { requests, heard, late };
};
const batch = (...messages: unknown[]) => ({ type: 'batch', messages });

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a request to a room', () => {
  test('a request is answered at once, without a timer, when the machine knows the answer', () => {
    const { requests } = echo();
    expect(requests.tell({ say: 'hello' })).toEqual({ say: 'hello' });
    expect(vi.getTimerCount()).toBe(0);
  });

  test('a request is answered later, or not at all', async () => {
    const { requests, late } = echo();
    const told = [requests.tell({ say: 'think' }), requests.tell({ say: 'nothing' })];
    for (const answer of late) answer();
    await vi.advanceTimersByTimeAsync(4_000);
    expect(await Promise.all(told)).toEqual([{ thought: true }, undefined]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('[C16] messages of a batch are heard in order, each answered in its place', async () => {
    const { requests, heard, late } = echo();
    const told = requests.tell(
      batch({ say: 'a' }, { say: 'think' }, { no: 1 }, { say: 'nothing' }, { say: 'b' }),
    );
    expect(heard).toEqual(['a', 'think', 'nothing', 'b']);
    for (const answer of late) answer();
    await vi.advanceTimersByTimeAsync(4_000);
    expect(await told).toEqual({
      answers: [{ say: 'a' }, { thought: true }, null, null, { say: 'b' }],
    });
  });

  test.each([
    {},
    batch(),
    batch(...Array(BATCH_LIMIT + 1).fill({ say: 'a' })),
    { type: 'batch' },
    { type: 'batch', messages: {} },
    null,
    7,
    'batch',
    [],
  ])('what is no message is not heard: %j', (said) => {
    const { requests, heard } = echo();
    expect(requests.tell(said)).toBe(UNKNOWN);
    expect(heard).toEqual([]);
  });

  test('a batch within a batch is no message', async () => {
    const { requests } = echo();
    expect(await requests.tell(batch(batch({ say: 'a' }), { say: 'b' }))).toEqual({
      answers: [null, { say: 'b' }],
    });
  });
});
