import { neon } from '@neondatabase/serverless';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Stack } from './stack.ts';
import { CONNECTION_STRING, startStack } from './stack.ts';

const sql = neon(CONNECTION_STRING);
let stack: Stack;

beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.stop());

/** The driver's value of an expression. */
const parsed = async (expression: string, params: unknown[] = []): Promise<unknown> => {
  const [row] = await sql.query(`select ${expression} as value`, params);
  return row?.value;
};

/** The raw text that came over the wire, by telling the driver to parse nothing. */
const textOf = async (expression: string): Promise<unknown> => {
  const types = { getTypeParser: () => (value: string) => value };
  const [row] = await sql.query(`select ${expression} as value`, [], { types });
  return row?.value;
};

describe('values the driver parses', () => {
  test.each<[string, unknown]>([
    ['1::int2', 1],
    ['2147483647::int4', 2_147_483_647],
    ['9007199254740993::int8', '9007199254740993'],
    [
      '123456789012345678901234567890.000000001::numeric',
      '123456789012345678901234567890.000000001',
    ],
    ["'NaN'::numeric", 'NaN'],
    ['0.1::float8 + 0.2::float8', 0.1 + 0.2],
    ["'infinity'::float8", Number.POSITIVE_INFINITY],
    ['true', true],
    ['false', false],
    ['null::text', null],
    ["''::text", ''],
    [`'it''s "quoted" \\ back'::text`, `it's "quoted" \\ back`],
    ["'привет, 世界 👩‍👩‍👧 𝄞'::text", 'привет, 世界 👩‍👩‍👧 𝄞'],
    ["'line\nbreak\ttab'::text", 'line\nbreak\ttab'],
    ["'2024-02-29T12:34:56.789+03'::timestamptz", new Date('2024-02-29T09:34:56.789Z')],
    ["'infinity'::timestamptz", Number.POSITIVE_INFINITY],
    ["'-infinity'::timestamp", Number.NEGATIVE_INFINITY],
    ['\'{"a":[1,null,{"b":"ü"}]}\'::json', { a: [1, null, { b: 'ü' }] }],
    ['\'{"a":{"b":{"c":null}}}\'::jsonb', { a: { b: { c: null } } }],
    ["'null'::jsonb", null],
    ['null::jsonb', null],
    ["'9b2f8a36-0f0d-4c4d-9d6e-6a9d3b1f5a11'::uuid", '9b2f8a36-0f0d-4c4d-9d6e-6a9d3b1f5a11'],
    ["'10.0.0.1/8'::inet", '10.0.0.1/8'],
    ["'2001:db8::1'::inet", '2001:db8::1'],
    ["array['a', null, 'b,\"c\"', '', 'NULL']::text[]", ['a', null, 'b,"c"', '', 'NULL']],
    ['array[1, null, 3]::int4[]', [1, null, 3]],
    [
      'array[[1,2],[3,4]]::int4[]',
      [
        [1, 2],
        [3, 4],
      ],
    ],
    ["'{}'::text[]", []],
  ])('the value %s is parsed by the driver', async (expression, expected) => {
    expect(await parsed(expression)).toEqual(expected);
  });

  test('bytea becomes bytes', async () => {
    const value = await parsed("'\\x00ff10'::bytea");
    expect(value).toEqual(Buffer.from([0x00, 0xff, 0x10]));
  });
});

describe("raw values are Postgres' own text", () => {
  test.each<[string, string | null]>([
    ['true', 't'],
    ["'2024-02-29 12:34:56.789'::timestamp", '2024-02-29 12:34:56.789'],
    ["'2024-02-29 12:34:56+03'::timestamptz", '2024-02-29 09:34:56+00'],
    ["'0044-03-15 BC'::date", '0044-03-15 BC'],
    ["'1 year 2 days 03:04:05'::interval", '1 year 2 days 03:04:05'],
    ["'\\xDEAD'::bytea", '\\xdead'],
    ["array['a b', null]::text[]", '{"a b",NULL}'],
    ['1e21::float8', '1e+21'],
    ["'NULL'::text", 'NULL'],
    ['null', null],
  ])('the raw value %s is Postgres’ own text', async (expression, expected) => {
    expect(await textOf(expression)).toBe(expected);
  });
});

describe('parameters', () => {
  test.each<[string, unknown, unknown]>([
    ['$1::text', null, null],
    ['$1::text', '', ''],
    ['$1::text', `\\x27'; drop table users; --`, `\\x27'; drop table users; --`],
    ['$1::text', 'e\u0301👍🏽', 'e\u0301👍🏽'],
    ['$1::int8', 9007199254740993n, '9007199254740993'],
    ['$1::bool', true, true],
    ['$1::jsonb', { text: 'é', list: [1, null] }, { text: 'é', list: [1, null] }],
    ['$1::text[]', ['a', null, 'b"c'], ['a', null, 'b"c']],
    ['$1::bytea', Buffer.from([0, 1, 254]), Buffer.from([0, 1, 254])],
    ['$1::timestamptz', new Date('2024-01-02T03:04:05.006Z'), new Date('2024-01-02T03:04:05.006Z')],
  ])('the parameter %s is taken from %o', async (expression, given, expected) => {
    expect(await parsed(expression, [given])).toEqual(expected);
  });

  test('a text of 1 MB comes back whole', async () => {
    const text = 'ж'.repeat(512 * 1024);
    expect(await parsed('$1::text', [text])).toBe(text);
  });

  test('template parameters are bound, not spliced', async () => {
    const name = "o'clock";
    expect(await sql`select ${name}::text as name, ${41}::int + 1 as answer`).toEqual([
      { name, answer: 42 },
    ]);
  });
});
