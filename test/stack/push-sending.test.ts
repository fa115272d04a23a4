import { afterEach, describe, expect, test } from 'vitest';
import { tellWorker } from '../support/calls/records.ts';
import { sql } from '../support/chats/chats.ts';
import { onePerson } from '../support/chats/people.ts';
import { localApi } from '../support/client.ts';
import { database, heal, redis } from '../support/proxies.ts';
import { subscribe, subscribedBrowser, untilPushed } from '../support/push.ts';
import { newTeller } from '../support/push-teller.ts';
import { sidOf, signInTimes, userOf } from '../support/sessions.ts';
import { stack } from '../support/stack.ts';

const { api, clock, newCall, tell, tellAndWait, subscriber } = newTeller();
afterEach(async () => {
  await api.settle();
  await heal();
});

describe('a call that rings', () => {
  test('[P5] is pushed with what a service worker shows, for as long as it rings', async () => {
    const { id, browser } = await subscriber();
    const { ring, call, at, until } = await newCall({ video: true });
    clock.advance(3.5);
    await tellAndWait(id, ring);
    const about = { to: id, at, call, from: 'Анна', video: true, group: false };
    expect(await browser.pushes()).toEqual([
      {
        ttl: 42,
        urgency: 'high',
        topic: expect.stringMatching(/^[\w-]{32}$/),
        payload: { kind: 'call', ...about, until },
      },
    ]);
  });

  test('[P5] has a TTL of 45 s when it is pushed at once', async () => {
    const { id, browser } = await subscriber();
    await tellAndWait(id, (await newCall()).ring);
    expect(await browser.pushes()).toMatchObject([{ ttl: 45 }]);
  });

  test('[P8] is pushed no more when it does not ring any longer', async () => {
    const { id, browser } = await subscriber();
    const { ring } = await newCall();
    clock.advance(45);
    await tellAndWait(id, ring);
    expect(await browser.pushes()).toEqual([]);
  });

  test('[P5] a missed one replaces its ring: same topic, and kept for a day', async () => {
    const { id, browser } = await subscriber();
    const { ring, missed, call } = await newCall({ group: true });
    await tellAndWait(id, ring, missed);
    const [first, last, ...others] = await browser.pushes();
    expect(others).toEqual([]);
    expect(first?.topic).toBe(last?.topic);
    expect(last).toMatchObject({
      ttl: 86_400,
      urgency: 'high',
      payload: { kind: 'missed', to: id, call, from: 'Анна', group: true },
    });
  });

  test('[P5] one that was answered says so, on all devices but the one that answered', async () => {
    const { tokens, local } = await signInTimes(3);
    const browsers = [];
    for (const token of tokens) browsers.push(await subscribedBrowser(local, token));
    const [token = ''] = tokens;
    const { ring, answered } = await newCall();
    await tellAndWait(userOf(token), ring, { ...answered, by: sidOf(token) });
    const seen = await Promise.all(browsers.map((browser) => browser.pushes()));
    const rang = { payload: { kind: 'call' } };
    const stopped = { ttl: 45, payload: { kind: 'stopped', reason: 'answered_elsewhere' } };
    expect(seen).toMatchObject([[rang], [rang, stopped], [rang, stopped]]);
  });

  test('[P4] each call, and each chat, has a topic of its own that names nobody', async () => {
    const { id, browser } = await subscriber();
    const [one, other] = [await newCall(), await newCall()];
    await tellAndWait(id, one.ring, other.ring);
    const topics = (await browser.pushes()).map(({ topic }) => topic);
    expect(new Set(topics).size).toBe(2);
    for (const { call } of [one, other])
      expect(topics.join()).not.toContain(call.replaceAll('-', '').slice(0, 8));
  });

  test('[P4] a body tells nothing by its length, and by nothing that can be read', async () => {
    const { id, browser } = await subscriber();
    const { ring, missed } = await newCall();
    await tellAndWait(id, ring, missed);
    const own = `${stack.pushUrl}/_/subscriptions/${browser.endpoint.split('/').at(-1)}`;
    const posted = (await (await fetch(own)).json()) as { body: string }[];
    const bodies = posted.map(({ body }) => Buffer.from(body, 'base64'));
    expect(new Set(bodies.map(({ length }) => length))).toEqual(new Set([4_096]));
    for (const body of bodies) expect(body.toString('latin1')).not.toContain('kind');
  });

  test('[H31] a name is one line, whatever its owner made of it', async () => {
    const { id, browser } = await subscriber();
    const { ring } = await newCall();
    const displayName = `Анна\n\u202Eвас\u0000 ${'!'.repeat(100)}`;
    await tellAndWait(id, { ...ring, from: { ...ring.from, displayName } });
    const [push] = await browser.pushes();
    expect(push?.payload.from).toMatch(/^Анна вас !{30,60}$/);
  });
});

describe('what rooms tell twice', () => {
  test('[P8] is pushed once, also when both come at the same moment', async () => {
    const { id, browser } = await subscriber();
    const { ring, missed } = await newCall();
    await Promise.all([tell(id, ring), tell(id, ring), tell(id, ring)]);
    await api.settle();
    await tellAndWait(id, ring);
    await Promise.all([tell(id, missed), tell(id, missed)]);
    await api.settle();
    await untilPushed(browser, ['call', 'missed']);
  });

  test('[P8] does not ring again after it was said that it rings no longer', async () => {
    const { id, browser } = await subscriber();
    const { ring, missed } = await newCall();
    await tellAndWait(id, missed, ring, missed);
    await untilPushed(browser, ['missed']);
  });

  test.each(['half', 'deaf'] as const)(
    '[P8] is pushed once when the answer of Redis is lost (%s)',
    async (mode) => {
      const { id, browser } = await subscriber();
      const { ring } = await newCall();
      await redis.behave({ mode, times: 1 });
      await tellAndWait(id, ring);
      await untilPushed(browser, ['call']);
    },
  );
});

describe('without what it needs', () => {
  test('[P9] nothing is pushed without keys, and no store is asked', async () => {
    const { id, browser } = await subscriber();
    const names = ['VAPID_PUBLIC_KEY', 'VAPID_PRIVATE_KEY', 'VAPID_SUBJECT'];
    const off = localApi(Object.fromEntries(names.map((name) => [name, ''])), clock.now);
    await heal();
    const { ring } = await newCall();
    await heal();
    expect(
      (await tellWorker(off, { type: 'push', user: id, news: ring }, clock.now())).status,
    ).toBe(200);
    await off.settle();
    expect([await database.calls(), await redis.calls()]).toEqual([0, 0]);
    expect(await browser.pushes()).toEqual([]);
  });

  test('[P9] nothing is pushed to what was subscribed with a former key', async () => {
    const { id, browser } = await subscriber();
    await sql`update push_subscriptions set server_key = ${`B${'A'.repeat(86)}`}
      where user_id = ${id}`;
    await tellAndWait(id, (await newCall()).ring);
    expect(await browser.pushes()).toEqual([]);
    expect((await subscribe(api, (await onePerson()).token, browser)).status).toBe(200);
  });

  test('[P4] somebody who has not subscribed costs one statement', async () => {
    const { id } = await onePerson();
    const { ring } = await newCall();
    await heal();
    await tellAndWait(id, ring);
    expect([await database.calls(), await redis.calls()]).toEqual([1, 0]);
  });

  test('[P1] nothing is pushed while Redis does not say which sessions live', async () => {
    const { id, browser } = await subscriber();
    const { ring } = await newCall();
    await redis.behave({ mode: 'dead' });
    await tellAndWait(id, ring);
    expect(await browser.pushes()).toEqual([]);
  });
});
