import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { openSignedIn, requestOn } from './app.ts';

/** Somebody who allows notifications, and whose page hands pushes to its service worker. */
const openPushed = async () => {
  const page = await openSignedIn('/settings', { permissions: ['notifications'] });
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  const session = await page.context().newCDPSession(page);
  const registered = new Promise<string>((resolve) =>
    session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const [first] = registrations;
      if (first) resolve(first.registrationId);
    }),
  );
  await session.send('ServiceWorker.enable');
  const registrationId = await registered;
  const { origin } = new URL(page.url());
  const { userId } = await requestOn(page, ['GET', '/api/profile']);
  const push = (payload: object) => {
    const data = JSON.stringify({ to: userId, at: Date.now(), ...payload });
    return session.send('ServiceWorker.deliverPushMessage', { origin, registrationId, data });
  };
  return { page, push };
};

/** The notifications that are shown, as far as somebody sees them. */
const shownOn = (page: Page) =>
  page.evaluate(async () => {
    const registration = await navigator.serviceWorker.getRegistration();
    const shown = (await registration?.getNotifications()) ?? [];
    return shown.map(({ title, body, tag, data }) => ({ title, body, tag, path: data.path }));
  });

const CALL = { call: 'the-call', from: 'Анна', video: false, group: false };

test('a call that is pushed is shown, and what becomes of it takes its place', async () => {
  const { page, push } = await openPushed();
  await push({ kind: 'call', ...CALL, until: Date.now() + 40_000 });
  const tag = 'call-the-call';
  await expect
    .poll(() => shownOn(page))
    .toEqual([{ title: 'Анна', body: 'Звонит вам', tag, path: '/call/the-call' }]);
  await push({ kind: 'missed', ...CALL });
  await expect
    .poll(() => shownOn(page))
    .toEqual([{ title: 'Анна', body: 'Пропущенный звонок', tag, path: '/calls' }]);
});

test('a push that comes late says that the call was missed', async () => {
  const { page, push } = await openPushed();
  await push({ kind: 'call', ...CALL, until: Date.now() - 1 });
  await expect.poll(() => shownOn(page)).toMatchObject([{ body: 'Пропущенный звонок' }]);
});

test('a message says who wrote and in which chat, one notification a chat', async () => {
  const { page, push } = await openPushed();
  const message = { kind: 'message', chat: 'c1', from: 'Пётр' };
  await push({ ...message, seq: 1 });
  await push({ ...message, seq: 2, chatName: 'Работа' });
  await expect
    .poll(() => shownOn(page))
    .toEqual([
      { title: 'Пётр', body: 'Новое сообщение в «Работа»', tag: 'chat-c1', path: '/c/c1' },
    ]);
});

test('what is for somebody else, who was signed in here before, is not shown', async () => {
  const { page, push } = await openPushed();
  await push({ kind: 'message', chat: 'c2', from: 'Пётр', seq: 1, to: 'somebody-else' });
  await push({ kind: 'message', chat: 'c3', from: 'Анна', seq: 1 });
  await expect.poll(() => shownOn(page)).toMatchObject([{ tag: 'chat-c3' }]);
});
