import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { AnswerTimeouts } from '../../../party/hosts/answer-timeouts.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('waiting for an answer', () => {
  test('an answer arrives as soon as it comes, and a failure as it fails', async () => {
    const patience = new AnswerTimeouts();
    expect(await patience.waitFor(Promise.resolve('here'))).toBe('here');
    await expect(patience.waitFor(Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  });

  test('waiting ends after 4.5 s, at the latest 1.5 s later; others wait on', async () => {
    const patience = new AnswerTimeouts();
    const became: string[] = [];
    const never = new Promise<never>(() => undefined);
    const wait = (name: string) => void patience.waitFor(never).catch(() => became.push(name));
    wait('first');
    await vi.advanceTimersByTimeAsync(3_000);
    wait('second');
    await vi.advanceTimersByTimeAsync(1_499);
    expect(became).toEqual([]);
    await vi.advanceTimersByTimeAsync(1_501);
    expect(became).toEqual(['first']);
    await vi.advanceTimersByTimeAsync(3_000);
    expect(became).toEqual(['first', 'second']);
  });

  test('all who wait share one timer, and there is none when nobody waits', async () => {
    const patience = new AnswerTimeouts();
    for (let n = 0; n < 100; n++) void patience.waitFor(Promise.resolve(n));
    expect(vi.getTimerCount()).toBe(1);
    await vi.advanceTimersByTimeAsync(1_500);
    expect(vi.getTimerCount()).toBe(0);
  });
});
