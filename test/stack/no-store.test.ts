import { describe, expect, test } from 'vitest';
import { ENDPOINTS } from '../../src/contract/http/endpoints.ts';
import type { Answer } from '../support/client.ts';
import { localApi, runningApi } from '../support/client.ts';
import { freshPhone } from '../support/fresh.ts';
import { confirm, info, showQr } from '../support/qr.ts';
import { requestCode, signIn } from '../support/sign-in.ts';

const api = runningApi();
const kept = ({ headers }: Answer) => headers.get('Cache-Control');

describe('what may be kept of an answer', () => {
  test.each(ENDPOINTS)(
    '[H16] $method $path may be kept by nobody, whoever asks',
    async ({ method, path }) => {
      const filled = path.replace(/:(id|room)/, crypto.randomUUID());
      for (const token of [undefined, await signIn(api)]) {
        const options = token === undefined ? {} : { token };
        const answer = await api.send(method.toUpperCase(), filled, options);
        expect(kept(answer), answer.text).toBe('no-store');
      }
    },
  );

  test('[H16] nothing may be kept where a token, a ticket, credentials or a person are in it', async () => {
    const phone = freshPhone();
    const { code } = await requestCode(api, phone);
    const signedIn = await api.post('/api/auth/verify-code', { phone, code });
    const token = String(signedIn.body.token);
    const shown = await showQr(api);
    const waiting = await shown.poll();
    const read = await info(api, shown.code, token);
    await confirm(api, shown.code, token);
    const other = await api.send('GET', '/api/profile', { token: await signIn(api) });
    const called = await api.post('/api/calls', { to: other.body.userId }, { token });
    const answers = [
      ...[signedIn, waiting, read, other, called, await shown.poll()],
      await api.send('POST', '/api/auth/qr/request'),
      await api.post('/api/calls/inbox', {}, { token }),
      await api.post(`/api/calls/${called.body.callId}/ticket`, {}, { token }),
      await api.send('GET', '/api/calls', { token }),
      await api.send('GET', '/api/calls/ice', { token }),
      await api.send('GET', '/api/chats', { token }),
      await api.send('GET', '/api/sessions', { token }),
      await api.send('PATCH', '/api/profile', { token, body: { displayName: 'Имя' } }),
    ];
    for (const answer of answers) {
      expect(answer.status, answer.text).toBeLessThan(300);
      expect(kept(answer)).toBe('no-store');
    }
  });

  test('[H16] nothing may be kept of errors', async () => {
    for (const answer of [
      await api.send('GET', '/api/nothing'),
      await api.send('PUT', '/api/profile'),
      await api.send('POST', '/api/auth/request-code', { body: '{' }),
      await localApi({ CORS_ORIGINS: 'https://web.aist.example' }).send('GET', '/api/profile'),
    ]) {
      expect(kept(answer)).toBe('no-store');
    }
  });

  test('[H16] what is public may be kept', async () => {
    expect(kept(await api.send('GET', '/docs'))).toBe('no-cache');
    expect(kept(await api.send('GET', '/openapi.json'))).toBe('no-cache');
    const image = await api.send('GET', '/api/auth/qr/image?code=ABCDEF');
    expect(kept(image)).toBe('private, max-age=300');
  });

  test('[H16] a token that was tried in /docs is not kept', async () => {
    expect((await api.send('GET', '/docs/init.js')).text).toContain('persistAuthorization: false');
  });
});
