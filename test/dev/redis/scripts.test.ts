import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Stack } from './stack.ts';
import { openStack } from './stack.ts';

let stack: Stack;
let key: string;
beforeAll(async () => {
  stack = await openStack();
});
beforeEach(() => {
  key = stack.key(randomUUID());
});
afterAll(() => stack.close());

/** Runs a script whose only key is a fresh one; the answer is untouched by the SDK's parsing. */
function run(script: string, ...args: string[]): Promise<unknown> {
  return stack.plain.eval(script, [key], args);
}

/** A 13-digit time in milliseconds, which must never turn into 1.754e+12. */
const NOW = '1754000000123';

describe('loading', () => {
  test('an unknown digest is NOSCRIPT, a loaded one runs', async () => {
    const script = `return '${randomUUID()}'`;
    const sha = createHash('sha1').update(script).digest('hex');
    await expect(stack.plain.evalsha(sha, [], [])).rejects.toThrow(
      /^NOSCRIPT No matching script\. Please use EVAL\., command was/,
    );
    expect(await stack.plain.scriptLoad(script)).toBe(sha);
    expect(await stack.plain.scriptExists(sha, '0'.repeat(40))).toEqual([1, 0]);
    expect(await stack.plain.evalsha(sha, [], [])).toBe(script.slice(8, -1));
  });

  test("the SDK's createScript().exec() falls back to EVAL once, then finds the digest", async () => {
    const script = stack.redis.createScript<[string, string]>(
      `return {KEYS[1], ARGV[1], '${randomUUID()}'}`,
    );
    const first = await script.exec([key], ['a']);
    expect(first.slice(0, 2)).toEqual([key, 'a']);
    expect(await script.evalsha([key], ['b'])).toEqual([key, 'b', ...first.slice(2)]);
  });
});

describe('values that leave a script', () => {
  test.each([
    ['an integer', 'return 42', 42],
    ['a fraction, cut', 'return -3.99', -3],
    ['a time in milliseconds', `return tonumber('${NOW}')`, Number(NOW)],
    ['true', 'return true', 1],
    ['false', 'return false', null],
    ['nil', 'return nil', null],
    ['nothing', 'local a = 1', null],
    ['an empty table', 'return {}', []],
    ['nested tables', "return {1, 'a', {2, {'b', {}}}}", [1, 'a', [2, ['b', []]]]],
    ['a table up to its first nil', "return {'a', nil, 'b'}", ['a']],
    ['false inside a table', "return {'a', false, 'b'}", ['a', null, 'b']],
    ['a table of named fields', "return {a = 1, b = 'x'}", []],
    ['a status', "return redis.status_reply('FINE')", 'FINE'],
    ['the status OK', "return redis.status_reply('OK')", 'OK'],
    ['a status as a table', "return {ok = 'FINE'}", 'FINE'],
    ['an absent value, which is false inside', "return redis.call('GET', KEYS[1]) == false", 1],
    [
      'an absent field inside a list',
      "return redis.call('HMGET', KEYS[1], 'a', 'b')",
      [null, null],
    ],
    ['the type of an absent key', "return redis.call('TYPE', KEYS[1])", 'none'],
    ['the type as a field', "return redis.call('TYPE', KEYS[1]).ok", 'none'],
    ['UTF-8, by bytes', "return {#'жё', string.sub('жё', 3)}", [4, 'ё']],
  ])('%s leaves a script as Redis answers it', async (_, script, expected) => {
    expect(await run(script)).toEqual(expected);
  });
});

