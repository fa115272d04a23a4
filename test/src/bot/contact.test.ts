import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ownPhone } from '../../../src/bot/contact.ts';

const message = (phone_number: string, fields: object = {}) => ({
  from: { id: 7 },
  contact: { phone_number, user_id: 7 },
  ...fields,
});

describe('the number of a shared contact', () => {
  test.each(['79991234567', '+79991234567'])(
    '[A42, H25] a contact of one’s own is taken: %s',
    (given) => {
      expect(ownPhone(message(given), [])).toEqual({ ok: true, phone: '+79991234567' });
    },
  );

  test.each([
    [undefined, 'nobody in Telegram'],
    [8, 'somebody else'],
  ] as [number | undefined, string][])(
    '[A42] a contact of %j, %s, is not one’s own',
    (user_id, _) => {
      const contact = { phone_number: '79991234567', ...(user_id !== undefined && { user_id }) };
      expect(ownPhone({ from: { id: 7 }, contact }, [])).toEqual({
        ok: false,
        reason: 'not_yours',
      });
    },
  );

  test('[H25] a contact is not read as people type: a foreign number is none of Russia', () => {
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
  ])('[H25] a contact that is no whole number of any country is not read: %j', (given) => {
    for (const countries of [[], ['BY', 'DK'] as const]) {
      expect(ownPhone(message(given), countries)).toEqual({ ok: false, reason: 'unreadable' });
    }
  });

  test('[H23, H25] a contact of a country that is configured is taken', () => {
    expect(ownPhone(message('375291234567'), ['BY'])).toEqual({ ok: true, phone: '+375291234567' });
    expect(ownPhone(message('4532123456'), ['DK'])).toEqual({ ok: true, phone: '+4532123456' });
    expect(ownPhone(message('375291234567'), ['DK'])).toEqual({ ok: false, reason: 'not_served' });
  });

  test('[H25] a contact’s number is the digits that Telegram gave, or nothing', () => {
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
