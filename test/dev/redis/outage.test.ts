import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RedisUnavailableError } from '../../../dev/redis/engine.ts';
import { openServer } from '../../../dev/redis/server.ts';
import type { MortalServer } from './mortal-server.ts';
import { startMortalServer } from './mortal-server.ts';
import type { Stack } from './stack.ts';
import { stackOn } from './stack.ts';

/** The connection broke, and no time limit was waited for. */
const BROKEN = /^ERR Redis is unreachable: (?!no answer within).+, command was: /;

let server: MortalServer;
let stack: Stack;
beforeAll(async () => {
  server = await startMortalServer();
  stack = await stackOn(await openServer({ url: server.url }));
});
afterAll(async () => {
  await stack.close();
  await server.kill();
});

async function untilAnswered(): Promise<void> {
  await expect.poll(() => stack.redis.ping().catch(String), { interval: 50 }).toBe('PONG');
}

describe('a server that is killed and started again', () => {
  test('a killed server fails commands and whole batches at once, and serves when it is back', async () => {
    const key = stack.key('outage');
    for (const round of [1, 2]) {
      expect(await stack.redis.set(key, round)).toBe('OK');
      await server.kill();
      await Promise.all([
        expect(stack.redis.set(key, 'lost')).rejects.toThrow(BROKEN),
        expect(stack.redis.eval('return 1', [], [])).rejects.toThrow(BROKEN),
        expect(stack.redis.pipeline().get(key).ping().exec()).rejects.toThrow(BROKEN),
        expect(stack.redis.multi().get(key).ping().exec()).rejects.toThrow(BROKEN),
      ]);
      await server.start();
      await untilAnswered();
      expect(await stack.redis.get(key)).toBeNull();
    }
  });

  test('a killed server is HTTP 503 on the wire', async () => {
    await server.kill();
    const response = await stack.post('/', '["PING"]');
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({
      error: expect.stringMatching(/^ERR Redis is unreachable: /),
    });
    await server.start();
    await untilAnswered();
  });

  test('a killed server forgets loaded scripts, and the SDK loads them again', async () => {
    const script = stack.redis.createScript<string>("return 'still here'");
    expect(await script.exec([], [])).toBe('still here');
    await server.kill();
    await server.start();
    await untilAnswered();
    expect(await script.exec([], [])).toBe('still here');
  });

  test('a killed server’s commands in flight are answered with an error', async () => {
    server.freeze();
    const pending = Promise.all([
      expect(stack.redis.ping()).rejects.toThrow(BROKEN),
      expect(stack.redis.multi().ping().ping().exec()).rejects.toThrow(BROKEN),
    ]);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await server.kill();
    await pending;
    await server.start();
    await untilAnswered();
  });
});

test('a server that hangs is given up after 1.5 s, and late answers meet nobody else', async () => {
  const key = stack.key('frozen');
  server.freeze();
  const given = expect(stack.redis.set(key, 'late')).rejects;
  await given.toThrow('ERR Redis is unreachable: no answer within 1500 ms');
  server.thaw();
  await untilAnswered();
  expect(await stack.redis.get(key)).toBe('late');
  expect(await stack.redis.ping(['mine'])).toBe('mine');
});

test('a server that is not there at the start is an error of the start', async () => {
  await server.kill();
  const opening = openServer({ url: server.url });
  await expect(opening).rejects.toThrow(RedisUnavailableError);
  await expect(opening).rejects.toThrow(/ECONNREFUSED/);
  await server.start();
  await untilAnswered();
});
