import { describe, expect, test } from 'vitest';
import { text, textOrNumber } from '../../../src/contract/http/fields.ts';

const NO_TEXT: unknown[] = [
  null,
  undefined,
  true,
  false,
  [],
  ['a'],
  {},
  { toString: 1 },
  Symbol.iterator,
  1n,
];
const NO_UTF8 = ['\u0000', 'a\u0000b', '\uD800', 'a\uDFFFb', '\uDC00\uD800'];

const issuesOf = (parsed: ReturnType<ReturnType<typeof text>['safeParse']>) =>
  parsed.error?.issues.map(({ message }) => message);

describe('text', () => {
  test.each(['', ' ', 'Алиса', '\u{1F600}', '\t\n', 'a'.repeat(100_000)])(
    'text takes %j as it is',
    (value) => {
      expect(text('invalid_field').parse(value)).toBe(value);
    },
  );

  test.each([...NO_TEXT, ...NO_UTF8, 5, 0, Number.NaN])(
    '[H6] text refuses %o with the code it was given',
    (value) => {
      expect(issuesOf(text('invalid_phone').safeParse(value))).toEqual(['invalid_phone']);
    },
  );
});

describe('text or a number', () => {
  test.each([
    ['0123', '0123'],
    [123456, '123456'],
    [Number.MAX_SAFE_INTEGER, '9007199254740991'],
  ])('text or a number takes %j as %j', (value, taken) => {
    expect(textOrNumber('invalid_field').parse(value)).toBe(taken);
  });

  test.each([...NO_TEXT, ...NO_UTF8, 0, -1, 1.5, 1e21, Number.NaN, Number.POSITIVE_INFINITY])(
    '[H6] text or a number refuses %o with the code it was given',
    (value) => {
      expect(issuesOf(textOrNumber('invalid_phone').safeParse(value))?.[0]).toBe('invalid_phone');
    },
  );
});
