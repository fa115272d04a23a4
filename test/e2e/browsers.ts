import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { BrowserContext, Browser as Chromium, Page } from 'playwright-core';
import { chromium } from 'playwright-core';

/** Where Debian has it; CHROMIUM says where it is elsewhere. */
export const EXECUTABLE = process.env.CHROMIUM || '/usr/bin/chromium';

/** A fake camera and microphone, and nothing that asks the network for anything. */
export const FLAGS = [
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

/** Reads a script as a browser runs it. */
const readScript = async (path: string): Promise<string> => {
  const source = `${path}.ts`;
  if (!existsSync(source)) return readFileSync(`${path}.js`, 'utf8');
  const options = { bundle: true, write: false, format: 'esm', target: 'es2022' } as const;
  const { outputFiles } = await build({ ...options, entryPoints: [source] });
  return outputFiles[0]?.text ?? '';
};

/** Serves a page on loopback: its script is bundled where it is written in TypeScript. */
export const servePage = async (
  name: string,
  folder: string = import.meta.dirname,
): Promise<{ url: string; close(): void }> => {
  const path = join(folder, name);
  const script = await readScript(path);
  const server = createServer(({ url = '' }, answer) => {
    const type = /^\/\w+\.(html|js)$/.exec(url)?.[1];
    if (!type || !url.startsWith(`/${name}.`)) return answer.writeHead(404).end();
    answer.writeHead(200, { 'Content-Type': TYPES[type] });
    return answer.end(type === 'js' ? script : readFileSync(`${path}.html`));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/${name}.html`, close: () => server.close() };
};

/** A browser of its own, with the page open. */
export interface Browser {
  readonly page: Page;
  close(): Promise<void>;
}

/** Throws when there is no Chromium. */
const findChromium = (): void => {
  if (existsSync(EXECUTABLE)) return;
  throw new Error(
    `There is no Chromium at ${EXECUTABLE}. Install it (Debian: apt-get install chromium), ` +
      'or say where it is by CHROMIUM.',
  );
};

/**
 * Starts Chromium for browsers that share nothing but its process: each is a context.
 *
 * @throws when there is no Chromium
 */
export const startChromium = (): Promise<Chromium> => {
  findChromium();
  return chromium.launch({ executablePath: EXECUTABLE, args: FLAGS });
};

/**
 * Starts a browser.
 *
 * @throws when there is no Chromium
 */
export const openBrowser = async (url: string): Promise<Browser> => {
  findChromium();
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
