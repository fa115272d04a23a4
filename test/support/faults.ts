import { expect } from 'vitest';
import type { Answer } from './client.ts';
import type { Behaviour } from './proxy.ts';

/** The ways in which a store fails before it does anything. */
export const FAILURES: readonly Behaviour[] = [
  { mode: 'dead' },
  { mode: 'hang' },
  { mode: 'garbage' },
  { mode: 'nonsense' },
  { mode: 'half' },
];

/**
 * Expects the answer when a store is gone: 503 in the envelope within 5 s, and when to come again
 * [H13].
 */
export const expectUnavailable = async (request: () => Promise<Answer>): Promise<void> => {
  const started = Date.now();
  const answer = await request();
  expect(answer.status, answer.text).toBe(503);
  expect(Date.now() - started).toBeLessThan(5_000);
  expect(Number(answer.headers.get('Retry-After'))).toBeGreaterThan(0);
  expect(answer.body).toMatchObject({
    ok: false,
    code: 'unavailable',
    requestId: answer.headers.get('X-Request-Id'),
  });
  expect(answer.body.message).toMatch(/^Сервис временно недоступен/);
};
