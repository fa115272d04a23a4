import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { normaliseQrCode, QR_ALPHABET } from '../../../src/contract/http/qr.ts';
import { drawRandomText } from '../../../src/platform/random.ts';
import { drawQrCode, formatQrUrl, parsePollToken } from '../../../src/qr/code.ts';

describe('QR codes', () => {
  test('[A26] a code is 6 of the 32 characters, each as likely as the others', () => {
    expect(QR_ALPHABET).toMatch(/^[A-HJ-NP-Z2-9]{32}$/);
    const counts = new Map<string, number>();
    for (let i = 0; i < 5_000; i++) {
      const code = drawQrCode();
      expect(code).toMatch(/^[A-HJ-NP-Z2-9]{6}$/);
      for (const character of code) counts.set(character, (counts.get(character) ?? 0) + 1);
    }
    // Of 30,000 characters 937.5 are expected of each, with a standard deviation of 30.
    expect(counts.size).toBe(32);
    for (const count of counts.values()) expect(Math.abs(count - 937.5)).toBeLessThan(180);
  });

  test('[A26] a code is the same however it is typed', () => {
    const dirt = fc.string({
      unit: fc.constantFrom(' ', '-', '.', '_', 'ф', '\u0000', '\uD800', '/'),
    });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...QR_ALPHABET), fc.boolean(), dirt), { maxLength: 8 }),
        (typed) => {
          const given = typed.map(
            ([character, lower, after]) => (lower ? character.toLowerCase() : character) + after,
          );
          expect(normaliseQrCode(given.join(''))).toBe(
            typed.map(([character]) => character).join(''),
          );
        },
      ),
    );
  });

  test.each([
    ['abc def', 'ABCDEF'],
    ['A1B2C3D4', 'AB2C3D4'],
    ['ABCDEFGHJK', 'ABCDEFGH'],
    ['000000', '000000'],
    ['', ''],
    ['-- ', ''],
  ])('[A26] %j is read as %j', (given, code) => {
    expect(normaliseQrCode(given)).toBe(code);
  });
});

describe('poll tokens', () => {
  test('[A28] a poll token has a secret of 256 bits, another each time', () => {
    expect(drawRandomText(32)).toMatch(/^[\w-]{43}$/);
    expect(drawRandomText(32)).not.toBe(drawRandomText(32));
  });

  test('[A28] a poll token comes apart into its halves', () => {
    const [code, secret] = [drawQrCode(), drawRandomText(32)];
    expect(parsePollToken(`${code}.${secret}`)).toEqual({ code, secret });
  });

  test.each([
    '',
    'ABCDEF',
    'ABCDEF.',
    `ABCDEF.${'x'.repeat(42)}`,
    `abcdef.${'x'.repeat(43)}`,
    `ABCDEI.${'x'.repeat(43)}`,
  ])('[A28] %j is no poll token', (token) => {
    expect(parsePollToken(token)).toBeUndefined();
  });
});

test('[A26] a QR code leads to the web client, or without one to the phone’s', () => {
  expect(formatQrUrl('https://web.aist.example', 'ABCDEF')).toBe(
    'https://web.aist.example/qr?code=ABCDEF',
  );
  expect(formatQrUrl(undefined, 'ABCDEF')).toBe('aist://qr?code=ABCDEF');
});
