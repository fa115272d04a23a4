import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Log } from '../../src/platform/log.ts';
import { LOG_EVENTS } from '../../src/platform/log-events.ts';
import { listFiles, ROOT } from './files.ts';

const code = listFiles(/^(src|party)\/.*\.ts$/)
  .filter(({ path }) => path !== 'src/platform/log-events.ts')
  .map(({ text }) => text)
  .join('\n');

const operations = readFileSync(join(ROOT, 'docs', 'operations.md'), 'utf8');
const [page = ''] = /^## What the log says$[\s\S]*?(?=^## )/m.exec(operations) ?? [];
const told = [...page.matchAll(/^\| (`.*?) \|/gm)].flatMap(
  ([, cell = '']) => cell.match(/[\w.]+/g) ?? [],
);

/** The events whose names are put together where they are logged. */
const COMPOSED: Readonly<Record<string, string>> = {
  'bot.moved': `\`bot.\${outcome}\``,
  'bot.replaced': `\`bot.\${outcome}\``,
};

describe('The table of log events', () => {
  test.each(Object.keys(LOG_EVENTS))('has no event that is never logged: %s', (event) => {
    expect(code).toContain(COMPOSED[event] ?? `'${event}'`);
  });

  test('is what docs/operations.md tells, each event once', () => {
    const events = told.filter((event) => event !== 'event');
    expect(events.sort()).toEqual(Object.keys(LOG_EVENTS).sort());
  });

  test('has a meaning of one line for every event', () => {
    for (const [event, { meaning }] of Object.entries(LOG_EVENTS)) {
      expect(meaning, event).toMatch(/^\S[^\n|]+[^\s.]$/);
    }
  });

  test('is all that a log takes, each event at its own level', () => {
    const log = {} as Log;
    const compile = () => {
      // @ts-expect-error: no such event is in the table.
      log.info('auth.unheard_of');
      // @ts-expect-error: a warning is no information.
      log.info('telegram.blocked');
      // @ts-expect-error: an error is no warning.
      log.warn('internal');
      log.error('internal');
    };
    expect(compile).toBeTypeOf('function');
  });

  test('stays out of the bundle: only its type is imported', () => {
    const imports = code.match(/^import.*log-events\.ts';$/gm) ?? [];
    expect(imports.length).toBeGreaterThan(0);
    expect(imports.filter((line) => !line.startsWith('import type '))).toEqual([]);
  });
});
