import { neon } from '@neondatabase/serverless';
import { decodeJwt } from 'jose';
import { expect } from 'vitest';
import { newUsers } from '../../support/calls/people.ts';
import { recordOf, tellWorker } from '../../support/calls/records.ts';
import type { Api } from '../../support/client.ts';
import { freshPhone } from '../../support/fresh.ts';
import { anyToken, confirm, deny, info, showQr } from '../../support/qr.ts';
import {
  freshChat,
  link,
  messagesOf,
  requestCode,
  signIn,
  wrongCode,
} from '../../support/sign-in.ts';
import { stack } from '../../support/stack.ts';
import { legacyToken } from '../../support/tokens.ts';
import { NEEDY_CHATS } from './chats.ts';
import { NEEDY_FEED } from './feed.ts';
import { linkByBot, linking, shareContact } from './linking.ts';
import { NEEDY_MESSAGES } from './messages.ts';
import { NEEDY_PEOPLE } from './people.ts';
import { NEEDY_PUSH } from './push.ts';
import type { Needy } from './steps.ts';
import { before, ok, repeatable, statusOf, withLinks } from './steps.ts';

const sql = neon(String(stack.settings.DATABASE_URL));

const sessions = (api: Api, token: string) => api.send('GET', '/api/sessions', { token });

const profile = (api: Api, token: string) => api.send('GET', '/api/profile', { token });

/** Two sessions of one user. */
const twoSessions = async () => {
  const mine = await signIn(before);
  const { code, poll } = await showQr(before);
  await ok(confirm(before, code, mine));
  return { mine, other: String((await ok(poll())).token) };
};

/** The token of a sign-in link. */
const signInLink = async () => {
  const [phone, chat] = [freshPhone(), freshChat()];
  await link(withLinks, phone, chat);
  const { code } = await requestCode(withLinks, phone);
  await withLinks.post('/api/auth/verify-code', { phone, code: wrongCode(code) });
  await withLinks.post('/api/auth/request-code', { phone });
  return /sign-in#([\w-]{22})/.exec((await messagesOf(chat, 2)).join())?.[1];
};

