import { afterEach, describe, expect, test } from 'vitest';
import { SUBSCRIPTION_LIMIT } from '../../src/push/limits.ts';
import { newPeople, sql } from '../support/chats/chats.ts';
import { onePerson, twoPeople } from '../support/chats/people.ts';
import { localApi, TestClock } from '../support/client.ts';
import { database, heal } from '../support/proxies.ts';
import type { Browser } from '../support/push.ts';
import { newBrowser, subscribe, subscribedBrowser } from '../support/push.ts';
import { race, statuses, together } from '../support/races.ts';
import { revoke, revokeOthers, sidOf, signInTimes, userOf } from '../support/sessions.ts';
import { stack } from '../support/stack.ts';
import { legacyToken } from '../support/tokens.ts';

const api = localApi();
afterEach(async () => {
  await api.settle();
  await heal();
});

/** The sessions of a user that have a subscription, the oldest subscription first. */
const subscribedOf = async (userId: string): Promise<string[]> =>
  (
    await sql`select session_id from push_subscriptions where user_id = ${userId}
      order by created_at`
  ).map(({ session_id }) => String(session_id));

const endpointsOf = async (userId: string): Promise<string[]> =>
  (await sql`select endpoint from push_subscriptions where user_id = ${userId}`).map((row) =>
    String(row.endpoint),
  );

/** Signs one number in so many times; the tokens, the oldest first. */
const signedIn = async (count: number) => {
  const clock = new TestClock();
  const often = { PHONE_SENDS_PER_DAY: '1000', PHONE_SEND_GAPS_SECONDS: '1' };
  const local = localApi(often, clock.now);
  const { tokens } = await signInTimes(count, { api: local, clock });
  return { tokens, api: local };
};

const unsubscribe = (token: string) => api.send('DELETE', '/api/push/subscription', { token });

describe('the key that browsers subscribe with', () => {
  test('[P9] is answered to anybody, and by HEAD', async () => {
    const publicKey = stack.settings.VAPID_PUBLIC_KEY;
    expect(await api.send('GET', '/api/push/key')).toMatchObject({
      status: 200,
      body: { publicKey },
    });
    expect((await api.send('HEAD', '/api/push/key')).status).toBe(200);
  });

  test('[P9] without keys pushes are off, and what was subscribed can be ended', async () => {
    const names = ['VAPID_PUBLIC_KEY', 'VAPID_PRIVATE_KEY', 'VAPID_SUBJECT'];
    const off = localApi(Object.fromEntries(names.map((name) => [name, ''])));
    const { token } = await onePerson();
    const refused = { status: 404, body: { ok: false, code: 'push_off' } };
    expect(await off.send('GET', '/api/push/key')).toMatchObject(refused);
    expect(await subscribe(off, token, await newBrowser())).toMatchObject(refused);
    expect((await off.send('DELETE', '/api/push/subscription', { token })).status).toBe(200);
  });
});

