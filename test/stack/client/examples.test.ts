import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deviceOf } from '../../support/calls/device.ts';
import { newUser } from '../../support/calls/people.ts';
import { runningApi } from '../../support/client.ts';
import { freshPhone } from '../../support/fresh.ts';
import { pushBrowser, withoutNotification } from '../../support/push-browser.ts';
import { stack } from '../../support/stack.ts';
import { tokenFor } from './tabs.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const text = readFileSync(join(ROOT, 'docs', 'client.md'), 'utf8');
const examples = Array.from(
  text.matchAll(/^## (.+?)$(?:(?!^## )[\s\S])*?^```ts\n([\s\S]*?)^```$/gm),
  ([, title = '', code = '']) => ({ title, code }),
);

/** Where the examples are written to: beside the client, whose dependencies they need. */
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(import.meta.dirname, '.examples-'));
});
afterAll(() => {
  withoutNotification();
  rmSync(folder, { recursive: true, force: true });
});

/** Has Anna call whoever has the token; resolves once it rings for them. */
const callFromAnna = async (token: string) => {
  const { body } = await runningApi().send('GET', '/api/profile', { token });
  const me = { id: String(body['userId']), username: '', displayName: '', phone: '' };
  const mine = await deviceOf(me);
  const line = await mine.inbox();
  const { callId } = await (await deviceOf(await newUser({ displayName: 'Anna' }))).call(me);
  await line.next({ type: 'ring', call: callId });
  line.close();
};

/**
 * What the examples expect to be there: a token, a camera, somebody who calls, a friend, a
 * browser with pushes, a console.
 */
const stage = async () => {
  const token = await tokenFor(freshPhone());
  const camera = Promise.withResolvers<string>();
  const lines: string[] = [];
  return {
    token,
    friend: (await newUser()).id,
    callMe: () => callFromAnna(token),
    navigator: { serviceWorker: { ready: Promise.resolve(pushBrowser('granted').registration) } },
    scan: camera.resolve,
    scanned: camera.promise,
    lines,
    console: { log: (...words: unknown[]) => lines.push(words.join(' ').trim()) },
  };
};

/** Runs an example as it stands in the document, but for the address and the number. */
const run = async (code: string, name: string) => {
  const given = await stage();
  Object.assign(globalThis, { example: given });
  const own = code
    .replaceAll(/'aist-client(?:\/([\w-]+))?'/g, (_, entry = 'index') =>
      JSON.stringify(join(ROOT, 'client', 'src', `${entry}.ts`)),
    )
    .replaceAll('https://api.example', stack.apiUrl)
    .replaceAll('+7 999 123-45-67', freshPhone());
  const file = join(folder, `${name}.ts`);
  const names = 'token, friend, scan, scanned, callMe, navigator, console';
  const head = `const { ${names} } = globalThis.example;\n`;
  writeFileSync(file, `${own.replace(/\n\n/, `\n\n${head}`)}\nexport {};\n`);
  await import(file);
  return given.lines;
};

describe('docs/client.md', () => {
  test('It has an example of each entry', () => {
    expect(examples.map(({ title }) => title)).toEqual([
      'Signing in',
      'Requests and their errors',
      'A QR code',
      'Devices',
      'What rings',
      // Two browsers run it: test/e2e/client-example.test.ts.
      'Calls',
      'Pushes',
      'Chats',
      // It needs no stack: test/client/testing-example.test.ts.
      'Tests of an app',
    ]);
  });

  test.each([
    ['Signing in', ['phone', 'phone', 'code', 'code', 'done', 'Somebody new']],
    ['Requests and their errors', ['This name is reserved']],
    ['A QR code', []],
    ['Devices', ['(this one)', '0 others were signed out']],
    ['What rings', ['Anna calls', 'Anna: declined']],
    ['Pushes', ['default', 'You can close the page', 'granted']],
    ['Chats', ['Привет! sending', 'Привет! sent']],
  ])('Its example "%s" runs, and prints what it says', async (title, lines) => {
    const example = examples.find((one) => one.title === title);
    expect(await run(example?.code ?? '', title.replaceAll(/\W/g, '-'))).toEqual(lines);
  });
});
