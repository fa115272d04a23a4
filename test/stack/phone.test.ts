import { describe, expect, test } from 'vitest';
import { localApi, runningApi } from '../support/client.ts';
import { freshPhone } from '../support/fresh.ts';

const api = runningApi();

/** One number in every form that people write it, from contract.md, with digits of its own so that no send meets another's limit. */
const forms = [
  (n: string) => `+7${n}`,
  (n: string) => `7${n}`,
  (n: string) => `8${n}`,
  (n: string) => n,
  (n: string) => `+7 (${n.slice(0, 3)}) ${n.slice(3, 6)}-${n.slice(6, 8)}-${n.slice(8)}`,
  (n: string) => `8 ${n.slice(0, 3)} ${n.slice(3, 6)} ${n.slice(6, 8)} ${n.slice(8)}`,
  (n: string) => `${n.slice(0, 3)} ${n.slice(3, 6)} ${n.slice(6, 8)} ${n.slice(8)}`,
  (n: string) => Number(`7${n}`),
  (n: string) => Number(n),
];

describe('a phone number', () => {
  test.each(forms)('is understood in the form %#', async (form) => {
    const phone = freshPhone();
    const answer = await api.post('/api/auth/request-code', { phone: form(phone.slice(2)) });
    expect(answer.body).toMatchObject({
      ok: true,
      masked: `${phone.slice(0, 4)}***${phone.slice(-2)}`,
      ttlSeconds: 300,
    });
    expect(answer.status).toBe(200);
  });

  test.each<unknown>([
    '+799912345678',
    '89991234',
    '8',
    '19991234567',
    '+1 999 123 4567',
    '+380501234567',
    '',
    'abc',
    null,
    undefined,
    true,
    [],
    {},
    { toString: 1 },
    ['+79991234567'],
    -79991234567,
    79991234567.5,
    '+7999123456\u0000',
    '+7٩٩٩١٢٣٤٥٦٧',
  ])('%j is refused', async (phone) => {
    const answer = await api.post('/api/auth/request-code', { phone });
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ ok: false, message: 'Некорректный номер', code: 'invalid_phone' });
  });

  test('of another country is taken where it is configured, and only with its +', async () => {
    const belarus = localApi({ PHONE_COUNTRIES: 'BY,KZ' });
    const phone = `+37529${String(Math.floor(1e6 + Math.random() * 8e6))}`;
    const taken = await belarus.post('/api/auth/request-code', { phone: phone.replace('+375', '+375 ') });
    expect(taken.body).toMatchObject({ ok: true, masked: `+375***${phone.slice(-2)}` });
    expect((await belarus.post('/api/auth/request-code', { phone: phone.slice(1) })).status).toBe(400);
    expect((await belarus.post('/api/auth/request-code', { phone: '+380501234567' })).status).toBe(400);
    await belarus.settle();
  });
});
