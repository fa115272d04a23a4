import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Stack } from './stack.ts';
import { openStack } from './stack.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await openStack();
});
afterAll(() => stack.close());

describe('hashes', () => {
  test('fields are set, read, counted and removed', async () => {
    const { redis } = stack;
    const key = stack.key('hash');
    expect(await redis.hset(key, { name: 'Аня', tries: 0, 'a b': '{"x":1}' })).toBe(3);
    expect(await redis.hget(key, 'name')).toBe('Аня');
    expect(await redis.hmget(key, 'tries', 'absent')).toEqual({ tries: 0, absent: null });
    expect(await redis.hincrby(key, 'tries', 2)).toBe(2);
    expect(await redis.hlen(key)).toBe(3);
    expect(await redis.hdel(key, 'a b', 'absent')).toBe(1);
    expect(await redis.hgetall(key)).toEqual({ name: 'Аня', tries: 2 });
    expect(await redis.hgetall(stack.key('absent'))).toBeNull();
  });

  test('HGETALL is a flat list in the order of writing, __proto__ included', async () => {
    const key = stack.key('ordered');
    await stack.post('/', JSON.stringify(['HSET', key, '10', 'a', '2', 'b', '__proto__', 'c']));
    const response = await stack.post('/', JSON.stringify(['hgetall', key]));
    expect(await response.json()).toEqual({ result: ['10', 'a', '2', 'b', '__proto__', 'c'] });
  });

  test('a hash is not a string', async () => {
    const key = stack.key('hash-or-string');
    await stack.redis.hset(key, { a: 1 });
    await expect(stack.redis.get(key)).rejects.toThrow(
      /^WRONGTYPE Operation against a key holding the wrong kind of value, command was/,
    );
    expect(await stack.redis.type(key)).toBe('hash');
  });
});

test('lists keep their order, are cut and popped', async () => {
  const { redis } = stack;
  const key = stack.key('list');
  expect(await redis.rpush(key, 'b', 'c')).toBe(2);
  expect(await redis.lpush(key, 'a')).toBe(3);
  expect(await redis.lrange(key, 0, -1)).toEqual(['a', 'b', 'c']);
  expect(await redis.ltrim(key, 1, -1)).toBe('OK');
  expect(await redis.lpop(key)).toBe('b');
  expect(await redis.rpop(key)).toBe('c');
  expect(await redis.exists(key)).toBe(0);
});

test('sorted sets order by score, keep millisecond scores exact and cut by score', async () => {
  const { redis } = stack;
  const key = stack.key('zset');
  const at = 1_754_000_000_123;
  expect(
    await redis.zadd(key, { score: at + 1, member: 'late' }, { score: at, member: 'early' }),
  ).toBe(2);
  expect(await redis.zadd(key, { nx: true }, { score: 1, member: 'early' })).toBe(0);
  expect(await redis.zrange(key, 0, -1, { withScores: true })).toEqual([
    'early',
    at,
    'late',
    at + 1,
  ]);
  expect(await redis.zscore(key, 'early')).toBe(at);
  expect(await redis.zcard(key)).toBe(2);
  expect(await redis.zremrangebyscore(key, '-inf', `(${at + 1}`)).toBe(1);
  expect(await redis.zrem(key, 'late', 'absent')).toBe(1);
  expect(await redis.zcard(key)).toBe(0);
});

test('fractional scores come as Redis writes them', async () => {
  const key = stack.key('fractions');
  await stack.redis.zadd(key, { score: 0.25, member: 'a' }, { score: -2.5, member: 'b' });
  expect(await stack.plain.zrange(key, 0, -1, { withScores: true })).toEqual([
    'b',
    '-2.5',
    'a',
    '0.25',
  ]);
});

test('sets hold each member once', async () => {
  const { redis } = stack;
  const key = stack.key('set');
  expect(await redis.sadd(key, 'a', 'b', 'a')).toBe(2);
  expect(await redis.sismember(key, 'a')).toBe(1);
  expect(await redis.sismember(key, 'z')).toBe(0);
  expect((await redis.smembers(key)).sort()).toEqual(['a', 'b']);
  expect(await redis.srem(key, 'a')).toBe(1);
  expect(await redis.scard(key)).toBe(1);
});

test('SCAN walks over all keys of a pattern', async () => {
  const keys = Array.from({ length: 30 }, (_, index) => stack.key(`scan:${index}`));
  await stack.redis.mset(Object.fromEntries(keys.map((key) => [key, 'v'])));
  const found = new Set<string>();
  let cursor = '0';
  do {
    const [next, page] = await stack.redis.scan(cursor, { match: stack.key('scan:*'), count: 10 });
    page.forEach((key) => {
      found.add(key);
    });
    cursor = next;
  } while (cursor !== '0');
  expect([...found].sort()).toEqual(keys.sort());
});
