import { describe, expect, test } from 'vitest';
import { runningApi } from '../support/client.ts';
import { anyToken, confirm, deny, showQr } from '../support/qr.ts';
import { signIn } from '../support/sign-in.ts';

const api = runningApi();
const token = await anyToken();

describe('a legacy client', () => {
  test('[A27, A28] a legacy client shows a code, polls with it alone, and is signed in', async () => {
    const phone = await signIn(api);
    const { code, pollByCode } = await showQr(api);
    expect((await pollByCode()).body).toEqual({ status: 'pending' });
    expect((await pollByCode()).body).toEqual({ status: 'pending' });
    const confirmed = await confirm(api, code, phone);
    expect([confirmed.status, confirmed.body]).toEqual([200, { ok: true }]);
    const ready = await pollByCode();
    expect(ready.body).toEqual({ status: 'ready', token: expect.any(String) });
    expect((await pollByCode()).body).toEqual({ status: 'expired' });

    const profile = (as: unknown) => api.send('GET', '/api/profile', { token: String(as) });
    expect((await profile(ready.body.token)).body).toEqual((await profile(phone)).body);
    const { sessions } = (await api.send('GET', '/api/sessions', { token: phone })).body;
    expect(sessions).toMatchObject([
      { method: 'qr', current: false },
      { method: 'code', current: true },
    ]);
  });

  test('[A26, H1] a legacy client asks for a code without a body, with one, and with no JSON', async () => {
    for (const body of [undefined, {}, { code: 'X' }, [1], '{ malformed']) {
      const answer = await api.send('POST', '/api/auth/qr/request', { body });
      expect(answer.status, answer.text).toBe(200);
      expect(answer.body).toMatchObject({
        code: expect.stringMatching(/^[A-HJ-NP-Z2-9]{6}$/),
        ttlSeconds: 300,
      });
    }
  });

  test.each(['', '?code=', '?code=---', '?code=%D1%84', '?code[toString]=1', '?other=ABCDEF'])(
    '[A27] a legacy client is told that it gave no code: %s',
    async (query) => {
      const answer = await api.send('GET', `/api/auth/qr/check${query}`);
      expect(answer.status).toBe(400);
      expect(answer.body).toMatchObject({
        status: 'invalid',
        ok: false,
        message: 'Код не указан',
        code: 'qr_code_missing',
        requestId: answer.headers.get('X-Request-Id'),
      });
    },
  );

  test.each(['AAAAAA', '000000', 'A', 'ABCDEFGHJK'])(
    '[A27] a legacy client is told that an unknown code has expired: %s',
    async (code) => {
      const answer = await api.send('GET', `/api/auth/qr/check?code=${code}`);
      expect([answer.status, answer.body]).toEqual([200, { status: 'expired' }]);
    },
  );

  test('[A26] a legacy client may write the code as people do', async () => {
    const { code, address } = await showQr(api);
    const typed = ` ${code.slice(0, 3).toLowerCase()}-${code.slice(3)}.`;
    const check = await api.send('GET', `/api/auth/qr/check?code=${encodeURIComponent(typed)}`, {
      address,
    });
    expect(check.body).toEqual({ status: 'pending' });
    expect((await confirm(api, typed, token)).status).toBe(200);
  });

  test('[A32] a legacy client is not held back however fast it polls, and a denial ends it', async () => {
    const { code, pollByCode } = await showQr(api);
    for (let i = 0; i < 5; i++) expect((await pollByCode()).body).toEqual({ status: 'pending' });
    await deny(api, code, token);
    expect((await pollByCode()).body).toEqual({ status: 'expired' });
  });
});
