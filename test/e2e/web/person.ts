import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { BrowserContext, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import { expect } from 'vitest';
import type { Api } from '../../support/client.ts';
import { runningApi } from '../../support/client.ts';
import { PATIENCE_MS } from '../../support/patience.ts';
import { confirm, showQr } from '../../support/qr.ts';
import { signIn } from '../../support/sign-in.ts';
import { stack } from '../../support/stack.ts';
import { EXECUTABLE, FLAGS } from '../browsers.ts';

const running = runningApi();

/** Asks again what the API was too busy for: on a slow machine it says so, and changes nothing. */
const send: Api['send'] = async (...asked) => {
  for (;;) {
    const answer = await running.send(...asked);
    if (answer.status !== 503) return answer;
    await delay(Number(answer.body.retryAfterSeconds) * 1_000);
  }
};

export const api: Api = {
  send,
  post: (path, body = {}, options) => send('POST', path, { body, ...options }),
};

/** How the app of somebody is shown. */
export interface Look {
  readonly language?: 'ru' | 'en';
  readonly theme?: 'light' | 'dark';
  readonly width?: number;
  readonly height?: number;
  readonly path?: string;
}

/** Somebody who is signed in to the app in a browser of their own. */
export interface Person {
  readonly userId: string;
  readonly username: string;
  readonly name: string;
  readonly token: string;
  readonly context: BrowserContext;
  readonly page: Page;
  /** What went wrong in any of their tabs: each test ends without. */
  readonly faults: string[];
  /** Opens another tab of the same browser. */
  tab(path?: string): Promise<Page>;
}

/** What people allow, and what browsers do without asking: whatever is not named is refused. */
const PERMISSIONS = [
  ...['microphone', 'camera', 'notifications', 'clipboard-read', 'clipboard-write'],
  'screen-wake-lock',
];

/** What a browser says of requests that are refused, or without a network: no fault of the app. */
const EXPECTED =
  /^(Failed to load resource: (the server responded with a status of (4|503)|net::ERR_)|WebSocket)/;

/**
 * One Chromium for the tests of a file; each person has a profile of their own in it.
 *
 * @param flags what it is started with beside those of all tests
 */
export const openChromium = async (flags: readonly string[] = []) => {
  const args = [...FLAGS, ...flags];
  const browser = await chromium.launch({ executablePath: EXECUTABLE, args });
  const people: Person[] = [];

  const watch = (page: Page, faults: string[]) => {
    page.on('pageerror', (error) => faults.push(error.stack ?? error.message));
    page.on('console', (message) => {
      const text = message.text();
      if (message.type() === 'error' && !EXPECTED.test(text)) faults.push(text);
    });
  };

  /** Signs somebody in, and opens the app. */
  const person = async (name: string, look: Look = {}): Promise<Person> => {
    const token = await signIn(api);
    const username = `u${randomBytes(8).toString('hex')}`;
    const profile = { body: { username, displayName: name }, token };
    expect((await api.send('PATCH', '/api/profile', profile)).status).toBe(200);
    const { body } = await api.send('GET', '/api/profile', { token });
    const opened = await device({ token, look });
    const one = { userId: String(body.userId), username, name, token, ...opened };
    people.push(one);
    return one;
  };

  /** A browser that is signed in with a token. */
  const device = async ({ token, look = {} }: { token: string; look?: Look }) => {
    const { language = 'en', theme = 'light', width = 1_280, height = 800, path = '/' } = look;
    const context = await browser.newContext({ viewport: { width, height } });
    context.setDefaultTimeout(PATIENCE_MS);
    await context.grantPermissions(PERMISSIONS, { origin: stack.apiUrl });
    const kept = {
      'aist.token': token,
      'aist.language': language,
      'aist.theme': theme,
      'aist.welcomed': '1',
    };
    await context.addInitScript((values) => {
      if (localStorage.getItem('aist.language')) return;
      for (const [key, value] of Object.entries(values)) localStorage.setItem(key, value);
    }, kept);
    const faults: string[] = [];
    const tab = async (at = '/') => {
      const page = await context.newPage();
      watch(page, faults);
      await page.goto(`${stack.apiUrl}${at}`);
      return page;
    };
    return { context, faults, tab, page: await tab(path) };
  };

  /** Another device of somebody: a session of its own, which the first one lets in by a QR code. */
  const secondDevice = async (one: Person, look: Look = {}): Promise<Person> => {
    const { code, poll } = await showQr(api);
    await poll();
    expect((await confirm(api, code, one.token)).status).toBe(200);
    const token = String((await poll()).body.token);
    const other = { ...one, token, ...(await device({ token, look })) };
    people.push(other);
    return other;
  };

  /** Expects that nothing went wrong in any tab so far, and closes them. */
  const end = async () => {
    const all = people.splice(0);
    const faults = all.flatMap(({ name, faults }) => faults.map((fault) => `${name}: ${fault}`));
    await Promise.all(all.map(({ context }) => context.close()));
    expect(faults).toEqual([]);
  };

  return { person, secondDevice, end, close: () => browser.close() };
};

/** Makes the personal chat of two people by the API. */
export const makeChat = async (one: Person, other: Person): Promise<string> => {
  const body = { type: 'user', peerUserId: other.userId };
  const answer = await api.send('POST', '/api/chats', { body, token: one.token });
  expect([200, 201]).toContain(answer.status);
  return String(answer.body.id);
};

/** Sends a message by the API, when it says that one may: past the limit. */
export const sendAs = async (one: Person, chat: string, text: string): Promise<void> => {
  const message = { body: { text, clientId: randomBytes(16).toString('hex') }, token: one.token };
  for (;;) {
    const sent = await api.send('POST', `/api/chats/${chat}/messages`, message);
    if (sent.status !== 429) return expect([200, 201], sent.text).toContain(sent.status);
    await delay(Number(sent.body.retryAfterSeconds) * 1_000);
  }
};

/** Writes into the open chat, and sends. */
export const write = async ({ page }: Person, text: string): Promise<void> => {
  await page.locator('.composer textarea').fill(text);
  await page.locator('.composer textarea').press('Enter');
};

/** The texts of the messages that are shown. */
export const shownTexts = ({ page }: Pick<Person, 'page'>): Promise<string[]> =>
  page.locator('.message .message-text').allTextContents();
