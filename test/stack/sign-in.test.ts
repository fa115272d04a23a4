import { decodeJwt, decodeProtectedHeader } from 'jose';
import { describe, expect, test } from 'vitest';
import { codeMessage } from '../../src/telegram/sign-in-messages.ts';
import { localApi, runningApi, TestClock } from '../support/client.ts';
import { freshAddress, freshPhone } from '../support/fresh.ts';
import { freshChat, link, messagesOf, requestCode, signIn, wrongCode } from '../support/sign-in.ts';
import { stack } from '../support/stack.ts';

const api = runningApi();

describe('signing in by phone', () => {
  test('[A3, A6, A16] signing in goes from a number over the code in Telegram to a profile', async () => {
    const phone = freshPhone();
    const chat = freshChat();
    await link(api, phone, chat);
    const { code } = await requestCode(api, phone);
    expect(await messagesOf(chat)).toEqual([
      `Ваш код для входа в AIST: ${code}\n\nКод действителен 5 минут. Никому не сообщайте код.`,
    ]);
    const { body } = await api.post('/api/auth/verify-code', { phone, code });
    expect(Object.keys(body)).toEqual(['ok', 'token']);
    const profile = await api.send('GET', '/api/profile', { token: String(body.token) });
    expect(profile.body).toMatchObject({
      userId: expect.any(String),
      phone,
      username: '',
      displayName: '',
    });
  });

  test('[A34, A35] signing in gives a token with the legacy claims and its session', async () => {
    const token = await signIn(api);
    expect(decodeProtectedHeader(token)).toEqual({
      alg: 'HS256',
      typ: 'JWT',
      kid: expect.any(String),
    });
    const { userId, iat, exp, ...rest } = decodeJwt(token);
    expect(userId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(Number(exp) - Number(iat)).toBe(30 * 86_400);
    expect(Math.abs(Number(iat) - Date.now() / 1000)).toBeLessThan(10);
    expect(rest).toEqual({ sid: expect.stringMatching(/^[\w-]{22}$/) });
  });

  test('[A8] signing in takes a code with anything between its digits, and a JSON number', async () => {
    const phone = freshPhone();
    const { code } = await requestCode(api, phone);
    const spaced = ` ${code.slice(0, 3)}-${code.slice(3)} `;
    expect((await api.post('/api/auth/verify-code', { phone, code: spaced })).status).toBe(200);

    let other = freshPhone();
    let numeric = await requestCode(api, other);
    while (numeric.code.startsWith('0')) {
      other = freshPhone();
      numeric = await requestCode(api, other);
    }
    const answer = await api.post('/api/auth/verify-code', {
      phone: Number(other.slice(1)),
      code: Number(numeric.code),
    });
    expect(answer.status).toBe(200);
  });

  test('[A10] signing in makes the same user each time', async () => {
    const clock = new TestClock();
    const local = localApi({}, clock.now);
    const phone = freshPhone();
    const first = decodeJwt(await signIn(local, phone));
    clock.advance(61);
    const second = decodeJwt(await signIn(local, phone));
    expect(second.userId).toBe(first.userId);
    expect(Number(second.iat) - Number(first.iat)).toBe(61);
  });

  test.each([
    [{ code: '123456' }],
    [{ phone: '', code: '123456' }],
    [{ phone: null, code: '123456' }],
    [{ phone: 0, code: '123456' }],
    [{ phone: false, code: '123456' }],
    [{ phone: '+79991234567' }],
    [{ phone: '+79991234567', code: '123' }],
    [{ phone: '+79991234567', code: '123456789' }],
    [{ phone: 'abc', code: 'abc' }],
    [{ phone: '+79991234567', code: { toString: 1 } }],
    [{}],
  ])('[A6] signing in answers "wrong code or format" to %j, whatever the number', async (body) => {
    const answer = await api.post('/api/auth/verify-code', body);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({
      message: 'Неверный код или формат',
      code: 'invalid_code_format',
    });
  });

  test.each([['8'], ['0'], [[]], [{}], [true], ['+1 999 123 4567']])(
    '[A6, H22] signing in answers "wrong number" to %j with a code',
    async (phone) => {
      const answer = await api.post('/api/auth/verify-code', { phone, code: '123456' });
      expect(answer.status).toBe(400);
      expect(answer.body).toMatchObject({ message: 'Некорректный номер', code: 'invalid_phone' });
    },
  );

  test.each<[string, (code: string) => unknown]>([
    ['spaces', (code) => ` ${code.slice(0, 3)} ${code.slice(3)} `],
    ['a hyphen', (code) => `${code.slice(0, 3)}-${code.slice(3)}`],
    ['the message of the bot', (code) => codeMessage(code).ru],
    ['the message of the bot in English', (code) => codeMessage(code).en],
    ['other numbers beside it', (code) => `28.11.2026 14:05 код ${code}, 5 минут, +7 999`],
    ['a number, which has lost its zeros', Number],
  ])('[A8] a code is taken with %s', async (_, write) => {
    // A code that begins with zeros is one of ten, so it is made to be one.
    const phone = freshPhone();
    const code = '012345';
    const local = localApi({ TEST_PHONES: `${phone}=${code}` });
    await requestCode(local, phone);
    const answer = await local.post('/api/auth/verify-code', { phone, code: write(code) });
    expect(answer.status, answer.text).toBe(200);
  });

  test('[A8] a guess that can be no code costs nothing, however often it comes', async () => {
    const phone = freshPhone();
    const address = freshAddress();
    const { code } = await requestCode(api, phone);
    const odd = ['1234', '12345', '1234567', '12345678', `${code}1`, `${code}12`, 12_345_678];
    const refused = { ok: false, message: 'Неверный код или он истёк', code: 'wrong_code' };
    const pasted = codeMessage('1234567').ru;
    for (const guess of [...odd, ...odd, ...odd, ...odd, ...odd, pasted]) {
      const answer = await api.post('/api/auth/verify-code', { phone, code: guess }, { address });
      expect([answer.status, answer.body]).toMatchObject([400, refused]);
    }
    const two = `${code} ${wrongCode(code)}`;
    const both = await api.post('/api/auth/verify-code', { phone, code: two });
    expect(both.body.code).toBe('invalid_code_format');
    const right = await api.post('/api/auth/verify-code', { phone, code }, { address });
    expect(right.status).toBe(200);
  });

  test('[A6, A9] another code, a used one and one nobody asked for are refused alike', async () => {
    const phone = freshPhone();
    const refused = { ok: false, message: 'Неверный код или он истёк', code: 'wrong_code' };
    expect((await api.post('/api/auth/verify-code', { phone, code: '123456' })).body).toMatchObject(
      refused,
    );
    const { code } = await requestCode(api, phone);
    expect(
      (await api.post('/api/auth/verify-code', { phone, code: wrongCode(code) })).body,
    ).toMatchObject(refused);
    expect((await api.post('/api/auth/verify-code', { phone, code })).status).toBe(200);
    const again = await api.post('/api/auth/verify-code', { phone, code });
    expect(again.status).toBe(400);
    expect(again.body).toMatchObject(refused);
  });

  test('[A1] a code lives for 300 seconds, and a newer code ends it', async () => {
    const clock = new TestClock();
    const local = localApi({}, clock.now);
    const phone = freshPhone();
    const first = await requestCode(local, phone);
    clock.advance(299);
    const second = await requestCode(local, phone);
    if (first.code !== second.code) {
      expect((await local.post('/api/auth/verify-code', { phone, code: first.code })).status).toBe(
        400,
      );
    }
    clock.advance(300);
    expect((await local.post('/api/auth/verify-code', { phone, code: second.code })).status).toBe(
      400,
    );

    const other = freshPhone();
    const third = await requestCode(local, other);
    clock.advance(299);
    expect(
      (await local.post('/api/auth/verify-code', { phone: other, code: third.code })).status,
    ).toBe(200);
  });

  test('[A11] an answer that got lost can be asked for again for 30 s, by its client alone', async () => {
    const clock = new TestClock();
    const local = localApi({}, clock.now);
    const phone = freshPhone();
    const { code, requestId } = await requestCode(local, phone);
    const first = await local.post('/api/auth/verify-code', { phone, code, requestId });
    clock.advance(30);
    const again = await local.post('/api/auth/verify-code', { phone, code, requestId });
    expect(again.body).toEqual(first.body);
    for (const requestIdOfOthers of [undefined, '', crypto.randomUUID()]) {
      const stranger = await local.post('/api/auth/verify-code', {
        phone,
        code,
        requestId: requestIdOfOthers,
      });
      expect(stranger.status).toBe(400);
    }
    expect(
      (await local.post('/api/auth/verify-code', { phone, code: wrongCode(code), requestId }))
        .status,
    ).toBe(400);
    clock.advance(1);
    expect((await local.post('/api/auth/verify-code', { phone, code, requestId })).status).toBe(
      400,
    );
  });

  test('[A9, A11] a code used without its requestId gives its session to nobody who shows it', async () => {
    const phone = freshPhone();
    const { code, requestId } = await requestCode(api, phone);
    expect((await api.post('/api/auth/verify-code', { phone, code })).status).toBe(200);
    const again = await api.post('/api/auth/verify-code', { phone, code, requestId });
    expect(again.body).toMatchObject({ code: 'wrong_code' });
    expect(again.body).not.toHaveProperty('token');
  });

  test('[A36] the secret of the codes can be changed while codes are under way', async () => {
    const phone = freshPhone();
    const { code } = await requestCode(api, phone);
    const rotated = localApi({
      CODE_SECRET: 'a-new-secret-of-this-very-test-0123',
      CODE_SECRET_PREVIOUS: String(stack.settings.CODE_SECRET),
    });
    const changed = localApi({ CODE_SECRET: 'a-new-secret-of-this-very-test-0123' });
    expect((await changed.post('/api/auth/verify-code', { phone, code })).status).toBe(400);
    expect((await rotated.post('/api/auth/verify-code', { phone, code })).status).toBe(200);
  });

  test('[A14] no answer carries the code where debugCode is off, whatever the request says', async () => {
    const closed = localApi({ DEBUG_CODE: 'off' });
    const local = {
      Host: 'localhost',
      'X-Forwarded-Host': 'localhost',
      Forwarded: 'host=localhost',
      Origin: 'http://localhost',
    };
    const debug = {
      debug: '1',
      'X-Debug': '1',
      'X-Debug-Code': '1',
      'CF-Connecting-IP': '127.0.0.1',
      'User-Agent': 'debug',
    };
    for (const headers of [{}, local, debug, { ...local, ...debug }]) {
      const answer = await closed.post(
        '/api/auth/request-code?debug=1',
        { phone: freshPhone(), debug: true, debugCode: true },
        { headers, address: freshAddress() },
      );
      expect(answer.status).toBe(200);
      expect(Object.keys(answer.body).sort()).toEqual(['masked', 'ok', 'requestId', 'ttlSeconds']);
      const { requestId, ...rest } = answer.body;
      expect(JSON.stringify(rest)).not.toMatch(/\d{6}/);
    }
    await closed.settle();
  });
});
