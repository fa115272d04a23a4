import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, test } from 'vitest';
import { MADE_DOCUMENTS } from '../../dev/docs/documents.ts';
import { makeReference } from '../../dev/docs/reference.ts';
import { SETTING_TEXTS } from '../../dev/docs/settings.ts';
import { ENDPOINTS } from '../../src/contract/http/endpoints.ts';
import { SETTING_NAMES } from '../../src/platform/settings.ts';
import { ROOT } from './files.ts';

const reference = readFileSync(`${ROOT}/docs/reference.md`, 'utf8');
const section = (title: string): string =>
  reference.split(/^## /m).find((text) => text.startsWith(`${title}\n`)) ?? '';

test.each(MADE_DOCUMENTS.map(({ file, make }) => ({ name: basename(file), file, make })))(
  '$name is what `npm run docs` makes',
  ({ file, make }) => {
    const text = readFileSync(file, 'utf8');
    expect(make(text)).toBe(text);
  },
);

describe('docs/reference.md', () => {
  test.each(ENDPOINTS.map(({ method, path }) => `${method.toUpperCase()} ${path}`))(
    'has the route %s in its list and in a section of its own',
    (route) => {
      expect(section('Routes')).toContain(`\`${route}\``);
      expect(section('Each route')).toContain(`### \`${route}\`\n`);
    },
  );

  test('has every setting, and none that is not one', () => {
    const named = [...section('Settings').matchAll(/^\| `(.*?)` \|/gm)].map(([, name]) => name);
    const ofTheStack = ['PORT', 'REDIS_URL', 'DATA_DIR'];
    expect(named.sort()).toEqual([...SETTING_NAMES, ...ofTheStack].sort());
  });

  test.each([
    ['JWT_SECRET', 'required'],
    ['TELEGRAM_API_URL', '`https://api.telegram.org`'],
    ['CODE_TRIES', '`5`'],
    ['PHONE_SEND_GAPS_SECONDS', '`60,120,300,600`'],
    ['DEBUG_CODE', '`off`'],
    ['APP_URL', '–'],
  ])('says of %s that its default is %s', (name, standard) => {
    expect(section('Settings')).toContain(`| \`${name}\` | ${standard} |`);
  });

  test('says of every setting what it is', () => {
    expect(Object.values(SETTING_TEXTS).filter((text) => text.length < 10)).toEqual([]);
  });

  test('links from each route in its list to that route’s section', () => {
    const anchors = [...reference.matchAll(/^### (.*)$/gm)].map(([, title = '']) =>
      title
        .toLowerCase()
        .replace(/[^\w\- ]/g, '')
        .replaceAll(' ', '-'),
    );
    const linked = [...section('Routes').matchAll(/\]\(#([^)]*)\)/g)].map(([, anchor]) => anchor);
    expect(linked).toEqual(anchors);
  });

  test('is not made where one of its tables has no place', () => {
    const without = reference.replace('<!-- table: settings -->', '');
    expect(() => makeReference(without)).toThrow('"settings"');
  });
});
