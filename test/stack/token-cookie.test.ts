import { describe, expect, test } from 'vitest';
import type { Answer } from '../support/client.ts';
import { localApi, runningApi } from '../support/client.ts';
import { freshPhone } from '../support/fresh.ts';
import { confirm, showQr } from '../support/qr.ts';
import { requestCode, signIn } from '../support/sign-in.ts';
import { stack } from '../support/stack.ts';

const api = runningApi();
const ASK = { 'X-Session': 'cookie' };

/** The cookie of an answer, and what the browser is told about it. */
const cookieOf = ({ headers }: Answer) => {
  const [pair = '', ...attributes] = (headers.get('Set-Cookie') ?? '').split('; ');
  const [name = '', value = ''] = pair.split('=');
  return { name, value, attributes: attributes.sort() };
};

/** Signs in as the web app does: the token without its signature, and the cookie with it. */
const signInByPage = async () => {
  const phone = freshPhone();
  const { code } = await requestCode(api, phone);
  const answer = await api.post('/api/auth/verify-code', { phone, code }, { headers: ASK });
  expect(answer.status, answer.text).toBe(200);
  return { answer, token: String(answer.body.token), cookie: cookieOf(answer) };
};

const profile = (token: string, cookie?: string) => {
  const headers = cookie === undefined ? {} : { Cookie: `theme=dark; __Host-aist=${cookie}; x=1` };
  return api.send('GET', '/api/profile', { token, headers });
};

describe('a token whose signature is in a cookie', () => {
  test('[A49] a page that asks for it gets a token without its signature, which no script reads', async () => {
    const { answer, token, cookie } = await signInByPage();
    expect(token).toMatch(/^[\w-]+\.[\w-]+\.$/);
    expect(cookie).toEqual({
      name: '__Host-aist',
      value: expect.stringMatching(/^[\w-]{43}$/),
      attributes: ['HttpOnly', 'Max-Age=2592000', 'Path=/', 'SameSite=Strict', 'Secure'],
    });
    expect(answer.text).not.toContain(cookie.value);
    expect((await profile(token, cookie.value)).status).toBe(200);
  });

  test('[A49] neither the token nor the cookie is worth anything alone', async () => {
    const { token, cookie } = await signInByPage();
    const other = await signInByPage();
    expect((await profile(token)).body.code).toBe('invalid_token');
    expect((await profile(token, other.cookie.value)).body.code).toBe('invalid_token');
    expect((await profile(token, '')).body.code).toBe('invalid_token');
    const headers = { Cookie: `__Host-aist=${cookie.value}` };
    expect((await api.send('GET', '/api/profile', { headers })).body.code).toBe('no_token');
    expect((await profile('.', cookie.value)).body.code).toBe('invalid_token');
    const plain = { Cookie: `aist=${cookie.value}` };
    expect((await api.send('GET', '/api/profile', { token, headers: plain })).status).toBe(401);
  });

  test('[A49] a whole token counts as it is, whatever cookie comes with it', async () => {
    const whole = await signIn(api);
    const { cookie } = await signInByPage();
    expect((await profile(whole, cookie.value)).status).toBe(200);
    expect((await profile(`${whole.slice(0, -3)}AAA`, cookie.value)).status).toBe(401);
  });

  test('[A49] who does not ask for a cookie gets none, and a whole token', async () => {
    const phone = freshPhone();
    const { code } = await requestCode(api, phone);
    const headers = { 'X-Session': 'Cookie' };
    const answer = await api.post('/api/auth/verify-code', { phone, code }, { headers });
    expect(answer.headers.get('Set-Cookie')).toBeNull();
    expect((await profile(String(answer.body.token))).status).toBe(200);
    const wrong = { phone, code: '000000' };
    const refused = await api.post('/api/auth/verify-code', wrong, { headers: ASK });
    expect([refused.status, refused.headers.get('Set-Cookie')]).toEqual([400, null]);
  });

  test('[A49] [A29] a sign-in by QR code gives the cookie with the token, and not before', async () => {
    const shown = await showQr(api);
    const headers = { ...ASK, 'X-Poll-Token': shown.pollToken };
    const poll = () => api.send('GET', '/api/auth/qr/check', { headers });
    const pending = await poll();
    expect([pending.body, pending.headers.get('Set-Cookie')]).toEqual([
      { status: 'pending' },
      null,
    ]);
    await confirm(api, shown.code, await signIn(api));
    const ready = await poll();
    expect(ready.body).toMatchObject({ status: 'ready', token: expect.stringMatching(/\.$/) });
    expect((await profile(String(ready.body.token), cookieOf(ready).value)).status).toBe(200);
  });

  test('[A49] signing out takes the cookie back and ends the session', async () => {
    const { token, cookie } = await signInByPage();
    const headers = { ...ASK, Cookie: `__Host-aist=${cookie.value}` };
    const out = await api.post('/api/auth/logout', {}, { token, headers });
    expect(out.status).toBe(200);
    expect(cookieOf(out)).toMatchObject({ name: '__Host-aist', value: '' });
    expect(cookieOf(out).attributes).toEqual(
      expect.arrayContaining(['Max-Age=0', 'Path=/', 'Secure']),
    );
    expect((await profile(token, cookie.value)).status).toBe(401);
  });

  test('[A49] [H18] no page of another origin may send the header, or have its cookies sent', async () => {
    const { token } = await signInByPage();
    for (const Origin of ['https://evil.example', 'null']) {
      const preflight = await api.send('OPTIONS', '/api/auth/verify-code', {
        headers: {
          Origin,
          'Access-Control-Request-Method': 'POST',
          'Access-Control-Request-Headers': 'x-session',
        },
      });
      expect(preflight.headers.get('Access-Control-Allow-Headers')).not.toMatch(/session/i);
      const answer = await api.send('GET', '/api/profile', { token, headers: { Origin } });
      for (const { headers } of [preflight, answer])
        expect(headers.get('Access-Control-Allow-Credentials')).toBeNull();
    }
  });
});

describe('the address of the bot', () => {
  test('[A50] request-code answers it, where it is configured', async () => {
    const address = 'https://t.me/the_bot';
    const local = localApi({ TELEGRAM_BOT_URL: `${address}/` });
    const asked = await local.post('/api/auth/request-code', { phone: freshPhone() });
    expect(asked.body.botUrl).toBe(address);
    expect(stack.settings.TELEGRAM_BOT_URL).toBeUndefined();
    const without = await api.post('/api/auth/request-code', { phone: freshPhone() });
    expect(without.body).not.toHaveProperty('botUrl');
    await local.settle();
  });
});
