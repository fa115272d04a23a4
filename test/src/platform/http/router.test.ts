import { expect, test } from 'vitest';
import * as z from 'zod';
import { createShell } from '../../../../src/app.ts';
import type { Endpoint } from '../../../../src/contract/http/endpoint.ts';
import { checkQr } from '../../../../src/contract/http/qr.ts';
import { createRouter } from '../../../../src/platform/http/router.ts';

const fail = () => Promise.reject(new Error('Nobody is to be asked'));

const createTestRouter = () =>
  createRouter({
    authenticator: { identify: fail, isRemembered: () => false, requireLiving: fail },
    now: Date.now,
  });

/** What a Worker has beside a request. */
const CONTEXT = {
  waitUntil: () => undefined,
  passThroughOnException: () => undefined,
  props: {},
};

test.each([
  ['?code=FIRST&code=second', 'FIRST'],
  ['?code=&code=second', ''],
  ['?CODE=other&code=FIRST', 'FIRST'],
])('[H5] the first of the query parameters in %s counts', async (query, first) => {
  const heard: unknown[] = [];
  const { app, route } = createTestRouter();
  route(checkQr, (input) => {
    heard.push(input.query);
    return { status: 'pending' };
  });
  const shell = createShell([]).route('/', app);
  const answer = await shell.request(`${checkQr.path}${query}`, {}, {}, CONTEXT);
  expect(answer.status).toBe(200);
  expect(heard).toEqual([{ code: first }]);
});

const makeThing = {
  method: 'post',
  path: '/thing',
  summary: 'Makes a thing once',
  query: z.object({ again: z.string().optional() }),
  success: { status: 201, again: 200, body: () => z.object({ name: z.string() }) },
  errors: [],
} as const satisfies Endpoint;

test.each([
  ['', 201],
  ['?again=1', 200],
])(
  'an endpoint with two statuses of success tells new from there already: %s',
  async (query, status) => {
    const { app, route } = createTestRouter();
    route(makeThing, (input) => ({ again: input.query.again === '1', body: { name: 'thing' } }));
    const shell = createShell([]).route('/', app);
    const answer = await shell.request(`/thing${query}`, { method: 'POST' }, {}, CONTEXT);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toEqual({ name: 'thing' });
  },
);
