import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { chromium } from 'playwright-core';

/** Where Debian has it; CHROMIUM says where it is elsewhere. */
const EXECUTABLE = process.env.CHROMIUM || '/usr/bin/chromium';

/** A fake camera and microphone, and nothing that asks the network for anything. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--use-fake-ui-for-media-stream',
  '--use-fake-device-for-media-stream',
];

const TYPES: Record<string, string> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
};

/** Serves a page of this folder on loopback. */
export const servePage = async (
  page: 'page' | 'legacy',
): Promise<{ url: string; close(): void }> => {
  const server = createServer(({ url = '' }, answer) => {
    const name = /^\/((?:page|legacy)\.(html|js))$/.exec(url);
    if (!name?.[1]) return answer.writeHead(404).end();
    answer.writeHead(200, { 'Content-Type': TYPES[name[2] ?? ''] });
    return answer.end(readFileSync(join(import.meta.dirname, name[1])));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/${page}.html`, close: () => server.close() };
};

/** A browser of its own, with the page open. */
export interface Browser {
  readonly page: Page;
  close(): Promise<void>;
}

/**
 * Starts a browser.
 *
 * @throws when there is no Chromium
 */
export const openBrowser = async (url: string): Promise<Browser> => {
  if (!existsSync(EXECUTABLE)) {
    throw new Error(
      `There is no Chromium at ${EXECUTABLE}. Install it (Debian: apt-get install chromium), ` +
        'or say where it is by CHROMIUM.',
    );
  }
  const profile = mkdtempSync(join(tmpdir(), 'aist-browser-'));
  const context: BrowserContext = await chromium.launchPersistentContext(profile, {
    executablePath: EXECUTABLE,
    args: FLAGS,
  });
  const page = context.pages()[0] ?? (await context.newPage());
  await page.goto(url);
  return {
    page,
    close: async () => {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
};
