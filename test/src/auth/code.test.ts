import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { RandomValues } from '../../../src/auth/code.ts';
import { drawCode, hashCode } from '../../../src/auth/code.ts';

/** A source that gives these values one after another. */
const source = (...values: number[]): RandomValues => {
  const rest = [...values];
  return (array) => array.fill(rest.shift() ?? Number.NaN);
};

describe('a code', () => {
  test.each([
    [0, '000000'],
    [42, '000042'],
    [999_999, '999999'],
    [1_000_000, '000000'],
    [4_293_999_999, '999999'],
  ])('[A1] the random value %i makes the code %s', (value, code) => {
    expect(drawCode(source(value))).toBe(code);
  });

  test('[A1] a value that would make low codes likelier is drawn anew', () => {
    expect(drawCode(source(4_294_000_000, 4_294_967_295, 123_456))).toBe('123456');
  });

  test('[A1] a code is six digits, and hardly ever the same twice', () => {
    const codes = Array.from({ length: 1_000 }, () => drawCode());
    for (const code of codes) expect(code).toMatch(/^\d{6}$/);
    expect(new Set(codes).size).toBeGreaterThan(990);
  });

  test('[A1] every digit comes about as often in every place', () => {
    const codes = Array.from({ length: 20_000 }, () => drawCode());
    for (let place = 0; place < 6; place += 1) {
      const counts = Map.groupBy(codes, (code) => code[place]);
      expect(counts.size).toBe(10);
      // 2,000 are expected; 300 is seven standard deviations.
      for (const [digit, found] of counts)
        expect(Math.abs(found.length - 2_000), `${digit}`).toBeLessThan(300);
    }
  });
});

describe('the hash of a code', () => {
  const mac = hashCode('secret', '+79991234567', '123456');

  test('[A2] the hash is an HMAC-SHA-256 of phone and code', async () => {
    expect(await mac).toBe(
      createHmac('sha256', 'secret').update('+79991234567:123456').digest('base64'),
    );
  });

  test.each([
    ['secret', hashCode('other', '+79991234567', '123456')],
    ['phone', hashCode('secret', '+79991234568', '123456')],
    ['code', hashCode('secret', '+79991234567', '123457')],
  ])('[A2] the hash differs with the %s', async (_, other) => {
    expect(await other).not.toBe(await mac);
  });
});
