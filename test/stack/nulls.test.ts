import { describe, expect, test } from 'vitest';
import { operationsOf } from '../support/api-description.ts';
import { localApi, runningApi } from '../support/client.ts';
import { freshPhone } from '../support/fresh.ts';
import { freshChat, requestCode, signIn } from '../support/sign-in.ts';

const api = runningApi();
const operations = operationsOf((await api.send('GET', '/openapi.json')).body);
const optional = operations.flatMap((operation) => {
  const { properties = {}, required = [] } = Object(operation.body);
  const names = Object.keys(properties).filter((name) => !required.includes(name));
  return names.length > 0 ? [{ ...operation, names }] : [];
});

describe('null in an optional field counts as absence', () => {
  test.each(optional)(
    '[H4] null in an optional field counts as absence at $name',
    async ({ method, path, names, body }) => {
      const token = await signIn(api);
      const headers = { 'X-Link-Secret': 'dev-link-secret' };
      const filled = path.replace(/\{\w+\}/, 'x');
      const nulls = Object.fromEntries(names.map((name) => [name, null]));
      const [absent, present] = [
        await api.send(method, filled, { body: {}, token, headers }),
        await api.send(method, filled, { body: nulls, token, headers }),
      ];
      expect([present.status, present.body.code]).toEqual([absent.status, absent.body.code]);
      for (const name of names) {
        expect(JSON.stringify(Object(body).properties[name]), name).toMatch(/"type":"null"|^\{\}$/);
      }
    },
  );

  test('[H4] null is absence in a guess, a call, a profile and a link', async () => {
    expect(optional.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['/api/auth/verify-code', '/api/calls', '/api/profile']),
    );
    const phone = freshPhone();
    const { code } = await requestCode(api, phone);
    const guess = await api.post('/api/auth/verify-code', { phone, code, requestId: null });
    expect(guess.status).toBe(200);
    const token = String(guess.body.token);
    const change = { username: null, displayName: 'Имя' };
    expect((await api.send('PATCH', '/api/profile', { body: change, token })).status).toBe(200);
    const body = { username: null, displayName: null };
    const nothing = await api.send('PATCH', '/api/profile', { body, token });
    expect([nothing.status, nothing.body.displayName]).toEqual([200, 'Имя']);
    const { userId } = (await api.send('GET', '/api/profile', { token: await signIn(api) })).body;
    const call = await api.post('/api/calls', { to: userId, video: null, offer: null }, { token });
    expect([call.status, call.body.video]).toEqual([201, false]);
    const headers = { 'X-Link-Secret': 'dev-link-secret' };
    for (const ids of [
      { telegramChatId: null, chat_id: freshChat() },
      { telegramChatId: freshChat(), chat_id: null },
    ]) {
      const fields = { phone, secret: null, ...ids };
      const linked = await api.post('/api/internal/link-telegram', fields, { headers });
      expect(linked.status).toBe(200);
    }
  });

  test('[H4] null in a needed field gets the answers of an empty body', async () => {
    const local = localApi();
    const token = await signIn(local);
    const auth = ['request-code', 'verify-code', 'qr/confirm'].map((name) => `/api/auth/${name}`);
    for (const path of [...auth, '/api/calls']) {
      const [absent, present] = [
        await local.post(path, {}, { token }),
        await local.post(path, { phone: null, code: null, to: null }, { token }),
      ];
      expect([present.status, present.body.code]).toEqual([absent.status, absent.body.code]);
    }
  });
});