describe('a subscription', () => {
  test('[P1] is one of its session: the last one', async () => {
    const { id, token } = await onePerson();
    const [first, last] = [await newBrowser(), await newBrowser()];
    for (const browser of [first, last, last])
      expect(await subscribe(api, token, browser)).toMatchObject({
        status: 200,
        body: { ok: true },
      });
    expect(await endpointsOf(id)).toEqual([last.endpoint]);
  });

  test('[P1] goes to whoever signs in on the same browser', async () => {
    const [anna, boris] = await twoPeople();
    const browser = await subscribedBrowser(api, anna.token);
    expect((await subscribe(api, boris.token, browser)).status).toBe(200);
    expect([await endpointsOf(anna.id), await endpointsOf(boris.id)]).toEqual([
      [],
      [browser.endpoint],
    ]);
  });

  test('[P1] is one of its browser, though two sessions there subscribe at the same moment', () =>
    race(async () => {
      const people = await newPeople(4);
      const browser = await newBrowser();
      const answers = await together(
        database,
        'push_subscriptions',
        people.map(
          ({ token }) =>
            () =>
              subscribe(api, token, browser),
        ),
      );
      expect(Object.keys(statuses(answers)).filter((status) => status !== '200')).toEqual([]);
      const rows = await sql`
        select 1 from push_subscriptions where endpoint = ${browser.endpoint}`;
      expect(rows).toHaveLength(1);
    }));

  test('[P1] can be ended, and ending it again changes nothing', async () => {
    const { id, token } = await onePerson();
    await subscribedBrowser(api, token);
    for (let i = 0; i < 2; i++) {
      expect(await unsubscribe(token)).toMatchObject({ status: 200, body: { ok: true } });
      expect(await endpointsOf(id)).toEqual([]);
    }
  });

  test('[P1] ends when its session is signed out', async () => {
    const { tokens, api: local } = await signedIn(1);
    const [token = ''] = tokens;
    await subscribedBrowser(local, token);
    expect((await local.post('/api/auth/logout', {}, { token })).status).toBe(200);
    await local.settle();
    expect(await subscribedOf(userOf(token))).toEqual([]);
  });

  test('[P1] ends when its session is revoked by another one, and others go on', async () => {
    const { tokens, api: local } = await signedIn(3);
    const [first = '', second = '', third = ''] = tokens;
    for (const token of tokens) await subscribedBrowser(local, token);
    expect((await revoke(local, first, sidOf(second))).status).toBe(200);
    await local.settle();
    expect(await subscribedOf(userOf(first))).toEqual([sidOf(first), sidOf(third)]);
    expect((await revokeOthers(local, third)).status).toBe(200);
    await local.settle();
    expect(await subscribedOf(userOf(first))).toEqual([sidOf(third)]);
  });

  test('[P1] nobody without a session subscribes, and no session that has ended', async () => {
    const browser = await newBrowser();
    expect((await subscribe(api, 'x.y.z', browser)).status).toBe(401);
    const { tokens, api: local } = await signedIn(1);
    const [token = ''] = tokens;
    await local.post('/api/auth/logout', {}, { token });
    expect((await subscribe(local, token, browser)).status).toBe(401);
    expect(await subscribedOf(userOf(token))).toEqual([]);
  });

  test('[P2] 20 at once, then one a minute; the very same again costs nothing', async () => {
    const clock = new TestClock();
    const local = localApi({}, clock.now);
    const { token } = await onePerson();
    let last: Browser = await newBrowser();
    for (let i = 0; i < 20; i++) {
      last = await newBrowser();
      expect((await subscribe(local, token, last)).status).toBe(200);
    }
    const refused = await subscribe(local, token, await newBrowser());
    expect(refused).toMatchObject({ status: 429, body: { code: 'too_many_requests' } });
    expect(refused.headers.get('Retry-After')).toBe('60');
    expect((await subscribe(local, token, last)).status).toBe(200);
    clock.advance(60);
    expect((await subscribe(local, token, await newBrowser())).status).toBe(200);
    expect((await subscribe(local, token, await newBrowser())).status).toBe(429);
  });

  test('[P2] the limit holds when all come at the same moment', () =>
    race(async () => {
      const local = localApi({}, new TestClock().now);
      const { id } = await onePerson();
      const browsers = await Promise.all(Array.from({ length: 24 }, () => newBrowser()));
      const tokens = await Promise.all(
        browsers.map((_, index) =>
          legacyToken(id, { issuedAt: Math.floor(Date.now() / 1000) - index }),
        ),
      );
      const answers = await together(
        database,
        'push_subscriptions',
        browsers.map((browser, index) => () => subscribe(local, tokens[index] ?? '', browser)),
      );
      expect(statuses(answers)).toEqual({ 200: 20, 429: 4 });
    }));

  test('[P2] of a user’s subscriptions the newest ten are kept', async () => {
    const { tokens, api: local } = await signedIn(SUBSCRIPTION_LIMIT + 2);
    for (const token of tokens) await subscribedBrowser(local, token);
    const newest = tokens.slice(-SUBSCRIPTION_LIMIT).map(sidOf);
    expect(await subscribedOf(userOf(tokens[0] ?? ''))).toEqual(newest);
  });

  test('[P9] made with another key is refused, so that the browser subscribes again', async () => {
    const { id, token } = await onePerson();
    const other = `B${'A'.repeat(86)}`;
    expect(await subscribe(api, token, await newBrowser(), other)).toMatchObject({
      status: 409,
      body: { code: 'push_key_changed' },
    });
    expect(await endpointsOf(id)).toEqual([]);
  });
});

