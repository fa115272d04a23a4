import { afterEach, describe, expect, test } from 'vitest';
import { ENDPOINTS } from '../../src/contract/http/endpoints.ts';
import { localApi, runningApi } from '../support/client.ts';
import { ProxyControl } from '../support/proxy.ts';
import { anyToken, confirm, showQr, strangeCode } from '../support/qr.ts';
import { stack } from '../support/stack.ts';

const api = runningApi();
const database = new ProxyControl(stack.databaseProxy);
const redis = new ProxyControl(stack.redisProxy);
const stores = [database, redis];
const healthy = () => Promise.all(stores.map((store) => store.behave({ mode: 'pass' })));
afterEach(healthy);

const HARMLESS = [
  ...['/health', '/health/ready', '/api/auth/qr/image', '/api/push/key'],
  ...['/openapi.json', '/docs'],
];
const GETS = ENDPOINTS.filter(({ method, path }) => method === 'get' && !HARMLESS.includes(path));
const getPaths = new Set(
  ENDPOINTS.filter(({ method }) => method === 'get').map(({ path }) => path),
);
const OTHERS = ENDPOINTS.filter(({ path }) => !getPaths.has(path));

const filled = (path: string) => path.replace(/:(id|room)/, crypto.randomUUID());

describe('HEAD', () => {
  test.each(GETS)(
    '[H17] HEAD of $path asks no store and answers 405, whoever asks',
    async ({ path }) => {
      const token = await anyToken();
      const headers = {
        Upgrade: 'websocket',
        'X-Poll-Token': `${strangeCode()}.${'A'.repeat(43)}`,
      };
      await healthy();
      for (const to of [api, localApi()]) {
        const options = { token, headers: to === api ? {} : headers };
        const query = `code=${strangeCode()}&token=${token}&ticket=x`;
        const answer = await to.send('HEAD', `${filled(path)}?${query}`, options);
        expect([answer.status, answer.text]).toEqual([405, '']);
        const allowed = (answer.headers.get('Allow') ?? '').split(', ');
        const own = ENDPOINTS.filter((one) => one.path === path);
        expect(allowed.sort()).toEqual(own.map(({ method }) => method.toUpperCase()).sort());
        expect(answer.headers.get('X-Request-Id')).not.toBeNull();
      }
      expect([await database.calls(), await redis.calls()]).toEqual([0, 0]);
    },
  );

  test.each(OTHERS)('[H17] HEAD of $path, which has no GET, is 405', async ({ path }) => {
    await healthy();
    expect((await api.send('HEAD', filled(path), { token: await anyToken() })).status).toBe(405);
    expect([await database.calls(), await redis.calls()]).toEqual([0, 0]);
  });

  test.each(HARMLESS)('[H17] HEAD of %s is what GET is, without a body', async (path) => {
    const head = await api.send('HEAD', `${path}?code=ABCDEF`);
    const get = await api.send('GET', `${path}?code=ABCDEF`);
    expect([head.status, head.text]).toEqual([200, '']);
    expect(head.headers.get('Content-Type')).toBe(get.headers.get('Content-Type'));
    expect((await api.send('PUT', path)).headers.get('Allow')).toContain('HEAD');
  });

  test('[H9, H17] HEAD of an address where nothing is is 404', async () => {
    expect((await api.send('HEAD', '/api/nothing')).status).toBe(404);
  });

  test('[H17] HEAD is offered nowhere else', async () => {
    expect((await api.send('PUT', '/api/auth/qr/check')).headers.get('Allow')).toBe('GET');
  });

  test('[H17] HEAD leaves a confirmed token to be collected', async () => {
    const { code, poll, pollToken, address } = await showQr(api);
    await confirm(api, code, await anyToken());
    await api.send('HEAD', '/api/auth/qr/check', { headers: { 'X-Poll-Token': pollToken } });
    await api.send('HEAD', `/api/auth/qr/check?code=${code}`, { address });
    expect((await poll()).body.status).toBe('ready');
  });
});
