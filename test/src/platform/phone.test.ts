import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fullToE164, maskPhone, toE164 } from '../../../src/platform/phone.ts';

/** What nobody sees, or what people and their telephones write around a number. */
const AROUND = [
  ...['\u202d', '\u2068', '\u200e', '\u200b', '\ufe0d', '\u00ad', '\ufeff', '\u{e0020}', '\u0007'],
  ...[
    '\u00a0',
    '\u202f',
    '\u2009',
    '\u3000',
    '\u115f',
    '\n',
    '·',
    'tel:',
    '(',
    '[',
    '«',
    '☎️ ',
    'т. ',
  ],
];
const PLUSES = ['+', '＋', '﹢', '⁺', '➕', '++'];

/** Whole numbers of ten digits, or of eleven that begin with 8: a Russian's without their plus. */
const FOREIGN = [
  ...['+960 712 5756', '+961 3 123 456', '+961 71 123 456', '+45 32 50 13 58', '+65 6123 4567'],
  ...['+81 3 1234 5678', '+84 912 345 678', '+888 0123 4567', '+86 10 1234 5678'],
  '+850 2 123 4567',
  ...['+32 2 123 45 67', '+852 6123 4567', '+880 1234 5678', '+1 999 123 456', '+809 123 456 78'],
];

describe('a phone number', () => {
  test.each([
    '+79991234567',
    '79991234567',
    '89991234567',
    '9991234567',
    '+7 (999) 123-45-67',
    '8 999 123 45 67',
    '999 123 45 67',
  ])('[H22, H23] %j is +79991234567', (input) => {
    expect(toE164(input, [])).toBe('+79991234567');
  });

  test.each([
    '+799912345678',
    '89991234',
    '8',
    '19991234567',
    '+1 999 123 4567',
    '+380501234567',
    '',
    'abc',
    '+7٩٩٩١٢٣٤٥٦٧',
    '７９９９１２３４５６７',
  ])('[H22, H23] %j is no number', (input) => {
    expect(toE164(input, [])).toBeUndefined();
  });

  test.each([
    ['+375 29 123-45-67', '+375291234567'],
    ['  +375291234567', '+375291234567'],
    ['+77012345678', '+77012345678'],
    ['375291234567', undefined],
    ['+380501234567', undefined],
    ['+375 29 123', undefined],
    ['+375 99 000 00 00', undefined],
  ])('[H23] with Belarus and Kazakhstan configured %j is %j', (input, phone) => {
    expect(toE164(input, ['BY', 'KZ'])).toBe(phone);
  });

  // Without their plus these would be ten digits, and somebody's number in Russia.
  test.each([
    ['+45 32 12 34 56', 'DK', '+4532123456'],
    ['+47 22 12 34 56', 'NO', '+4722123456'],
    ['+65 6123 4567', 'SG', '+6561234567'],
    ['+45 32 12 34 56', 'SG', undefined],
  ] as const)('[H23] %j with numbers of %s taken is %j', (input, country, phone) => {
    expect(toE164(input, [country])).toBe(phone);
  });

  test.each(FOREIGN)('[H23] a number of another country is nobody’s in Russia: %s', (number) => {
    for (const around of ['', ...AROUND]) {
      for (const plus of PLUSES) {
        const written = `${around}${plus}${around}${number
          .slice(1)
          .split(' ')
          .join(around || ' ')}`;
        expect(toE164(written, []), JSON.stringify(written)).toBeUndefined();
        expect(toE164(written, ['BY']), JSON.stringify(written)).toBeUndefined();
        expect(fullToE164(written, []), JSON.stringify(written)).toBeUndefined();
      }
    }
    expect(fullToE164(number.replace(/\D/g, ''), [])).toBeUndefined();
  });

  test.each(AROUND)('[H24] a number is the same with %j anywhere around and in it', (around) => {
    const write = (number: string, plus = '+') =>
      [around, plus, around, [...number].join(around), around].join('');
    for (const plus of PLUSES) {
      expect(toE164(write('79991234567', plus), [])).toBe('+79991234567');
      expect(toE164(write('375291234567', plus), ['BY'])).toBe('+375291234567');
      expect(toE164(write('4532123456', plus), ['DK'])).toBe('+4532123456');
      expect(toE164(write('4532123456', plus), ['BY'])).toBeUndefined();
    }
    expect(toE164(write('89991234567', ''), [])).toBe('+79991234567');
    expect(toE164(write('9991234567', ''), ['BY'])).toBe('+79991234567');
  });

  test.each([
    ['+8 999 123-45-67', '+79991234567'],
    ['＋8 (999) 123-45-67', '+79991234567'],
    ['+8 812 123-45-67', undefined],
    ['+8 495 123-45-67', undefined],
    ['+999 123 45 67', undefined],
    ['8 +999 123 45 67', undefined],
    ['7+9607125756', undefined],
    ['89991234567+', '+79991234567'],
  ])('[H23] a number with its plus is %j %j', (input, phone) => {
    expect(toE164(input, [])).toBe(phone);
    expect(toE164(input, ['BY', 'JP', 'DK'])).toBe(phone);
  });

  test('[H23] digits of other scripts are read where their country is configured', () => {
    expect(toE164('+٣٧٥٢٩١٢٣٤٥٦٧', ['BY'])).toBe('+375291234567');
    expect(toE164('+９７１ 50 123 4567', ['AE'])).toBe('+971501234567');
    expect(toE164('+٩٦٠ 7 999 123 45 67', [])).toBeUndefined();
    expect(toE164('+971 50 १ 123 4567', ['AE'])).toBeUndefined();
  });

  test.each([
    ['79991234567', [], '+79991234567'],
    ['89991234567', [], '+79991234567'],
    ['+7 999 123-45-67', [], '+79991234567'],
    ['9991234567', [], undefined],
    ['84951234567', [], undefined],
    ['9607125756', [], undefined],
    ['9607125756', ['MV'], '+9607125756'],
    ['4532123456', ['DK'], '+4532123456'],
    ['81312345678', ['JP'], '+81312345678'],
    ['9991234567', ['DK', 'MV', 'IN'], undefined],
  ] as const)('[H25] Telegram’s %j with %j is %j', (input, countries, phone) => {
    expect(fullToE164(input, countries)).toBe(phone);
  });

  test('[H3] a whole body of pluses and digits is read at once, and is no number', () => {
    for (const filler of ['+', '1', '+1', '１', '\u202d+']) {
      const written = `1${filler.repeat(50_000)}1`;
      expect(toE164(written, ['BY'])).toBeUndefined();
      expect(fullToE164(written, ['BY'])).toBeUndefined();
    }
    expect(toE164(`${'\u200b'.repeat(50_000)}+79991234567`, [])).toBe('+79991234567');
  }, 2_000);

  test('[H23] a Russian number is read alike with and without other countries', () => {
    expect(toE164('8 (999) 123-45-67', ['BY', 'KZ'])).toBe('+79991234567');
  });

  test('[H22] a number is +7 and ten digits or nothing, and stays the same when read again', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'0123456789789+-() x'), maxLength: 18 }),
        (input) => {
          const phone = toE164(input, []);
          if (phone === undefined) return;
          expect(phone).toMatch(/^\+7\d{10}$/);
          expect(toE164(phone, [])).toBe(phone);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('[A3] a number is shown with its first four characters and its last two', () => {
    expect(maskPhone('+79991234567')).toBe('+799***67');
    expect(maskPhone('+375291234567')).toBe('+375***67');
  });
});
