import { decodeJwt } from 'jose';
import { describe, expect, test } from 'vitest';
import { localApi, runningApi, TestClock } from '../support/client.ts';
import { freshAddress } from '../support/fresh.ts';
import { anyToken, confirm, deny, info, showQr } from '../support/qr.ts';

const api = runningApi();
const token = await anyToken();
const { userId } = decodeJwt(token);

describe('a client with a poll token', () => {
  test('[A26] a client with a poll token is told how to poll, where to listen and what to show', async () => {
    const { body } = await api.post('/api/auth/qr/request');
    expect(body).toEqual({
      code: expect.any(String),
      ttlSeconds: 300,
      pollToken: expect.stringMatching(new RegExp(`^${body.code}\\.[\\w-]{43}$`)),
      intervalSeconds: 2,
      url: `aist://qr?code=${body.code}`,
      room: expect.stringMatching(/^[\w-]{1,64}$/),
    });
  });

  test('[A28] a client with a poll token is signed in from whatever address it polls, once', async () => {
    const { code, poll } = await showQr(api);
    expect((await poll()).body).toEqual({ status: 'pending' });
    await confirm(api, code, token);
    const ready = await poll();
    expect(ready.body.status).toBe('ready');
    expect(ready.headers.get('Cache-Control')).toBe('no-store');
    expect(decodeJwt(String(ready.body.token))).toMatchObject({
      userId,
      sid: expect.stringMatching(/^[\w-]{22}$/),
    });
  });

  test('[A29] a client with a poll token may collect the same session again for 10 s', async () => {
    const clock = new TestClock();
    const local = localApi({}, clock.now);
    const { code, poll, pollByCode } = await showQr(local);
    const token = await anyToken();
    await confirm(local, code, token);
    const first = await poll();
    expect(first.body.status).toBe('ready');
    for (const seconds of [0, 9.999]) {
      clock.advance(seconds);
      const again = await poll();
      expect(again.body).toEqual(first.body);
      expect(again.headers.get('Cache-Control')).toBe('no-store');
      expect((await pollByCode()).body).toEqual({ status: 'expired' });
    }
    const { sessions } = (await local.send('GET', '/api/sessions', { token })).body;
    expect(JSON.stringify(sessions).split('"method":"qr"')).toHaveLength(2);
    clock.advance(0.001);
    expect((await poll()).body).toEqual({ status: 'expired' });
    await local.settle();
  });

  test('[A28, A29] a client collects nothing again of an ended session, or after a bare code', async () => {
    const local = localApi();
    const [ended, taken] = [await showQr(local), await showQr(local)];
    const token = await anyToken();
    await confirm(local, ended.code, token);
    const collected = String((await ended.poll()).body.token);
    await local.post('/api/auth/logout', {}, { token: collected });
    expect((await ended.poll()).body).toEqual({ status: 'expired' });
    await confirm(local, taken.code, token);
    expect((await taken.pollByCode()).body.status).toBe('ready');
    expect((await taken.poll()).body).toEqual({ status: 'expired' });
    await local.settle();
  });

  test('[A32] a client is told to slow down when it polls faster than every 1.5 s', async () => {
    const clock = new TestClock();
    const local = localApi({}, clock.now);
    const { code, poll } = await showQr(local);
    const slow = { status: 'slow_down', intervalSeconds: 2 };
    expect((await poll()).body).toEqual({ status: 'pending' });
    expect((await poll()).body).toEqual(slow);
    clock.advance(1.4);
    expect((await poll()).body).toEqual(slow);
    clock.advance(0.1);
    expect((await poll()).body).toEqual({ status: 'pending' });
    await confirm(local, code, token);
    expect((await poll()).body.status).toBe('ready');
    await local.settle();
  });

  test('[A31] a client is told that it was denied, also after somebody had confirmed', async () => {
    for (const before of [false, true]) {
      const { code, poll } = await showQr(api);
      if (before) await confirm(api, code, token);
      expect((await deny(api, code, token)).body).toEqual({ ok: true });
      expect((await poll()).body).toEqual({ status: 'denied' });
      expect((await confirm(api, code, token)).body).toMatchObject({
        message: 'Код истёк или не найден',
      });
    }
  });
});