describe('[P3] an address that leads elsewhere than to a push service', () => {
  const host = 'fcm.googleapis.com';
  test.each([
    ['without https', `http://${host}/x`],
    ['to this machine', 'https://127.0.0.1/x'],
    ['to this machine by name', 'https://localhost/x'],
    ['to this machine in IPv6', 'https://[::1]/x'],
    ['to a number that is an address', 'https://2130706433/x'],
    ['to the cloud’s metadata', 'http://169.254.169.254/latest/meta-data'],
    ['to a private network', 'https://10.0.0.1/x'],
    ['to another host', 'https://evil.example/x'],
    ['to a host that ends alike', `https://evil${host}/x`],
    ['to a host that begins alike', `https://${host}.evil.example/x`],
    ['with the host as a name of a user', `https://${host}@evil.example/x`],
    ['with a password', `https://a:b@${host}/x`],
    ['to another port', `https://${host}:8443/x`],
    ['to a host with a dot at its end', `https://${host}./x`],
    ['with a backslash', `https:\\\\evil.example\\${host}`],
    ['with a fragment', `https://${host}/x#y`],
    ['of another scheme', `file://${host}/etc/passwd`],
    ['of script', 'javascript:alert(1)'],
    ['to another port of the stand-in’s host', 'http://127.0.0.1:1/push/x'],
    ['without a scheme', `${host}/x`],
    ['to the stand-in with a password', stack.pushUrl.replace('//', '//a:b@')],
  ])('%s is refused: %s', async (_, endpoint) => {
    const { id, token } = await onePerson();
    const { keys } = await newBrowser();
    expect(await subscribe(api, token, { endpoint, keys })).toMatchObject({
      status: 400,
      body: { code: 'push_service_unknown' },
    });
    expect(await endpointsOf(id)).toEqual([]);
  });

  test('is taken at a host below the one that is named', async () => {
    const local = localApi({ PUSH_SERVICES: 'notify.windows.com' });
    const { token } = await onePerson();
    const { keys } = await newBrowser();
    const endpoint = `https://wns2-par02p.notify.windows.com/w/?token=${crypto.randomUUID()}`;
    expect((await subscribe(local, token, { endpoint, keys })).status).toBe(200);
  });
});

describe('keys that nothing can be encrypted for', () => {
  test.each([
    ['a point that is not on the curve', { p256dh: `BA${'A'.repeat(85)}` }],
    ['a compressed point', { p256dh: `A${'A'.repeat(43)}` }],
    ['no point', { p256dh: '' }],
    ['a secret that is too short', { auth: 'AAAA' }],
    ['a secret that is no base64url', { auth: '+'.repeat(22) }],
    ['a number', { auth: 5 }],
  ])('[H6] %s is a clear 400', async (_, wrong) => {
    const { id, token } = await onePerson();
    const { endpoint, keys } = await newBrowser();
    const browser = { endpoint, keys: { ...keys, ...wrong } as Browser['keys'] };
    expect(await subscribe(api, token, browser)).toMatchObject({
      status: 400,
      body: { code: 'invalid_field' },
    });
    expect(await endpointsOf(id)).toEqual([]);
  });
});