/** The endpoints that need stores. */
export const NEEDY: Readonly<Record<string, Needy>> = {
  'POST /api/auth/request-code': {
    stores: ['redis'],
    prepare: async () => {
      const phone = freshPhone();
      return repeatable(
        (api) => api.post('/api/auth/request-code', { phone }),
        async ({ debugCode: code }, api) => {
          await ok(api.post('/api/auth/verify-code', { phone, code }));
        },
      );
    },
  },
  'POST /api/auth/verify-code': {
    stores: ['redis', 'database'],
    prepare: async () => {
      const phone = freshPhone();
      const { code } = await requestCode(before, phone);
      const send = (api: Api) => api.post('/api/auth/verify-code', { phone, code });
      return repeatable(send, async ({ token }, api) => {
        expect((await ok(profile(api, String(token)))).phone).toBe(phone);
        expect(await statusOf(send(api))).toBe(400);
      });
    },
  },
  'POST /api/auth/verify-link': {
    stores: ['redis'],
    prepare: async () => {
      const linkToken = await signInLink();
      const send = (api: Api) => api.post('/api/auth/verify-link', { token: linkToken });
      return repeatable(send, async ({ token }, api) => {
        expect((await ok(sessions(api, String(token)))).sessions).toHaveLength(1);
        expect(await statusOf(send(api))).toBe(400);
      });
    },
  },
  'POST /api/auth/qr/request': {
    stores: ['redis'],
    prepare: async () => repeatable((api) => api.post('/api/auth/qr/request')),
  },
  'GET /api/auth/qr/check': {
    stores: ['redis'],
    prepare: async () => {
      const { code, pollToken } = await showQr(before);
      await ok(confirm(before, code, await anyToken()));
      const send = (api: Api) =>
        api.send('GET', '/api/auth/qr/check', { headers: { 'X-Poll-Token': pollToken } });
      return repeatable(send, async ({ status, token }, api) => {
        expect(status).toBe('ready');
        await ok(sessions(api, String(token)));
        // The same session is answered again, in case that answer was lost as well.
        expect(await ok(send(api))).toEqual({ status, token });
      });
    },
  },
  'GET /api/auth/qr/info': {
    stores: ['redis'],
    prepare: async () => {
      const [{ code }, token] = [await showQr(before), await anyToken()];
      return repeatable(
        (api) => info(api, code, token),
        async (_, api) => void (await ok(confirm(api, code, token))),
      );
    },
  },
  'POST /api/auth/qr/confirm': {
    stores: ['redis'],
    prepare: async () => {
      const [{ code, pollByCode }, token] = [await showQr(before), await anyToken()];
      return {
        send: (api) => confirm(api, code, token),
        works: async (api) => {
          expect(await ok(pollByCode())).toEqual({ status: 'pending' });
          await ok(confirm(api, code, token));
          expect((await ok(pollByCode())).status).toBe('ready');
        },
      };
    },
  },
  'POST /api/auth/qr/deny': {
    stores: ['redis'],
    prepare: async () => {
      const [{ code, poll, pollByCode }, token] = [await showQr(before), await anyToken()];
      return {
        send: (api) => deny(api, code, token),
        works: async (api) => {
          expect(await ok(pollByCode())).toEqual({ status: 'pending' });
          await ok(deny(api, code, token));
          expect(await ok(poll())).toEqual({ status: 'denied' });
        },
      };
    },
  },
  'POST /api/auth/logout': {
    stores: ['redis'],
    prepare: async () => {
      const { mine, other } = await twoSessions();
      const send = (api: Api) => api.post('/api/auth/logout', {}, { token: other });
      return {
        send,
        works: async (api) => {
          expect((await ok(sessions(api, mine))).sessions).toHaveLength(2);
          await ok(send(api));
          expect(await statusOf(sessions(api, other))).toBe(401);
          expect((await ok(sessions(api, mine))).sessions).toHaveLength(1);
        },
      };
    },
  },
  'GET /api/sessions': {
    stores: ['redis'],
    prepare: async () => {
      const token = await anyToken();
      return repeatable(
        (api) => sessions(api, token),
        ({ sessions: listed }) => expect(listed).toHaveLength(1),
      );
    },
  },
  'DELETE /api/sessions': {
    stores: ['redis'],
    prepare: async () => {
      const { mine, other } = await twoSessions();
      const send = (api: Api) => api.send('DELETE', '/api/sessions', { token: mine });
      return {
        send,
        works: async (api) => {
          await ok(sessions(api, other));
          expect((await ok(send(api))).revoked).toBe(1);
          expect(await statusOf(sessions(api, other))).toBe(401);
        },
      };
    },
  },
  'DELETE /api/sessions/:id': {
    stores: ['redis'],
    prepare: async () => {
      const { mine, other } = await twoSessions();
      const send = (api: Api) =>
        api.send('DELETE', `/api/sessions/${decodeJwt(other).sid}`, { token: mine });
      return {
        send,
        works: async (api) => {
          await ok(sessions(api, other));
          await ok(send(api));
          expect(await statusOf(sessions(api, other))).toBe(401);
        },
      };
    },
  },
  'POST /api/internal/link-telegram': {
    stores: ['redis', 'database'],
    prepare: linking(linkByBot),
  },
  'POST /telegram/webhook': { stores: ['redis', 'database'], prepare: linking(shareContact) },
  'GET /api/profile': {
    stores: ['redis', 'database'],
    prepare: async () => {
      const token = await signIn(before);
      return repeatable((api) => profile(api, token));
    },
  },
  'PATCH /api/profile': {
    stores: ['redis', 'database'],
    prepare: async () => {
      const token = await signIn(before);
      const send = (api: Api) =>
        api.send('PATCH', '/api/profile', { token, body: { displayName: 'Новое имя' } });
      return {
        send,
        works: async (api) => {
          expect((await ok(profile(api, token))).displayName).toBe('');
          expect((await ok(send(api))).displayName).toBe('Новое имя');
        },
      };
    },
  },
  'POST /api/calls': {
    stores: ['redis', 'database'],
    prepare: async () => {
      const [caller, callee] = await newUsers(2);
      const token = await legacyToken(String(caller?.id));
      const send = (api: Api) => api.post('/api/calls', { to: callee?.id }, { token });
      return {
        send,
        works: async (api) =>
          expect(await send(api)).toMatchObject({ status: 201, body: { role: 'caller' } }),
      };
    },
  },
  'POST /api/calls/:id/ticket': {
    stores: ['redis'],
    prepare: async () => {
      const [token, path] = [await anyToken(), `/api/calls/${crypto.randomUUID()}/ticket`];
      return repeatable((api) => api.post(path, {}, { token }));
    },
  },
  'POST /api/calls/:id/invite': {
    stores: ['redis', 'database'],
    prepare: async () => {
      const [by, user] = (await newUsers(2)).map(({ id }) => id);
      const path = `/api/calls/${crypto.randomUUID()}/invite`;
      const token = await legacyToken(`${by}`);
      return repeatable((api) => api.post(path, { user }, { token }));
    },
  },
  'POST /api/calls/inbox': {
    stores: ['redis'],
    prepare: async () => {
      const token = await anyToken();
      return repeatable((api) => api.post('/api/calls/inbox', {}, { token }));
    },
  },
  'GET /api/calls': {
    stores: ['redis', 'database'],
    prepare: async () => {
      const token = await anyToken();
      return repeatable((api) => api.send('GET', '/api/calls', { token }));
    },
  },
  'GET /api/calls/ice': {
    stores: ['redis'],
    prepare: async () => {
      const token = await anyToken();
      return repeatable((api) => api.send('GET', '/api/calls/ice', { token }));
    },
  },
  'POST /api/internal/rooms': {
    stores: ['database'],
    prepare: async () => {
      const record = recordOf(crypto.randomUUID(), [crypto.randomUUID()]);
      return repeatable(
        (api) => tellWorker(api, record),
        async () => expect(await sql`select from calls where id = ${record.call}`).toHaveLength(1),
      );
    },
  },
  ...NEEDY_CHATS,
  ...NEEDY_MESSAGES,
  ...NEEDY_FEED,
  ...NEEDY_PEOPLE,
  ...NEEDY_PUSH,
  'GET /health/ready': {
    stores: ['redis', 'database'],
    prepare: async () => repeatable((api) => api.send('GET', '/health/ready')),
  },
};
