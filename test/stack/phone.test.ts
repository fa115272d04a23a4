import { describe, expect, test } from 'vitest';
import { localApi, runningApi } from '../support/client.ts';
import { freshPhone } from '../support/fresh.ts';
import { freshChat, link, messagesOf, requestCode } from '../support/sign-in.ts';

const api = runningApi();

/**
 * One number in every form that people write [H22, H23, H24]; fresh digits, so that no send meets
 * another's limit.
 */
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
  test.each(forms)('[H22, H23, H24] a number is understood in the form %#', async (form) => {
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
    '+960 712 5756',
    '＋960 712 5756',
    '\u202d+960 712 5756',
    'tel:+9607125756',
    '+45 32 50 13 58',
    '+888 0123 4567',
    '+84 912 345 678',
  ])('[H22, H23, H24] %j is refused', async (phone) => {
    const answer = await api.post('/api/auth/request-code', { phone });
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({
      ok: false,
      message: 'Некорректный номер',
      code: 'invalid_phone',
    });
  });

  test('[H23] a number of another country is taken where it is configured, with its + alone', async () => {
    const belarus = localApi({ PHONE_COUNTRIES: 'BY,KZ' });
    const phone = `+37529${String(Math.floor(1e6 + Math.random() * 8e6))}`;
    const taken = await belarus.post('/api/auth/request-code', {
      phone: phone.replace('+375', '+375 '),
    });
    expect(taken.body).toMatchObject({ ok: true, masked: `+375***${phone.slice(-2)}` });
    expect((await belarus.post('/api/auth/request-code', { phone: phone.slice(1) })).status).toBe(
      400,
    );
    expect((await belarus.post('/api/auth/request-code', { phone: '+380501234567' })).status).toBe(
      400,
    );
    await belarus.settle();
  });

  test('[H23] a number of another country opens nobody’s account, and takes nobody’s link', async () => {
    const phone = freshPhone();
    const [owner, stranger] = [freshChat(), freshChat()];
    await link(api, phone, owner);
    const headers = { 'X-Link-Secret': 'dev-link-secret' };
    const digits = phone.slice(2);
    for (const foreign of [`+${digits}`, digits, Number(digits), `＋${digits}`, `(+${digits})`]) {
      const body = { phone: foreign, telegramChatId: stranger };
      const linked = await api.post('/api/internal/link-telegram', body, { headers });
      expect([linked.status, linked.body.code]).toEqual([400, 'link_fields_required']);
    }
    expect((await api.post('/api/auth/request-code', { phone: `+${digits}` })).status).toBe(400);
    const guess = await api.post('/api/auth/verify-code', { phone: `+${digits}`, code: '123456' });
    expect(guess.body.message).toBe('Некорректный номер');
    const { code } = await requestCode(api, phone);
    expect((await messagesOf(owner)).join()).toContain(code);
    expect(await messagesOf(stranger, 0)).toEqual([]);
  });
});
