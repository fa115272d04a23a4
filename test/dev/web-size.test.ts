import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ASSETS, weighApp } from '../../dev/web/sizes.ts';

test('signing in is at most 14 KB with all that it needs, the chats 62.5 KB, all script 80 KB', () => {
  const weights = weighApp();
  expect(weights.map(({ budget }) => budget)).toEqual([14, 62.5, 80]);
  for (const { name, size, budget } of weights) {
    console.log(`${name}: ${size.toFixed(1)} KB`);
    expect(size, name).toBeGreaterThan(8);
    expect(size, name).toBeLessThanOrEqual(budget);
  }
});

test('the app says nothing of where it was built', () => {
  weighApp();
  const scripts = readdirSync(join(ASSETS, 'app')).filter((name) => name.endsWith('.js'));
  expect(scripts.length).toBeGreaterThan(3);
  // What is built for development names the file and the line of each element.
  const telling = scripts.filter((name) =>
    /fileName:|\.tsx/.test(readFileSync(join(ASSETS, 'app', name), 'utf8')),
  );
  expect(telling).toEqual([]);
});
