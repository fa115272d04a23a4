import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { stack } from '../../support/stack.ts';
import { openApp, openSignedIn, signInOn } from './app.ts';

const controlled = () => navigator.serviceWorker.controller !== null;

test('the app opens without a network, says so, and goes on when it is back', async () => {
  const page = await openSignedIn('/settings');
  await page.waitForFunction(controlled);
  await page.context().setOffline(true);
  await page.getByText('Нет соединения.').waitFor();
  await page.goto('/settings/look');
  await expect.poll(() => page.textContent('h1')).toBe('Язык и оформление');
  await page.getByText('Нет соединения.').waitFor();
  // What needs the server says what is the matter, and offers to try again.
  await page.goto('/settings/blocked');
  await page.getByText('Нет ответа. Проверьте соединение').waitFor();
  await page.context().setOffline(false);
  await page.getByRole('button', { name: 'Повторить' }).click();
  await page.getByText('Никто не заблокирован').waitFor();
  await page.getByText('Нет соединения.').waitFor({ state: 'detached' });
});

test('the page of signing in says that there is no network, and works when it is back', async () => {
  const page = await openApp('/', { narrow: true, language: 'en' });
  await page.locator('#phone').waitFor();
  await page.context().setOffline(true);
  await page.getByText('No connection.').waitFor();
  await page.fill('#phone', '+79991112233');
  await page.keyboard.press('Enter');
  await expect.poll(() => page.textContent('#phone-error')).toBe('No answer. Check the connection');
  await page.context().setOffline(false);
  await page.getByText('No connection.').waitFor({ state: 'hidden' });
});

/** Serves what the stack serves, with a service worker that becomes another version. */
const serveVersions = async () => {
  let version = 1;
  const server = createServer((asked, answer) => {
    const { url = '', method, headers } = asked;
    const host = new URL(stack.apiUrl).host;
    const plain = { ...headers, host, 'accept-encoding': 'identity' };
    const options = { method, headers: plain };
    const passed = request(`${stack.apiUrl}${url}`, options, (got) => {
      if (url !== '/service-worker.js') {
        answer.writeHead(got.statusCode ?? 500, got.headers);
        got.pipe(answer);
        return;
      }
      answer.writeHead(200, { 'Content-Type': 'text/javascript', 'Cache-Control': 'no-cache' });
      void text(got).then((script) => answer.end(`${script}\n// ${version}`));
    });
    passed.on('error', () => answer.destroy());
    asked.pipe(passed);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    change: () => {
      version += 1;
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
};

test('a new version is offered, and taken by a press', async () => {
  const served = await serveVersions();
  onTestFinished(served.close);
  const page = await openApp(`${served.url}/sign-in`);
  await page.evaluate(() => localStorage.setItem('aist.welcomed', '1'));
  await signInOn(page);
  await page.waitForFunction(controlled);
  served.change();
  await page.evaluate(async () => {
    await (await navigator.serviceWorker.getRegistration())?.update();
  });
  await page.getByText('Вышла новая версия').waitFor();
  const begun = page.waitForEvent('load');
  await page.getByRole('button', { name: 'Обновить' }).click();
  await begun;
  await page.locator('.shell').waitFor();
  const waiting = () =>
    page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.waiting ?? null);
  expect(await waiting()).toBeNull();
});
