import { Redis } from '@upstash/redis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Stack } from './stack.ts';
import { openStack } from './stack.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await openStack();
});
afterAll(() => stack.close());

describe('a pipeline', () => {
  test('a pipeline runs in order and answers in order', async () => {
    const key = stack.key('pipeline');
    const results = await stack.redis
      .pipeline()
      .set(key, 1)
      .incr(key)
      .get(key)
      .del(key)
      .get(key)
      .exec();
    expect(results).toEqual(['OK', 2, 2, 1, null]);
  });

  test('a pipeline goes on after an error in the middle, which keeps its place and text', async () => {
    const key = stack.key('pipeline-error');
    const run = () => stack.redis.pipeline().set(key, 'x').incr(key).get(key);
    const results = await run().exec({ keepErrors: true });
    expect(results.map(({ error }) => error)).toEqual([
      undefined,
      'ERR value is not an integer or out of range',
      undefined,
    ]);
    expect(results[2].result).toBe('x');
    await expect(run().exec()).rejects.toThrow(
      'Command 2 [ incr ] failed: ERR value is not an integer',
    );
  });

  test('a pipeline refuses a blocking command in its own item only', async () => {
    const response = await stack.post(
      '/pipeline',
      JSON.stringify([
        ['PING', 'a'],
        ['BLPOP', stack.key('absent'), 0],
        ['PING', 'b'],
      ]),
    );
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual([
      { result: 'a' },
      { error: "ERR Command is not available: 'BLPOP'" },
      { result: 'b' },
    ]);
  });

  test('a pipeline is what the SDK makes of commands of one tick, by default', async () => {
    const { url, token, key } = stack;
    const redis = new Redis({ url, token });
    expect(
      await Promise.all([redis.set(key('auto'), 'a'), redis.get(key('auto')), redis.ping()]),
    ).toEqual(['OK', 'a', 'PONG']);
  });
});

describe('a transaction', () => {
  test('a transaction answers with one result per command', async () => {
    const key = stack.key('multi');
    expect(
      await stack.redis.multi().set(key, 1).incr(key).hgetall(stack.key('absent')).exec(),
    ).toEqual(['OK', 2, null]);
  });

  test('a transaction keeps the other effects when a command fails while running, as Redis does', async () => {
    const key = stack.key('multi-runtime-error');
    const response = await stack.post(
      '/multi-exec',
      JSON.stringify([
        ['SET', key, 'x'],
        ['INCR', key],
        ['APPEND', key, 'y'],
      ]),
    );
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual([
      { result: 'OK' },
      { error: 'ERR value is not an integer or out of range' },
      { result: 2 },
    ]);
  });

  test('a transaction does nothing at all when a command is malformed', async () => {
    const key = stack.key('multi-abort');
    const response = await stack.post('/multi-exec', JSON.stringify([['SET', key, 'x'], ['GET']]));
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({
      error: 'EXECABORT Transaction discarded because of previous errors.',
    });
    expect(await stack.redis.get(key)).toBeNull();
  });

  test('a transaction does nothing at all when a command is refused', async () => {
    const key = stack.key('multi-refused');
    const response = await stack.post(
      '/multi-exec',
      JSON.stringify([['SET', key, 'x'], ['exec'], ['SET', key, 'y']]),
    );
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ error: "ERR Command is not available: 'EXEC'" });
    expect(await stack.redis.get(key)).toBeNull();
  });

  test('a transaction lets nothing in between: readers see both writes or neither', async () => {
    const [left, right] = [stack.key('left'), stack.key('right')];
    await stack.redis.mset({ [left]: 0, [right]: 0 });
    const writes = Array.from({ length: 40 }, () =>
      stack.redis.multi().incr(left).ping().ping().incr(right).exec(),
    );
    const reads = Array.from({ length: 40 }, () => stack.redis.mget<[number, number]>(left, right));
    for (const [a, b] of await Promise.all(reads)) {
      expect(a).toBe(b);
    }
    await Promise.all(writes);
    expect(await stack.redis.mget(left, right)).toEqual([40, 40]);
  });
});

test("an engine's transactions keep out what is called in the same tick", async () => {
  const key = stack.key('tick');
  const transaction = () =>
    stack.engine.multi([
      ['SET', key, '1'],
      ['INCR', key],
      ['INCR', key],
    ]);
  const intrude = () => stack.engine.run(['SET', key, '100']);
  const outcomes = await Promise.all([
    transaction(),
    intrude(),
    transaction(),
    intrude(),
    transaction(),
  ]);
  const ok = Buffer.from('OK');
  expect(outcomes).toEqual([[ok, 2, 3], ok, [ok, 2, 3], ok, [ok, 2, 3]]);
});

describe('in parallel', () => {
  test('200 commands each get their own answer', async () => {
    const names = Array.from({ length: 200 }, (_, index) => `own:${index}`);
    await Promise.all(names.map((name) => stack.redis.set(stack.key(name), name)));
    expect(await Promise.all(names.map((name) => stack.redis.get(stack.key(name))))).toEqual(names);
  });

  test('100 locks of one name have exactly one winner', async () => {
    const key = stack.key('lock');
    const attempts = Array.from({ length: 100 }, (_, index) =>
      stack.redis.set(key, index, { nx: true, px: 10_000 }),
    );
    const outcomes = await Promise.all(attempts);
    expect(outcomes.filter((outcome) => outcome === 'OK')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === null)).toHaveLength(99);
    expect(await stack.redis.get(key)).toBe(outcomes.indexOf('OK'));
  });

  test('100 scripts that read, change and write add up', async () => {
    const key = stack.key('sum');
    const script = stack.redis.createScript<number>(`
      local before = tonumber(redis.call('GET', KEYS[1]) or '0')
      redis.call('SET', KEYS[1], before + tonumber(ARGV[1]))
      return before
    `);
    const seen = await Promise.all(Array.from({ length: 100 }, () => script.exec([key], ['3'])));
    expect(seen.sort((a, b) => a - b)).toEqual(
      Array.from({ length: 100 }, (_, index) => index * 3),
    );
    expect(await stack.redis.get(key)).toBe(300);
  });
});