describe('numbers', () => {
  test.each([
    ['tostring', `return tostring(tonumber('${NOW}'))`, NOW],
    ['tostring of a sum', `return tostring(${NOW} + 300000)`, '1754000300123'],
    ['concatenation', `return 'at:' .. ${NOW}`, `at:${NOW}`],
    ['string.format %.0f', `return string.format('%.0f', ${NOW})`, NOW],
    [
      'string.format of small ones',
      "return string.format('%s|%5d|%02d|%x', 'a', 42, 7, 255)",
      'a|   42|07|ff',
    ],
    ['cjson.encode', `return cjson.encode({at = ${NOW}})`, `{"at":${NOW}}`],
    ['cjson.decode', `return cjson.decode('{"at":${NOW}}').at`, Number(NOW)],
    [
      'HSET',
      `redis.call('HSET', KEYS[1], 'at', ${NOW}) return redis.call('HGET', KEYS[1], 'at')`,
      NOW,
    ],
    ['HINCRBY', `return redis.call('HINCRBY', KEYS[1], 'at', ${NOW})`, Number(NOW)],
    [
      'SET',
      `redis.call('SET', KEYS[1], ${NOW} + 1) return redis.call('GET', KEYS[1])`,
      '1754000000124',
    ],
    ['a fraction', 'return tostring(0.1 + 0.2)', '0.3'],
    [
      'division',
      'return {math.floor(7 / 2), math.ceil(7 / 2), 7 % 3, math.max(1, 9), math.min(1, 9)}',
      [3, 4, 1, 9, 1],
    ],
    [
      'tonumber of no number',
      "return {tostring(tonumber('x')), tonumber('0x10'), tonumber('  5 ')}",
      ['nil', 16, 5],
    ],
    ['comparison of times', `return tonumber('${NOW}') > tonumber('999999999999')`, 1],
  ])('%s keeps every digit', async (_, script, expected) => {
    expect(await run(script)).toEqual(expected);
  });
});

describe('data from within a script', () => {
  test('a script reads and writes hashes', async () => {
    const script = `
      redis.call('HSET', KEYS[1], 'code', ARGV[1], 'tries', 0)
      local tries = redis.call('HINCRBY', KEYS[1], 'tries', 1)
      local all = redis.call('HGETALL', KEYS[1])
      local got = redis.call('HMGET', KEYS[1], 'code', 'absent', 'tries')
      local gone = redis.call('HDEL', KEYS[1], 'tries', 'absent')
      return {tries, all, got, gone, redis.call('EXISTS', KEYS[1])}
    `;
    expect(await run(script, 'код')).toEqual([
      1,
      ['code', 'код', 'tries', '1'],
      ['код', null, '1'],
      1,
      1,
    ]);
  });

  test('a script keeps a window of times in a sorted set', async () => {
    const script = `
      local now = tonumber(ARGV[1])
      redis.call('ZADD', KEYS[1], now - 2000, 'old', now, 'new')
      redis.call('ZADD', KEYS[1], ARGV[1] + 1, 'newer')
      local cut = redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - 1000)
      local first = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
      local removed = redis.call('ZREM', KEYS[1], 'newer')
      return {cut, first, removed, redis.call('ZCARD', KEYS[1]), tonumber(first[2]) - now}
    `;
    expect(await run(script, NOW)).toEqual([1, ['new', NOW], 1, 1, 0]);
  });

  test('a script sets, shortens and reads expiry', async () => {
    const script = `
      local none = redis.call('PTTL', KEYS[1])
      local set = redis.call('SET', KEYS[1], 'v', 'PX', ARGV[1], 'NX')
      local again = redis.call('SET', KEYS[1], 'w', 'px', ARGV[1], 'nx')
      local ttl = redis.call('PTTL', KEYS[1])
      redis.call('PEXPIRE', KEYS[1], 2000)
      local shorter = redis.call('PTTL', KEYS[1])
      local past = redis.call('PEXPIREAT', KEYS[1], 1)
      local isLong = ttl > 59000 and ttl <= 60000
      local isShort = shorter > 1000 and shorter <= 2000
      return {none, set, again, isLong, isShort, past, redis.call('EXISTS', KEYS[1])}
    `;
    expect(await run(script, '60000')).toEqual([-2, 'OK', null, 1, 1, 1, 0]);
  });

  test('a script reads and writes strings and lists', async () => {
    const script = `
      redis.call('INCR', KEYS[1])
      local got = redis.call('GETDEL', KEYS[1])
      redis.call('RPUSH', KEYS[1], 'a', 'b', 'c')
      redis.call('LTRIM', KEYS[1], -2, -1)
      local list = redis.call('LRANGE', KEYS[1], 0, -1)
      local type = redis.call('TYPE', KEYS[1]).ok
      return {got, list, type, redis.call('DEL', KEYS[1]), redis.call('DEL', KEYS[1])}
    `;
    expect(await run(script)).toEqual(['1', ['b', 'c'], 'list', 1, 0]);
  });

  test('a script reaches a key that was not declared', async () => {
    const other = stack.key(randomUUID());
    expect(
      await run("redis.call('SET', ARGV[1], 'v') return redis.call('GET', ARGV[1])", other),
    ).toBe('v');
    expect(await stack.plain.get(other)).toBe('v');
  });

  test("a script reads the server's clock", async () => {
    const answer = await run(
      "local t = redis.call('TIME') return t[1] * 1000 + math.floor(t[2] / 1000)",
    );
    expect(Math.abs(Number(answer) - Date.now())).toBeLessThan(5_000);
  });
});

