import { existsSync } from 'node:fs';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import { afterAll, afterEach, expect } from 'vitest';
import { freshAddress, freshPhone } from '../../support/fresh.ts';
import { PATIENCE_MS } from '../../support/patience.ts';
import { stack } from '../../support/stack.ts';
import { EXECUTABLE, FLAGS } from '../browsers.ts';

/** How somebody looks at the app. */
export interface Look {
  readonly language?: 'ru' | 'en';
  readonly theme?: 'light' | 'dark';
  /** A narrow phone of 360 px, or a desktop. */
  readonly narrow?: boolean;
  /** What the browser allows without asking. */
  readonly permissions?: readonly string[];
}

let browser: Browser | undefined;
const contexts: BrowserContext[] = [];
const problems: string[] = [];

/**
 * What a browser says of answers that tests ask for on purpose, or that a slow machine gives, and
 * of a socket whose page goes before it is open.
 */
const EXPECTED = new RegExp(
  '^Failed to load resource: (the server responded with a status of (4|503)|net::ERR_)' +
    '|^WebSocket connection to',
);

const watch = (page: Page): void => {
  page.on('console', (said) => {
    const isBad = said.type() === 'error' || said.type() === 'warning';
    if (isBad && !EXPECTED.test(said.text())) problems.push(said.text());
  });
  page.on('pageerror', (error) => problems.push(`${error.stack ?? error.message}`));
};

const launch = async (): Promise<Browser> => {
  if (!existsSync(EXECUTABLE)) throw new Error(`There is no Chromium at ${EXECUTABLE}`);
  return chromium.launch({ executablePath: EXECUTABLE, args: [...FLAGS] });
};

/** Opens a browser of somebody's own, with nothing kept, on an address of the app. */
export const openApp = async (path = '/', look: Look = {}): Promise<Page> => {
  const { language = 'ru', theme = 'light', narrow = false, permissions = [] } = look;
  browser ??= await launch();
  const context = await browser.newContext({
    baseURL: stack.apiUrl,
    locale: language === 'ru' ? 'ru-RU' : 'en-US',
    colorScheme: theme,
    viewport: narrow ? { width: 360, height: 740 } : { width: 1280, height: 800 },
    permissions: [...permissions],
    extraHTTPHeaders: { 'CF-Connecting-IP': freshAddress() },
  });
  contexts.push(context);
  context.setDefaultTimeout(PATIENCE_MS);
  // What the policy stops is no console error everywhere, so the page is asked as well.
  await context.addInitScript(() => {
    addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
      console.error(`The policy stopped ${violatedDirective}: ${blockedURI}`),
    );
  });
  context.on('page', watch);
  const page = await context.newPage();
  await page.goto(path);
  return page;
};

/** Signs somebody in on a page of the app, as the page itself would, and loads it again. */
export const signInOn = async (page: Page, phone = freshPhone()): Promise<string> => {
  await page.evaluate(async (number) => {
    const post = async (path: string, body: object) => {
      const headers = { 'Content-Type': 'application/json', 'X-Session': 'cookie' };
      const init = { method: 'POST', headers, body: JSON.stringify(body) };
      return (await fetch(`/api/auth/${path}`, init)).json();
    };
    const { debugCode: code } = await post('request-code', { phone: number });
    const { token } = await post('verify-code', { phone: number, code });
    localStorage.setItem('aist.token', token);
  }, phone);
  await page.reload();
  await page.locator('.shell').waitFor();
  return phone;
};

/** Somebody who is signed in and has done the first steps, at an address of the app. */
export const openSignedIn = async (path = '/', look: Look = {}): Promise<Page> => {
  const page = await openApp('/robots.txt', look);
  await page.goto('/sign-in');
  await page.evaluate(() => localStorage.setItem('aist.welcomed', '1'));
  await signInOn(page);
  await page.goto(path);
  await page.locator('.page h1:visible').first().waitFor();
  return page;
};

/** What a page asks of the API, as the person who is signed in there. */
export const requestOn = (page: Page, [method, path, body]: [string, string, object?]) =>
  page.evaluate(
    async ([method, path, body]) => {
      const headers = {
        'Content-Type': 'application/json',
        Authorization: `Bearer ${localStorage.getItem('aist.token')}`,
      };
      const init = { method, headers, ...(body && { body: JSON.stringify(body) }) };
      return (await fetch(path, init)).json();
    },
    [method, path, body] as const,
  );

/** Signs a page in beside another one of the same person, by a QR code that this one confirms. */
export const signInBeside = async (page: Page, signedIn: Page): Promise<void> => {
  const { code, pollToken } = await requestOn(page, ['POST', '/api/auth/qr/request', {}]);
  const collect = () =>
    page.evaluate(async (pollToken) => {
      const headers = { 'X-Poll-Token': pollToken, 'X-Session': 'cookie' };
      const { token } = await (await fetch('/api/auth/qr/check', { headers })).json();
      if (token) localStorage.setItem('aist.token', token);
    }, pollToken);
  await collect();
  await requestOn(signedIn, ['POST', '/api/auth/qr/confirm', { code }]);
  await collect();
  await page.reload();
  await page.locator('.shell').waitFor();
};

/** Expects that the browser has stopped something, and forgets what it said of that. */
export const expectStopped = async (what: RegExp): Promise<void> => {
  await expect.poll(() => problems.filter((text) => what.test(text))).not.toEqual([]);
  problems.splice(0);
};

// Whatever a test was about: no error, no warning, nothing that the policy had to stop.
afterEach(async () => {
  const said = problems.splice(0);
  for (const context of contexts.splice(0)) await context.close();
  expect(said).toEqual([]);
});

afterAll(() => browser?.close());
