import { expect, test } from 'vitest';
import { createShell } from '../../../../src/app.ts';
import { checkQr } from '../../../../src/contract/http/qr.ts';
import { createRouter } from '../../../../src/platform/http/router.ts';

test.each([
  ['?code=FIRST&code=second', 'FIRST'],
  ['?code=&code=second', ''],
  ['?CODE=other&code=FIRST', 'FIRST'],
])('[H5] the first of the query parameters in %s counts', async (query, first) => {
  const heard: unknown[] = [];
  const fail = () => Promise.reject(new Error('Nobody is to be asked'));
  const { app, route } = createRouter({
    authenticator: { identify: fail, isRemembered: () => false, requireLiving: fail },
    now: Date.now,
  });
  route(checkQr, (input) => {
    heard.push(input.query);
    return { status: 'pending' };
  });
  const context = {
    waitUntil: () => undefined,
    passThroughOnException: () => undefined,
    props: {},
  };
  const shell = createShell([]).route('/', app);
  const answer = await shell.request(`${checkQr.path}${query}`, {}, {}, context);
  expect(answer.status).toBe(200);
  expect(heard).toEqual([{ code: first }]);
});
