import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { newUser } from '../support/calls/people.ts';
import { stack } from '../support/stack.ts';
import { legacyToken } from '../support/tokens.ts';
import { servePage, startChromium } from './browsers.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const text = readFileSync(join(ROOT, 'docs', 'client.md'), 'utf8');
const [, example = ''] = /^## Calls$[\s\S]*?^```ts\n([\s\S]*?)^```$/m.exec(text) ?? [];

const folder = mkdtempSync(join(tmpdir(), 'aist-example-'));
const code = example
  .replaceAll(/'aist-client(?:\/([\w-]+))?'/g, (_, entry = 'index') =>
    JSON.stringify(join(ROOT, 'client', 'src', `${entry}.ts`)),
  )
  .replaceAll('https://api.example', stack.apiUrl)
  .replace(/\n\n/, '\n\nconst { token, friend, confirm, console } = globalThis.example;\n');
writeFileSync(join(folder, 'example.ts'), code);
writeFileSync(
  join(folder, 'example.html'),
  '<!doctype html><video autoplay muted></video><script type="module" src="example.js"></script>',
);
const served = await servePage('example', folder);
const chromium = await startChromium();
afterAll(async () => {
  await chromium.close();
  served.close();
  rmSync(folder, { recursive: true, force: true });
});

declare const lines: string[];

/** Opens the example for somebody, who calls a friend if there is one. */
const open = async (userId: string, friend?: string) => {
  const context = await chromium.newContext({ permissions: ['microphone', 'camera'] });
  const page = await context.newPage();
  await page.addInitScript(
    (given) => {
      const lines: string[] = [];
      const console = { log: (line: string) => lines.push(line) };
      const confirm = (text: string) => lines.push(text) > 0;
      Object.assign(globalThis, { lines, example: { ...given, confirm, console } });
    },
    { token: await legacyToken(userId), friend },
  );
  await page.goto(served.url);
  return page;
};

test('The example of calls in docs/client.md runs: two see each other', async () => {
  const [anna, boris] = [await newUser({ displayName: 'Anna' }), await newUser()];
  const his = await open(boris.id);
  const hers = await open(anna.id, boris.id);
  for (const page of [his, hers]) {
    await expect
      .poll(() => page.evaluate(() => document.querySelector('video')?.videoWidth))
      .toBeGreaterThan(0);
    expect(await page.evaluate(() => lines)).toContain('talking');
  }
  expect(await his.evaluate(() => lines)).toContain('Anna calls');
});
