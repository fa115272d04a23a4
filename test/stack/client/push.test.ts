import { afterEach, describe, expect, test } from 'vitest';
import { disablePush, enablePush, readPushState } from '../../../client/src/push.ts';
import { newUser } from '../../support/calls/people.ts';
import { tellWorker } from '../../support/calls/records.ts';
import { runningApi } from '../../support/client.ts';
import { freshPhone } from '../../support/fresh.ts';
import type { Browser } from '../../support/push.ts';
import { untilPushed } from '../../support/push.ts';
import { pushBrowser, withoutNotification } from '../../support/push-browser.ts';
import { userOf } from '../../support/sessions.ts';
import { closeTabs, openTab, tokenFor } from './tabs.ts';

afterEach(() => {
  closeTabs();
  withoutNotification();
});

const FORMER_KEY = `B${'A'.repeat(86)}`;

/** A tab that is signed in. */
const signedIn = async () => {
  const token = await tokenFor(freshPhone());
  const tab = openTab();
  await tab.signIn(token);
  return { tab, userId: userOf(token) };
};

/** A tab whose server answers requests for this path so, once or always. */
const tabWith = async (path: string, status: number, body: object, times = 1) => {
  let left = times;
  const tab = openTab(undefined, {
    fetch: async (input, init) => {
      if (!String(input).endsWith(path) || left === 0) return fetch(input, init);
      left -= 1;
      return Response.json(body, { status });
    },
  });
  await tab.signIn(await tokenFor(freshPhone()));
  return tab;
};

/** Has a call ring for somebody, and waits until it is pushed. */
const untilRung = async (userId: string, browser: Browser | undefined) => {
  const { id: user, username } = await newUser();
  const now = Date.now();
  const about = { call: crypto.randomUUID(), video: false, group: false, at: now };
  const from = { user, username, displayName: '' };
  const news = { kind: 'call', ...about, from, until: now + 45_000 } as const;
  await tellWorker(runningApi(), { type: 'push', user: userId, news });
  if (!browser) throw new Error('The browser has no subscription');
  return untilPushed(browser, ['call']);
};

describe('a browser that can push', () => {
  test('The person is asked once, says yes, and calls reach the browser', async () => {
    const { tab, userId } = await signedIn();
    const { registration, asked, subscribed } = pushBrowser('granted');
    expect(await readPushState(tab, registration)).toBe('default');
    expect(asked()).toBe(0);
    expect(await enablePush(tab, registration)).toBe('granted');
    expect(await readPushState(tab, registration)).toBe('granted');
    expect(await enablePush(tab, registration)).toBe('granted');
    expect(asked()).toBe(1);
    await untilRung(userId, subscribed());
  });

  test.each(['denied', 'default'] as const)(
    'A person who answers %s gets no pushes, and the server hears nothing',
    async (will) => {
      const { tab } = await signedIn();
      const { registration, subscribed } = pushBrowser(will);
      expect(await enablePush(tab, registration)).toBe(will);
      expect(await readPushState(tab, registration)).toBe(will);
      expect(subscribed()).toBeUndefined();
    },
  );

  test('A person who has said no is not asked again', async () => {
    const { tab } = await signedIn();
    const { registration, asked } = pushBrowser('granted', 'denied');
    expect(await readPushState(tab, registration)).toBe('denied');
    expect(await enablePush(tab, registration)).toBe('denied');
    expect(asked()).toBe(0);
  });

  test('[P9] It subscribes again when the key of the server has changed', async () => {
    const { tab, userId } = await signedIn();
    const { registration, subscribed } = pushBrowser('granted', 'granted');
    await registration.pushManager.subscribe({ applicationServerKey: FORMER_KEY });
    const former = subscribed()?.endpoint;
    expect(await readPushState(tab, registration)).toBe('stale');
    expect(await enablePush(tab, registration)).toBe('granted');
    expect(subscribed()?.endpoint).not.toBe(former);
    expect(await readPushState(tab, registration)).toBe('granted');
    await untilRung(userId, subscribed());
  });

  test('[P9] It subscribes again when the key changes in that very moment', async () => {
    const tab = await tabWith('/api/push/key', 200, { publicKey: FORMER_KEY });
    const { registration, subscribed } = pushBrowser('granted');
    expect(await enablePush(tab, registration)).toBe('granted');
    expect(subscribed()).toBeDefined();
    expect(await readPushState(tab, registration)).toBe('granted');
  });

  test('[P9] It gives up with the error when the key changes again and again', async () => {
    const tab = await tabWith('/api/push/key', 200, { publicKey: FORMER_KEY }, 9);
    const { registration } = pushBrowser('granted');
    await expect(enablePush(tab, registration)).rejects.toMatchObject({ code: 'push_key_changed' });
  });

  test('[P1] It gets no pushes any more once that is ended, and asks nothing to go on', async () => {
    const { tab } = await signedIn();
    const { registration, subscribed, asked } = pushBrowser('granted');
    await enablePush(tab, registration);
    await disablePush(tab, registration);
    expect(subscribed()).toBeUndefined();
    expect(await readPushState(tab, registration)).toBe('paused');
    await disablePush(tab, registration);
    expect(await enablePush(tab, registration)).toBe('granted');
    expect(asked()).toBe(1);
  });
});

describe('a browser or server that cannot push', () => {
  test('A browser without pushes says so, and asks nothing', async () => {
    const { tab } = await signedIn();
    const { registration } = pushBrowser('granted');
    withoutNotification();
    expect(await readPushState(tab, registration)).toBe('unsupported');
    expect(await enablePush(tab, registration)).toBe('unsupported');
    pushBrowser('granted');
    expect(await readPushState(tab)).toBe('unsupported');
    expect(await enablePush(tab, {} as typeof registration)).toBe('unsupported');
  });

  test('[P9] A server without keys says so', async () => {
    const body = { ok: false, code: 'push_off', message: 'off' };
    const tab = await tabWith('/api/push/key', 404, body, 9);
    const { registration, subscribed } = pushBrowser('granted');
    expect(await readPushState(tab, registration)).toBe('off');
    expect(await enablePush(tab, registration)).toBe('off');
    expect(subscribed()).toBeUndefined();
  });

  test('[P3] A push service that the server does not know is left again', async () => {
    const body = { ok: false, code: 'push_service_unknown', message: 'unknown' };
    const tab = await tabWith('/api/push/subscription', 400, body);
    const { registration, subscribed } = pushBrowser('granted');
    expect(await enablePush(tab, registration)).toBe('unsupported');
    expect(subscribed()).toBeUndefined();
  });

  test.each([
    ['NotAllowedError', 'denied'],
    ['AbortError', 'no_service'],
    ['NetworkError', 'no_service'],
  ])('A browser that refuses with %s is told as %s', async (name, told) => {
    const { tab } = await signedIn();
    const { registration, refuse } = pushBrowser('granted');
    refuse(name);
    expect(await enablePush(tab, registration)).toBe(told);
  });

  test('An error of the browser that means anything else is thrown', async () => {
    const { tab } = await signedIn();
    const { registration, refuse } = pushBrowser('granted');
    refuse('InvalidStateError');
    await expect(enablePush(tab, registration)).rejects.toThrow('Refused');
  });

  test('A tab that is not signed in is refused', async () => {
    const { registration } = pushBrowser('granted');
    await expect(enablePush(openTab(), registration)).rejects.toMatchObject({ code: 'no_token' });
  });
});