describe('a code', () => {
  test('[A26, A29] a code can be confirmed for 300 s, and collected for 10 s more', async () => {
    const clock = new TestClock();
    const local = localApi({}, clock.now);
    const shown = async () => showQr(local);
    const [late, lost, bare, fresh, denied] = [
      await shown(),
      await shown(),
      await shown(),
      await shown(),
      await shown(),
    ];
    clock.advance(299.999);
    for (const { code } of [lost, bare, fresh, denied]) {
      expect((await confirm(local, code, token)).status).toBe(200);
    }
    clock.advance(0.001);
    const refused = { ok: false, message: 'Код истёк или не найден' };
    expect((await confirm(local, late.code, token)).body).toMatchObject(refused);
    expect((await deny(local, late.code, token)).body).toMatchObject(refused);
    expect((await late.poll()).body).toEqual({ status: 'expired' });
    clock.advance(9.998);
    expect((await bare.pollByCode()).body).toMatchObject({ status: 'ready' });
    expect((await fresh.poll()).body).toMatchObject({ status: 'ready' });
    expect((await deny(local, denied.code, token)).body).toEqual({ ok: true });
    expect((await denied.poll()).body).toEqual({ status: 'denied' });
    clock.advance(0.002);
    for (const { code, poll, pollByCode } of [late, lost]) {
      expect((await poll()).body).toEqual({ status: 'expired' });
      expect((await pollByCode()).body).toEqual({ status: 'expired' });
      expect((await deny(local, code, token)).body).toMatchObject(refused);
    }
    await local.settle();
  });

  test('[A26] a code leads to the web client where there is one, whatever the request says', async () => {
    const local = localApi({ APP_URL: 'https://web.aist.example/' });
    const { code, url } = await showQr(local, {
      Host: 'evil.example',
      'X-Forwarded-Host': 'evil.example',
    });
    expect(url).toBe(`https://web.aist.example/qr?code=${code}`);
  });

  test.each([
    [undefined, 'Код не указан'],
    ['', 'Код не указан'],
    ['- -', 'Код не указан'],
    [{ toString: 1 }, 'Код не указан'],
    [null, 'Код не указан'],
    [['ABCDEF'], 'Код не указан'],
    ['ABCDEF', 'Код истёк или не найден'],
    ['000000', 'Код истёк или не найден'],
    ['\u0000ABCDEF', 'Код истёк или не найден'],
  ])('[A26, A30] %j is refused by confirm, deny and info', async (code, message) => {
    const answers = [
      await api.post('/api/auth/qr/confirm', { code }, { token }),
      await api.post('/api/auth/qr/deny', { code }, { token }),
      ...(typeof code === 'string' ? [await info(api, encodeURIComponent(code), token)] : []),
    ];
    for (const answer of answers) {
      expect(answer.status).toBe(400);
      expect(answer.body).toMatchObject({ ok: false, message, error: message });
    }
  });

  test('[A30] a code that was confirmed or used is not confirmed again, by nobody', async () => {
    const { code, poll } = await showQr(api);
    await confirm(api, code, token);
    const taken = { ok: false, message: 'Код уже подтверждён', code: 'qr_code_confirmed' };
    expect((await confirm(api, code, token)).body).toMatchObject(taken);
    expect((await info(api, code, await anyToken())).body).toMatchObject(taken);
    expect((await deny(api, code, await anyToken())).body).toMatchObject(taken);
    expect((await poll()).body.status).toBe('ready');
    expect((await confirm(api, code, token)).body).toMatchObject(taken);
    expect((await deny(api, code, token)).body).toMatchObject(taken);
  });

  test('[H20] a code wants somebody who is signed in', async () => {
    const { code } = await showQr(api);
    for (const answer of [
      await confirm(api, code, 'x'),
      await deny(api, code, 'x'),
      await info(api, code, 'x'),
    ]) {
      expect([answer.status, answer.body.error]).toEqual([401, 'Invalid token']);
    }
    const nobody = await api.post('/api/auth/qr/confirm', { code });
    expect([nobody.status, nobody.body.error]).toEqual([401, 'No token']);
  });

  test('[A31] a code tells who has read it what it would sign in, and changes nothing', async () => {
    const clock = new TestClock();
    const local = localApi({}, clock.now);
    const userAgent =
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) ' +
      'Chrome/141.0.0.0 Safari/537.36';
    const { code, poll } = await showQr(local, { 'User-Agent': userAgent });
    clock.advance(12);
    expect((await info(local, code, token)).body).toEqual({
      ok: true,
      browser: 'Chrome',
      system: 'Windows',
      city: '',
      country: '',
      ageSeconds: 12,
      expiresInSeconds: 288,
    });
    expect((await poll()).body).toEqual({ status: 'pending' });
  });
});

describe('the image', () => {
  const image = (query: string) => api.send('GET', `/api/auth/qr/image${query}`);

  test('[A26] the image is an SVG that runs and loads nothing', async () => {
    const answer = await image('?code=abc-def');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('Content-Type')).toMatch(/^image\/svg\+xml/);
    expect(answer.headers.get('Content-Security-Policy')).toBe("default-src 'none'");
    expect(answer.headers.get('Cache-Control')).toBe('private, max-age=300');
    expect(answer.text).toMatch(/^<svg [\s\S]*<\/svg>$/);
    expect(answer.text).toBe((await image('?code=ABCDEF')).text);
    expect(answer.text).not.toBe((await image('?code=ABCDEG')).text);
  });

  test.each([
    ['', 'qr_code_missing'],
    ['?code=-', 'qr_code_missing'],
    ['?code=ABCDE', 'qr_code_unknown'],
    ['?code=ABCDEFG', 'qr_code_unknown'],
    ['?code=000000', 'qr_code_unknown'],
  ])('[A26] the image is refused for what is no code: %s', async (query, code) => {
    const answer = await image(query);
    expect([answer.status, answer.body.code]).toEqual([400, code]);
  });
});

test('[A31] a code that another user denies while it waits is denied', async () => {
  const { code, poll } = await showQr(api);
  expect((await deny(api, code, await anyToken())).status).toBe(200);
  expect((await poll()).body).toEqual({ status: 'denied' });
});

test('[A28] a code of one address is unknown to another, and its client is not disturbed', async () => {
  const { pollByCode } = await showQr(api);
  expect((await pollByCode(freshAddress())).body).toEqual({ status: 'expired' });
  expect((await pollByCode()).body).toEqual({ status: 'pending' });
});
