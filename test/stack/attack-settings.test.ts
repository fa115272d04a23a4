import { expect, inject, test } from 'vitest';
import worker from '../../src/worker.ts';

test('a Redis URL with a line break at its end is answered like any wrong setting, or taken', async () => {
  const env: Env = { ...inject('settings'), UPSTASH_REDIS_REST_URL: `${inject('redisProxy')}\n` };
  const context = { waitUntil: () => undefined, passThroughOnException: () => undefined, props: {} };
  const answer = await worker.fetch(new Request('http://127.0.0.1/health'), env, context);
  expect([200, 503]).toContain(answer.status);
});