describe('the language', () => {
  test('local functions, closures, loops and table functions', async () => {
    const script = `
      local function window(size)
        local count = 0
        return function(n) count = count + n return count <= size end
      end
      local allow = window(3)
      local out = {}
      for i, word in ipairs(ARGV) do
        if allow(1) then table.insert(out, word .. i) end
      end
      table.sort(out, function(a, b) return a > b end)
      local n = 0
      for _ in pairs({a = 1, b = 2}) do n = n + 1 end
      local id = string.match('id:77', 'id:(%d+)')
      return {table.concat(out, ','), #out, n, select('#', unpack(ARGV)), id}
    `;
    expect(await run(script, 'x', 'y', 'z', 'w')).toEqual(['z3,y2,x1', 3, 2, 4, '77']);
  });

  test('cjson reads and writes nested values, unicode and null', async () => {
    const script = `
      local value = cjson.decode(ARGV[1])
      local missing = value.none == cjson.null
      value.list[3] = value.name
      return {cjson.encode(value.list), missing, cjson.encode({ok = true}), #value.list}
    `;
    const given = JSON.stringify({ name: 'Аня "я"', list: [1, 2.5], none: null });
    expect(await run(script, given)).toEqual(['[1,2.5,"Аня \\"я\\""]', 1, '{"ok":true}', 3]);
  });

  test('redis.sha1hex and redis.log exist', async () => {
    expect(await run("redis.log(redis.LOG_DEBUG, 'x') return redis.sha1hex('abc')")).toBe(
      'a9993e364706816aba3e25717850c26c9cd0d89d',
    );
  });
});

describe('errors', () => {
  test('errors of redis.error_reply keep their text and code', async () => {
    await expect(run("return redis.error_reply('LIMITED try later')")).rejects.toThrow(
      /^LIMITED try later, command was/,
    );
    await expect(run("return {err = 'LIMITED as a table'}")).rejects.toThrow(
      /^LIMITED as a table, command was/,
    );
  });

  test('errors of redis.call end the script, and keep their code word', async () => {
    await stack.plain.hset(key, { a: 1 });
    await expect(run("redis.call('GET', KEYS[1]) redis.call('DEL', KEYS[1])")).rejects.toThrow(
      /^WRONGTYPE Operation against a key holding the wrong kind of value/,
    );
    expect(await stack.plain.exists(key)).toBe(1);
  });

  test('errors of redis.pcall can be looked at', async () => {
    await stack.plain.hset(key, { a: 1 });
    const script = `
      local reply = redis.pcall('GET', KEYS[1])
      return {type(reply), string.match(reply.err, '^%u+'), redis.pcall('HGET', KEYS[1], 'a')}
    `;
    expect(await run(script)).toEqual(['table', 'WRONGTYPE', '1']);
  });

  test('errors of pcall around plain Lua can be looked at', async () => {
    expect(
      await run("local ok, message = pcall(function() error('boom') end) return {ok, message}"),
    ).toEqual([null, expect.stringContaining('boom')]);
  });

  test('errors of Lua itself say what happened, and undo nothing before them', async () => {
    await expect(run("redis.call('SET', KEYS[1], 'written') error('boom')")).rejects.toThrow(
      'boom',
    );
    expect(await stack.plain.get(key)).toBe('written');
    await expect(run('local a = nil return a.b')).rejects.toThrow(
      "attempt to index local 'a' (a nil value)",
    );
    await expect(run('this is no lua')).rejects.toThrow(
      /^ERR .*user_script:1: '=' expected near 'is'/,
    );
  });

  test('a global variable is an error', async () => {
    await expect(run('leaked = 1')).rejects.toThrow('Attempt to modify a readonly table');
    await expect(run('return leaked')).rejects.toThrow(
      "access nonexistent global variable 'leaked'",
    );
  });

  test('a command that does not exist, or has too few arguments, is an error', async () => {
    await expect(run("return redis.call('NOPE')")).rejects.toThrow(
      /^ERR Unknown Redis command called from script/,
    );
    await expect(run("return redis.call('GET')")).rejects.toThrow(/^ERR wrong number of arg/i);
  });
});
