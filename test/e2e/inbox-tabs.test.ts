import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { BrowserContext, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startNetwork } from '../stack/client/tab-network.ts';
import { newDevice } from '../support/calls/device.ts';
import { newUser } from '../support/calls/people.ts';
import { stack } from '../support/stack.ts';
import { legacyToken } from '../support/tokens.ts';

const CHROMIUM = process.env.CHROMIUM || '/usr/bin/chromium';
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
];
const TABS = 5;

/** The client in a page, with what the test asks of it. */
const PAGE = `
import { createClient } from './index.ts';
import { openInbox } from './inbox.ts';
const client = createClient({ url: new URLSearchParams(location.search).get('api') });
const inbox = openInbox(client);
const errors = [];
for (const name of ['error', 'unhandledrejection'])
  addEventListener(name, (event) => errors.push(String(event.reason ?? event.message)));
globalThis.tab = {
  client,
  inbox,
  look: () => ({
    session: client.session.get().state,
    link: inbox.link.get().state,
    rings: inbox.rings.get().map(({ call }) => call),
    errors,
  }),
};
`;

let network: Awaited<ReturnType<typeof startNetwork>>;
let server: Server;
let context: BrowserContext;
let url: string;
const profile = mkdtempSync(join(tmpdir(), 'aist-tabs-'));

beforeAll(async () => {
  if (!existsSync(CHROMIUM)) throw new Error(`There is no Chromium at ${CHROMIUM}`);
  network = await startNetwork(stack.apiUrl);
  const resolveDir = join(import.meta.dirname, '..', '..', 'client', 'src');
  const { outputFiles } = await build({
    stdin: { contents: PAGE, resolveDir, loader: 'ts' },
    bundle: true,
    write: false,
    format: 'esm',
  });
  const page = `<!doctype html><script type="module">${outputFiles[0]?.text}</script>`;
  server = createServer((_, answer) => {
    answer.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(page);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  url = `http://127.0.0.1:${port}/?api=${encodeURIComponent(network.url)}`;
  context = await chromium.launchPersistentContext(profile, {
    executablePath: CHROMIUM,
    args: FLAGS,
  });
});
afterAll(async () => {
  await context?.close();
  server?.close();
  network?.close();
  rmSync(profile, { recursive: true, force: true });
});

interface Look {
  readonly session: string;
  readonly link: string;
  readonly rings: readonly string[];
  readonly errors: readonly string[];
}

const open = async (): Promise<Page> => {
  const page = await context.newPage();
  await page.goto(url);
  return page;
};
const look = (page: Page) => page.evaluate(() => Reflect.get(globalThis, 'tab').look() as Look);

/** Waits until all tabs show the same, and as many sockets are open. */
const settle = async (pages: readonly Page[], [want, sockets]: [Omit<Look, 'errors'>, number]) => {
  await expect
    .poll(async () => ({ tabs: await Promise.all(pages.map(look)), sockets: network.inboxes }))
    .toEqual({ tabs: pages.map(() => ({ ...want, errors: [] })), sockets });
};

const ONLINE = { session: 'signed_in', link: 'online', rings: [] };
const OFF = { session: 'signed_out', link: 'off', rings: [] };

/** Ends a tab without a word. */
const crash = async (page: Page): Promise<void> => {
  const session = await context.newCDPSession(page);
  const crashed = page.waitForEvent('crash');
  void session.send('Page.crash').catch(() => undefined);
  await crashed;
  await page.close();
};

const freeze = async (page: Page, state: 'frozen' | 'active'): Promise<void> => {
  const session = await context.newCDPSession(page);
  await session.send('Page.setWebLifecycleState', { state });
};

describe('the tabs of Chromium', () => {
  test('They have one truth and one socket, whichever is closed, crashes or is frozen', async () => {
    const pages: Page[] = [];
    for (let count = 0; count < TABS; count++) pages.push(await open());
    for (let round = 0; round < 5; round++) {
      const me = await newUser();
      const token = await legacyToken(me.id);
      await settle(pages, [OFF, 0]);
      await pages[round]?.evaluate(
        (given) => Reflect.get(globalThis, 'tab').client.signIn(given),
        token,
      );
      await settle(pages, [ONLINE, 1]);

      // The first one leads, since it asked first; each of these ends the tab that leads.
      await pages.shift()?.close();
      await settle(pages, [ONLINE, 1]);
      const [leading] = pages.splice(0, 1);
      if (leading) await crash(leading);
      await settle(pages, [ONLINE, 1]);
      const [frozen] = pages.splice(0, 1);
      if (frozen) await freeze(frozen, 'frozen');
      await settle(pages, [ONLINE, 1]);

      const { callId, line } = await (await newDevice()).dial(me);
      await settle(pages, [{ ...ONLINE, rings: [callId] }, 1]);
      if (frozen) {
        await freeze(frozen, 'active');
        pages.push(frozen);
      }
      pages.push(await open(), await open());
      await settle(pages, [{ ...ONLINE, rings: [callId] }, 1]);
      await pages
        .at(-1)
        ?.evaluate((call) => Reflect.get(globalThis, 'tab').inbox.decline(call), callId);
      await line.next({ type: 'state', state: 'ended', reason: 'declined' });
      await settle(pages, [ONLINE, 1]);
      await pages[1]?.evaluate(() => Reflect.get(globalThis, 'tab').client.signOut());
      await settle(pages, [OFF, 0]);
    }
    for (const page of pages) await page.close();
  });
});
