import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { build } from 'esbuild';
import { createElement } from 'react';
import { renderToString } from 'react-dom/server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { useStore } from '../../client/src/react.ts';
import { createStore } from '../../client/src/store.ts';
import type { Browser } from './browsers.ts';
import { openBrowser } from './browsers.ts';

let browser: Browser;
const faults: string[] = [];

/** Serves the page of the hooks on loopback. */
const serve = async (script: string) => {
  const server = createServer(({ url }, answer) => {
    const isScript = url === '/page.js';
    answer.writeHead(200, { 'Content-Type': isScript ? 'text/javascript' : 'text/html' });
    answer.end(isScript ? script : '<!doctype html><body><script src="/page.js"></script>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
};

beforeAll(async () => {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, 'hooks', 'page.ts')],
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    define: { 'process.env.NODE_ENV': '"development"' },
  });
  const { server, url } = await serve(outputFiles[0]?.text ?? '');
  browser = await openBrowser('about:blank');
  browser.page.on('pageerror', (error) => faults.push(String(error)));
  browser.page.on('console', (line) => line.type() === 'error' && faults.push(line.text()));
  await browser.page.goto(url);
  return () => server.close();
});

afterAll(() => browser?.close());

describe.each(['react', 'preact'])('useStore of %s', (library) => {
  test('It shows a value and each that follows, and listens once for each component', async () => {
    const seen = await browser.page.evaluate(async (name) => {
      const page = openHooks(name);
      const [store] = page.stores;
      page.show(0, 0);
      await page.settle();
      const before = [page.text(), store.listeners()];
      store.set('two');
      await page.settle();
      const after = [page.text(), store.listeners()];
      const renders = page.renders();
      store.set('two');
      await page.settle();
      return { before, after, again: page.renders() - renders };
    }, library);
    expect(seen).toEqual({ before: ['oneone', 2], after: ['twotwo', 2], again: 0 });
  });

  test('A component that goes listens no longer, and one with another store changes over', async () => {
    const seen = await browser.page.evaluate(async (name) => {
      const page = openHooks(name);
      const listeners = () => page.stores.map((store) => store.listeners());
      page.show(0);
      await page.settle();
      page.show(1);
      await page.settle();
      const changed = [page.text(), ...listeners()];
      const renders = page.renders();
      page.stores[0].set('unseen');
      await page.settle();
      const idle = page.renders() - renders;
      page.hide();
      await page.settle();
      return { changed, idle, hidden: [page.text(), ...listeners()] };
    }, library);
    expect(seen).toEqual({ changed: ['other', 0, 1], idle: 0, hidden: ['', 0, 0] });
  });

  test('What changes while it is rendered, or before it listens, is shown', async () => {
    const seen = await browser.page.evaluate(async (name) => {
      const page = openHooks(name);
      page.setDuring('during');
      page.show(0, 0, 0);
      await page.settle();
      const during = page.text();
      const other = openHooks(name);
      other.show(0);
      other.stores[0].set('before it listens');
      await page.settle();
      return { during, before: other.text() };
    }, library);
    expect(seen).toEqual({ during: 'duringduringduring', before: 'before it listens' });
  });

  test('Nothing of it is a fault of the page', () => {
    expect(faults).toEqual([]);
  });
});

test('useStore of react shows the value in what a server renders', () => {
  const store = createStore('as it is');
  const Value = () => createElement('b', null, useStore(store));
  expect(renderToString(createElement(Value))).toBe('<b>as it is</b>');
});
