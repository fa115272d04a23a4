import { Redis } from '@upstash/redis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Stack } from './stack.ts';
import { openStack } from './stack.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await openStack();
});
afterAll(() => stack.close());

const TEXTS = {
  'an ASCII word': 'hello',
  nothing: '',
  Cyrillic: 'Ваш код: 042917',
  'emoji with joiners': '👩‍👩‍👧‍👦 🇺🇦 é',
  'control characters': 'a\u0000b\r\nc\td\u001f"\\',
  'the word OK': 'OK',
  'base64 of something': 'T0s=',
  'the word null': 'null',
};

describe.each(['base64', false] as const)(
  'strings with responseEncoding %s',
  (responseEncoding) => {
    let redis: Redis;
    beforeAll(() => {
      const { url, token } = stack;
      redis = new Redis({ url, token, responseEncoding, automaticDeserialization: false });
    });

    test.each(Object.entries(TEXTS))(
      'the string %s comes back as it went in',
      async (name, text) => {
        const key = stack.key(`text:${responseEncoding}:${name}`);
        expect(await redis.set(key, text)).toBe('OK');
        expect(await redis.get(key)).toBe(text);
        expect(await redis.mget(key, stack.key('absent'))).toEqual([text, null]);
        expect(await redis.eval('return {ARGV[1], {ARGV[1], {ARGV[1]}}}', [], [text])).toEqual([
          text,
          [text, [text]],
        ]);
      },
    );

    test('a value of 1 MB comes back whole', async () => {
      const value = 'ж'.repeat(512 * 1024);
      const key = stack.key(`large:${responseEncoding}`);
      await redis.set(key, value);
      expect((await redis.get(key)) === value).toBe(true);
      expect(await redis.strlen(key)).toBe(1024 * 1024);
    });

    test('simple strings other than OK come through', async () => {
      expect(await redis.ping()).toBe('PONG');
      expect(await redis.type(stack.key('absent'))).toBe('none');
    });
  },
);

describe('numbers and objects', () => {
  test('numbers and objects are parsed by default, and text without', async () => {
    const key = stack.key('number');
    await stack.redis.set(key, 42);
    expect(await stack.redis.get(key)).toBe(42);
    expect(await stack.plain.get(key)).toBe('42');
    await stack.redis.set(key, { id: 'я', tries: [1, 2] });
    expect(await stack.redis.get(key)).toEqual({ id: 'я', tries: [1, 2] });
    expect(await stack.plain.get(key)).toBe('{"id":"я","tries":[1,2]}');
  });

  test('numbers keep every digit that JavaScript keeps', async () => {
    const key = stack.key('digits');
    for (const value of [1_754_000_000_123, Number.MAX_SAFE_INTEGER, -0.5, 1e21]) {
      await stack.redis.set(key, value);
      expect(await stack.plain.get(key)).toBe(String(value));
    }
  });

  test('text that looks like a number, but is not its canonical form, stays text', async () => {
    const key = stack.key('leading-zero');
    await stack.redis.set(key, '042917');
    expect(await stack.redis.get(key)).toBe('042917');
    await stack.redis.set(key, '12345678901234567890');
    expect(await stack.redis.get(key)).toBe('12345678901234567890');
  });

  test('booleans arrive as words', async () => {
    const key = stack.key('boolean');
    await stack.redis.set(key, true);
    expect(await stack.plain.get(key)).toBe('true');
    expect(await stack.redis.get(key)).toBe(true);
  });

  test('counters answer with numbers, and refuse what is none', async () => {
    const key = stack.key('counter');
    expect(await stack.redis.incr(key)).toBe(1);
    expect(await stack.redis.incrby(key, 41)).toBe(42);
    expect(await stack.redis.decr(key)).toBe(41);
    await stack.redis.set(key, 'x');
    await expect(stack.redis.incr(key)).rejects.toThrow(
      /^ERR value is not an integer or out of range, command was/,
    );
  });
});

describe('expiry', () => {
  test('PX and EX count in their own units', async () => {
    const key = stack.key('ttl');
    await stack.redis.set(key, 'v', { px: 60_000 });
    expect(await stack.redis.pttl(key)).toSatisfy((ttl: number) => ttl > 50_000 && ttl <= 60_000);
    await stack.redis.set(key, 'v', { ex: 60 });
    expect(await stack.redis.ttl(key)).toSatisfy((ttl: number) => ttl >= 50 && ttl <= 60);
  });

  test('a plain SET drops the TTL, KEEPTTL keeps it', async () => {
    const key = stack.key('keepttl');
    await stack.redis.set(key, 'a', { px: 60_000 });
    await stack.redis.set(key, 'b', { keepTtl: true });
    expect(await stack.redis.pttl(key)).toBeGreaterThan(50_000);
    await stack.redis.set(key, 'c');
    expect(await stack.redis.pttl(key)).toBe(-1);
    expect(await stack.redis.pttl(stack.key('absent'))).toBe(-2);
  });

  test('a key is gone when its milliseconds are over', async () => {
    const key = stack.key('short');
    await stack.redis.set(key, 'v', { px: 60_000 });
    expect(await stack.redis.get(key)).toBe('v');
    await stack.redis.set(key, 'v', { px: 40 });
    await expect.poll(() => stack.redis.get(key)).toBeNull();
    expect(await stack.redis.exists(key)).toBe(0);
  });

  test('NX writes only what is absent, XX only what is there', async () => {
    const key = stack.key('condition');
    expect(await stack.redis.set(key, 'a', { xx: true })).toBeNull();
    expect(await stack.redis.set(key, 'b', { nx: true, px: 60_000 })).toBe('OK');
    expect(await stack.redis.set(key, 'c', { nx: true, px: 60_000 })).toBeNull();
    expect(await stack.redis.set(key, 'd', { xx: true, get: true })).toBe('b');
    expect(await stack.redis.getdel(key)).toBe('d');
    expect(await stack.redis.getdel(key)).toBeNull();
  });

  test('PEXPIREAT, PEXPIRE and PERSIST set, shorten and lift a deadline', async () => {
    const key = stack.key('deadline');
    expect(await stack.redis.pexpire(key, 1_000)).toBe(0);
    await stack.redis.set(key, 'v');
    expect(await stack.redis.pexpireat(key, Date.now() + 50_000)).toBe(1);
    expect(await stack.redis.pttl(key)).toSatisfy((ttl: number) => ttl > 45_000 && ttl <= 50_000);
    expect(await stack.redis.persist(key)).toBe(1);
    expect(await stack.redis.pttl(key)).toBe(-1);
  });
});
