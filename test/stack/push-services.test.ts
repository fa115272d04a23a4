import { afterEach, describe, expect, test } from 'vitest';
import { tellWorker } from '../support/calls/records.ts';
import { sql } from '../support/chats/chats.ts';
import { onePerson } from '../support/chats/people.ts';
import { localApi } from '../support/client.ts';
import { heal } from '../support/proxies.ts';
import { newBrowser, subscribedBrowser, untilPushed } from '../support/push.ts';
import { newTeller } from '../support/push-teller.ts';
import { sidOf, signInTimes, userOf } from '../support/sessions.ts';
import { stack } from '../support/stack.ts';
import { legacyToken } from '../support/tokens.ts';

const { api, clock, newCall, tell, tellAndWait, subscriber } = newTeller();
afterEach(async () => {
  await api.settle();
  await heal();
});

/** How many pushes about calls and chats were claimed for a user. */
const claimsOf = async (userId: string): Promise<number> => {
  const { UPSTASH_REDIS_REST_URL: url, UPSTASH_REDIS_REST_TOKEN: token } = stack.settings;
  const answer = await fetch(String(url), {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}` },
    body: JSON.stringify(['KEYS', `push:${userId}:*`]),
  });
  return ((await answer.json()) as { result: string[] }).result.length;
};

describe('a session that has ended', () => {
  test('[P1] is pushed nothing, though the database was not told, and is deleted then', async () => {
    const { tokens, local } = await signInTimes(2);
    const [token = '', other = ''] = tokens;
    const [browser, living] = [
      await subscribedBrowser(local, token),
      await subscribedBrowser(local, other),
    ];
    const userId = userOf(token);
    const [row] = await sql`select * from push_subscriptions where session_id = ${sidOf(token)}`;
    await local.post('/api/auth/logout', {}, { token });
    await api.settle();
    await expect
      .poll(() => sql`select 1 from push_subscriptions where session_id = ${sidOf(token)}`)
      .toEqual([]);
    await sql`insert into push_subscriptions
      (user_id, session_id, endpoint, p256dh, auth, server_key, expires_at)
      values (${userId}, ${row?.session_id}, ${row?.endpoint}, ${row?.p256dh}, ${row?.auth},
        ${row?.server_key}, ${row?.expires_at})`;
    await tellAndWait(userId, (await newCall()).ring);
    await untilPushed(living, ['call']);
    expect(await browser.pushes()).toEqual([]);
    expect(await sql`select 1 from push_subscriptions where session_id = ${sidOf(token)}`).toEqual(
      [],
    );
  });

  test('[P1] by itself is pushed nothing', async () => {
    const { id, browser } = await subscriber();
    await sql`update push_subscriptions set expires_at = now() where user_id = ${id}`;
    await tellAndWait(id, (await newCall()).ring);
    expect(await browser.pushes()).toEqual([]);
  });

  test('[P1] of a legacy client is pushed to while it lives, and not after', async () => {
    const { id } = await onePerson();
    const token = await legacyToken(id, { issuedAt: Math.floor(Date.now() / 1000) - 100 });
    const browser = await subscribedBrowser(api, token);
    await tellAndWait(id, (await newCall()).ring);
    await untilPushed(browser, ['call']);
    await api.post('/api/auth/logout', {}, { token });
    await api.settle();
    await tellAndWait(id, (await newCall()).ring);
    await untilPushed(browser, ['call']);
  });
});

describe('a push service', () => {
  test.each([404, 410])('[P7] that answers %i ends the subscription', async (status) => {
    const { id, browser } = await subscriber();
    await browser.fail({ status });
    await tellAndWait(id, (await newCall()).ring);
    expect(await sql`select 1 from push_subscriptions where user_id = ${id}`).toEqual([]);
    await tellAndWait(id, (await newCall()).ring);
    expect(await browser.pushes()).toEqual([]);
  });

  test.each([429, 500, 503])('[P7] that answers %i is asked again', async (status) => {
    const { id, browser } = await subscriber();
    await browser.fail({ status, headers: { 'Retry-After': '1' } });
    await tellAndWait(id, (await newCall()).ring);
    expect(await browser.pushes()).toMatchObject([{ payload: { kind: 'call' } }]);
  });

  test('[P7] is asked three times at most, and not when it asks for a long pause', async () => {
    const { id, browser } = await subscriber();
    await browser.fail({ status: 503, times: 3 });
    await tellAndWait(id, (await newCall()).ring);
    expect(await browser.pushes()).toEqual([]);
    await browser.fail({ status: 429, headers: { 'Retry-After': '3600' } });
    await tellAndWait(id, (await newCall()).ring);
    expect(await browser.pushes()).toEqual([]);
    await tellAndWait(id, (await newCall()).ring);
    await untilPushed(browser, ['call']);
  });

  test('[P7] is not asked again for a ring that is over by then', async () => {
    const { id, browser } = await subscriber();
    const { ring, missed } = await newCall();
    await browser.fail({ status: 503, headers: { 'Retry-After': '2' } });
    await tell(id, ring);
    // The ring has met the fault once that is used up, and is told no more from now on.
    await expect.poll(() => claimsOf(id)).toBe(1);
    await tellAndWait(id, missed);
    const kinds = (await browser.pushes()).map(({ payload }) => payload.kind);
    expect(kinds).toEqual(['missed']);
  });

  test('[P3] that redirects is not followed, wherever to', async () => {
    const { id, browser } = await subscriber();
    const other = await newBrowser();
    await browser.fail({ status: 307, headers: { Location: other.endpoint } });
    await tellAndWait(id, (await newCall()).ring);
    expect([await browser.pushes(), await other.pushes()]).toEqual([[], []]);
    expect(await sql`select 1 from push_subscriptions where user_id = ${id}`).toHaveLength(1);
  });

  test('[P3] that is no longer one of the settings is pushed to no more', async () => {
    const { id, browser } = await subscriber();
    const without = localApi({ PUSH_SERVICES: 'fcm.googleapis.com' }, clock.now);
    const { ring } = await newCall();
    await tellWorker(without, { type: 'push', user: id, news: ring }, clock.now());
    await without.settle();
    expect(await browser.pushes()).toEqual([]);
  });

  test('[P7] that hangs does not keep the others of the user waiting for long', async () => {
    const { tokens, local } = await signInTimes(2);
    const browsers = [];
    for (const token of tokens) browsers.push(await subscribedBrowser(local, token));
    const [slow, quick] = browsers;
    if (!slow || !quick) throw new Error('There are two');
    await slow.fail({ hang: 60_000 });
    await tell(userOf(tokens[0] ?? ''), (await newCall()).ring);
    await untilPushed(quick, ['call']);
    await untilPushed(slow, ['call']);
  });
});
