import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { maskPhone, toE164 } from '../../src/phone.ts';

describe('a phone number', () => {
  test.each([
    '+79991234567',
    '79991234567',
    '89991234567',
    '9991234567',
    '+7 (999) 123-45-67',
    '8 999 123 45 67',
    '999 123 45 67',
  ])('%j is +79991234567', (input) => {
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
  ])('%j is none', (input) => {
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
  ])('of Belarus and Kazakhstan, where they are configured: %j is %j', (input, phone) => {
    expect(toE164(input, ['BY', 'KZ'])).toBe(phone);
  });

  // Without their + they would be ten digits, and somebody's in Russia.
  test.each([
    ['+45 32 12 34 56', 'DK', '+4532123456'],
    ['+47 22 12 34 56', 'NO', '+4722123456'],
    ['+65 6123 4567', 'SG', '+6561234567'],
    ['+45 32 12 34 56', 'SG', undefined],
  ] as const)('%j with numbers of %s taken is %j', (input, country, phone) => {
    expect(toE164(input, [country])).toBe(phone);
  });

  test('of Russia is understood alike with and without other countries', () => {
    expect(toE164('8 (999) 123-45-67', ['BY', 'KZ'])).toBe('+79991234567');
  });

  test('is +7 and ten digits or nothing, and stays what it is when it is given again', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'0123456789789+-() x'), maxLength: 18 }), (input) => {
        const phone = toE164(input, []);
        if (phone === undefined) return;
        expect(phone).toMatch(/^\+7\d{10}$/);
        expect(toE164(phone, [])).toBe(phone);
      }),
      { numRuns: 500 },
    );
  });

  test('is shown with its first four characters and its last two', () => {
    expect(maskPhone('+79991234567')).toBe('+799***67');
    expect(maskPhone('+375291234567')).toBe('+375***67');
  });
});
