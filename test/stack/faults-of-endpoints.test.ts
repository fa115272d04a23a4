import { neon } from '@neondatabase/serverless';
import { decodeJwt } from 'jose';
import { afterEach, describe, expect, test } from 'vitest';
import { ENDPOINTS } from '../../src/contract/http/endpoints.ts';
import { newUsers } from '../support/calls/people.ts';
import { recordOf, tellWorker } from '../support/calls/records.ts';
import { cannedRooms } from '../support/calls/rooms.ts';
import type { Answer, Api } from '../support/client.ts';
import { localApi } from '../support/client.ts';
import { expectUnavailable, FAILURES } from '../support/faults.ts';
import { freshPhone } from '../support/fresh.ts';
import { messageUpdate, ownContact, postUpdate } from '../support/person.ts';
import { ProxyControl } from '../support/proxy.ts';
import { anyToken, confirm, deny, info, showQr } from '../support/qr.ts';
import { freshChat, link, messagesOf, requestCode, signIn, wrongCode } from '../support/sign-in.ts';
import { stack } from '../support/stack.ts';
import { legacyToken } from '../support/tokens.ts';

const proxies = {
  redis: new ProxyControl(stack.redisProxy),
  database: new ProxyControl(stack.databaseProxy),
};
const healthy = () =>
  Promise.all(Object.values(proxies).map((proxy) => proxy.behave({ mode: 'pass' })));
afterEach(healthy);

/** Makes what the steps need. */
const before = localApi();
const withLinks = localApi({
  APP_URL: 'https://app.example',
  PHONE_FAILURES_PER_DAY: '1',
  PHONE_SEND_GAPS_SECONDS: '0',
});

/** An isolate that knows of no session, so that it has to ask for each. */
const freshIsolate = () => localApi({}, Date.now, cannedRooms());

type Store = keyof typeof proxies;

/** A request that a store is to fail under. */
interface Step {
  send(api: Api): Promise<Answer>;
  /** Checks that nothing is half-done: the request can still be made, and works once. */
  works(api: Api): Promise<void>;
}

/** An endpoint that needs stores, and how to get ready for a request to it. */
interface Needy {
  readonly stores: readonly Store[];
  prepare(): Promise<Step>;
}

const ok = async (request: Promise<Answer>): Promise<Answer['body']> => {
  const answer = await request;
  expect(answer.status, answer.text).toBe(200);
  return answer.body;
};
const statusOf = async (request: Promise<Answer>): Promise<number> => (await request).status;

/** A request that can be made again, and what is true of each answer. */
const repeatable = (
  send: Step['send'],
  check: (body: Answer['body'], api: Api) => Promise<void> | void = () => undefined,
): Step => ({ send, works: async (api) => check(await ok(send(api)), api) });

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

const sql = neon(String(stack.settings.DATABASE_URL));
const chatOf = async (phone: string) =>
  (await sql`select chat_id from telegram_links where phone = ${phone}`)[0]?.chat_id;

/** Links a number, by a request that can be made again. */
const linking =
  (send: (api: Api, phone: string, chat: number) => Promise<Answer>) => async (): Promise<Step> => {
    const [phone, chat] = [freshPhone(), freshChat()];
    const update = messageUpdate(chat, ownContact(chat, phone));
    const request = (api: Api) =>
      send === shareContact ? postUpdate(api, update) : send(api, phone, chat);
    return {
      send: request,
      works: async (api) => {
        expect(await chatOf(phone)).toBeUndefined();
        await ok(request(api));
        expect(await chatOf(phone)).toBe(String(chat));
      },
    };
  };
const shareContact = (api: Api, phone: string, chat: number) =>
  postUpdate(api, messageUpdate(chat, ownContact(chat, phone)));
const linkByBot = (api: Api, phone: string, chat: number) =>
  api.post(
    '/api/internal/link-telegram',
    { phone, chat_id: chat },
    { headers: { 'X-Link-Secret': String(stack.settings.TELEGRAM_LINK_SECRET) } },
  );

const NEEDY: Readonly<Record<string, Needy>> = {
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
      const token = await anyToken();
      return repeatable((api) =>
        api.post(`/api/calls/${crypto.randomUUID()}/ticket`, {}, { token }),
      );
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
  'GET /health/ready': {
    stores: ['redis', 'database'],
    prepare: async () => repeatable((api) => api.send('GET', '/health/ready')),
  },
};

/** The other endpoints: a request to each that gets as far as it can, and its status. */
const CONTENT: Readonly<Record<string, { readonly path: string; readonly status: number }>> = {
  'POST /api/send-sms': { path: '/api/send-sms', status: 503 },
  'GET /api/auth/qr/image': { path: '/api/auth/qr/image?code=ABCDEF', status: 200 },
  'GET /parties/qr/:room': { path: '/parties/qr/x', status: 426 },
  'GET /parties/call/:room': { path: '/parties/call/x', status: 426 },
  'GET /parties/inbox/:room': { path: '/parties/inbox/x', status: 426 },
  'GET /ws': { path: '/ws', status: 426 },
  'GET /health': { path: '/health', status: 200 },
};

const entries = Object.entries(NEEDY);

test('[H13] every endpoint of the contract is looked at here', () => {
  // Rooms speak to the Worker by an endpoint that is no contract with clients.
  const names = ['POST /api/internal/rooms'].concat(
    ENDPOINTS.map(({ method, path }) => `${method.toUpperCase()} ${path}`),
  );
  expect([...Object.keys(NEEDY), ...Object.keys(CONTENT)].sort()).toEqual(names.sort());
});

const cases = FAILURES.flatMap((failure) =>
  (['redis', 'database'] as const).map((store) => ({ ...failure, store })),
);

describe.each(cases)('with $store $mode', ({ store, ...failure }) => {
  test('[H13] endpoints that need it answer 503 in time, others as ever; then all work', async () => {
    const api = freshIsolate();
    const steps = await Promise.all(
      entries.map(async ([name, { stores, prepare }]) => ({
        name,
        needs: stores.includes(store),
        ...(await prepare()),
      })),
    );
    await Promise.all([before.settle(), withLinks.settle()]);
    await proxies[store].behave(failure);
    const named = async (name: string, work: () => Promise<unknown>) => {
      await work().catch((error) => {
        if (error instanceof Error) error.message = `${name}: ${error.message}`;
        throw error;
      });
    };
    await Promise.all(
      steps.map(({ name, needs, send }) =>
        named(name, () => (needs ? expectUnavailable(() => send(api)) : ok(send(api)))),
      ),
    );
    await healthy();
    const failed = steps.filter(({ needs }) => needs);
    await Promise.all(failed.map(({ name, works }) => named(name, () => works(api))));
  });
});

test('[H13] with both stores gone endpoints that need none answer as ever, and refusals too', async () => {
  const api = freshIsolate();
  await Promise.all(Object.values(proxies).map((proxy) => proxy.behave({ mode: 'dead' })));
  for (const [name, { path, status }] of Object.entries(CONTENT)) {
    expect([name, await statusOf(api.send(String(name.split(' ')[0]), path))]).toEqual([
      name,
      status,
    ]);
  }
  expect(await statusOf(api.post('/api/auth/request-code', { phone: 'abc' }))).toBe(400);
  expect([await proxies.redis.calls(), await proxies.database.calls()]).toEqual([0, 0]);
});
