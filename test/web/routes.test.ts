import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { APP_PAGES } from '../../src/platform/http/app-pages.ts';

const read = (path: string) => readFileSync(join(import.meta.dirname, '../..', path), 'utf8');

/** The addresses of the app with an id in each place that wants one. */
const addressesOf = (patterns: readonly string[]): string[] =>
  patterns
    .flatMap((pattern) => {
      const rest = pattern.replace(/\/:\w+\?$/, '');
      return rest === pattern ? [pattern] : [rest, `${rest}/:id`];
    })
    .map((pattern) => pattern.replace(/:\w+/g, 'x'))
    .sort();

const served = addressesOf(['/', ...APP_PAGES]);

test('[H35] the app has a screen for each address that the Worker answers with it', () => {
  const routes = Array.from(
    read('web/src/app/routes.tsx').matchAll(/<Route path="([^"]+)"/g),
    ([, path = '']) => path,
  );
  expect(addressesOf(routes)).toEqual(served);
});

test('[H35] the service worker answers the same addresses with the page that it has kept', () => {
  const [, source = ''] =
    /const PAGES =\s*\/(.+)\/;/.exec(read('web/service-worker/main.ts')) ?? [];
  const pages = new RegExp(source);
  for (const path of served) expect([path, pages.test(path)]).toEqual([path, true]);
  for (const path of ['/docs', '/openapi.json', '/health', '/api/profile', '/c', '/c/x/y', '/ws'])
    expect([path, pages.test(path)]).toEqual([path, false]);
});
