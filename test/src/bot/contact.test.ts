import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ownPhone } from '../../../src/bot/contact.ts';

const message = (phone_number: string, fields: object = {}) => ({
  from: { id: 7 },
  contact: { phone_number, user_id: 7 },
  ...fields,
});

describe('the number of a shared contact', () => {
  test.each(['79991234567', '+79991234567'])('is taken when it is one’s own: %s', (given) => {
    expect(ownPhone(message(given), [])).toEqual({ ok: true, phone: '+79991234567' });
  });

  test.each([
    [undefined, 'nobody in Telegram'],
    [8, 'somebody else'],
  ] as [number | undefined, string][])('is not one’s own: of %j, %s', (user_id, _) => {
    const contact = { phone_number: '79991234567', ...(user_id !== undefined && { user_id }) };
    expect(ownPhone({ from: { id: 7 }, contact }, [])).toEqual({ ok: false, reason: 'not_yours' });
  });

  test('is not read by the rules for what people type: a number of another country is none of Russia', () => {
    for (const foreign of ['4532123456', '81312345678', '+9607125756', '380501234567']) {
      for (const countries of [[], ['BY'] as const]) {
        expect(ownPhone(message(foreign), countries)).toEqual({ ok: false, reason: 'not_served' });
      }
    }
  });

  test.each([
    '89991234567',
    '+89991234567',
    '9991234567',
    '7999123456',
    '799912345678',
    '+7 999 123-45-67',
    '8 (999) 123-45-67',
    '7-999-123-45-67',
    '79991234567\u0000',
    '٧٩٩٩١٢٣٤٥٦٧',
    '+45 32 12 34 56',
    '',
  ])(
    'is not read when it is no number of any country, or written with anything else in it: %j',
    (given) => {
      for (const countries of [[], ['BY', 'DK'] as const]) {
        expect(ownPhone(message(given), countries)).toEqual({ ok: false, reason: 'unreadable' });
      }
    },
  );

  test('is taken of the countries that are configured', () => {
    expect(ownPhone(message('375291234567'), ['BY'])).toEqual({ ok: true, phone: '+375291234567' });
    expect(ownPhone(message('4532123456'), ['DK'])).toEqual({ ok: true, phone: '+4532123456' });
    expect(ownPhone(message('375291234567'), ['DK'])).toEqual({ ok: false, reason: 'not_served' });
  });

  test('is never anything but the digits that Telegram gave, whatever those are', () => {
    const given = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom(...'+0123456789 (-') }),
    );
    fc.assert(
      fc.property(given, (text) => {
        const own = ownPhone(message(text), ['BY', 'KZ', 'US']);
        if (own.ok) expect([own.phone, own.phone.slice(1)]).toContain(text);
      }),
      { numRuns: 200 },
    );
  });
});
