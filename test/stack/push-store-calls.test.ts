import { afterEach, expect, test } from 'vitest';
import { onePerson } from '../support/chats/people.ts';
import { database, heal, redis } from '../support/proxies.ts';
import { newBrowser, subscribe } from '../support/push.ts';
import { newTeller } from '../support/push-teller.ts';

const { api, newCall, tellAndWait, subscriber } = newTeller();
afterEach(heal);

/** The calls to each store while `work` goes on, what runs behind the answers included. */
const callsOf = async (work: () => Promise<unknown>) => {
  await heal();
  await work();
  await api.settle();
  return { sql: await database.calls(), redis: await redis.calls() };
};

test('[P2] to subscribe, again, and to end it is 1 statement each; the key is none', async () => {
  const { token } = await onePerson();
  const browser = await newBrowser();
  // From then on this isolate knows that the session lives.
  await api.send('GET', '/api/profile', { token });
  const once = { sql: 1, redis: 0 };
  expect(await callsOf(() => subscribe(api, token, browser))).toEqual(once);
  expect(await callsOf(() => subscribe(api, token, browser))).toEqual(once);
  const end = () => api.send('DELETE', '/api/push/subscription', { token });
  expect(await callsOf(end)).toEqual(once);
  expect(await callsOf(() => api.send('GET', '/api/push/key'))).toEqual({ sql: 0, redis: 0 });
});

test('[P3] what is refused asks no store', async () => {
  const { token } = await onePerson();
  await api.send('GET', '/api/profile', { token });
  const { keys } = await newBrowser();
  const endpoint = 'https://evil.example/x';
  const calls = await callsOf(() => subscribe(api, token, { endpoint, keys }));
  expect(calls).toEqual({ sql: 0, redis: 0 });
});

test('[P4] a push is 1 statement and 1 EVAL, to however many browsers it goes', async () => {
  const { id } = await subscriber();
  const { ring, missed } = await newCall();
  expect(await callsOf(() => tellAndWait(id, ring))).toEqual({ sql: 1, redis: 1 });
  expect(await callsOf(() => tellAndWait(id, missed))).toEqual({ sql: 1, redis: 1 });
});

test('[P7] a subscription that is gone costs a statement more, and each further round an EVAL', async () => {
  const { id, browser } = await subscriber();
  await browser.fail({ status: 503 });
  const { ring } = await newCall();
  expect(await callsOf(() => tellAndWait(id, ring))).toEqual({ sql: 1, redis: 2 });
  await browser.leave();
  const next = await newCall();
  expect(await callsOf(() => tellAndWait(id, next.ring))).toEqual({ sql: 2, redis: 1 });
});
