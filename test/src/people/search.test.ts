import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseSearch } from '../../../src/people/search.ts';

describe('what is searched for', () => {
  test.each([
    ['анна', 'анна'],
    ['  Анна\t', 'Анна'],
    ['@anna', 'anna'],
    [' @anna ', 'anna'],
    ['@@anna', '@anna'],
    ['a@b', 'a@b'],
    ['%_', '%_'],
    ['\u0438\u0306\u0438\u0306', '\u0439\u0439'],
    ['\u{1F600}\u{1F600}', '\u{1F600}\u{1F600}'],
    ['x'.repeat(64), 'x'.repeat(64)],
  ])('[M40] %j is a part of a name: %j', (q, name) => {
    expect(parseSearch(q)).toBe(name);
  });

  test.each([
    '',
    'a',
    ' a ',
    '@a',
    '\u{1F600}',
    '\u0438\u0306',
    '\u200b\u200b\u200b',
    '\u3164\u3164',
    'ab\ncd',
    'x'.repeat(65),
    '%'.repeat(10_000),
  ])('[M40] %j finds nobody', (q) => {
    expect(parseSearch(q)).toBeUndefined();
  });

  test('[M40] whatever is searched for has 2 to 64 characters, and a visible one', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (q) => {
        const name = parseSearch(q);
        if (name === undefined) return;
        expect([...name].length).toBeGreaterThanOrEqual(2);
        expect([...name].length).toBeLessThanOrEqual(64);
        expect(name).not.toContain('\n');
      }),
    );
  });
});
