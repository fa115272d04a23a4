import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ENDPOINTS } from '../../src/contract/http/endpoints.ts';
import { SETTING_NAMES } from '../../src/platform/settings.ts';

const readme = readFileSync(join(import.meta.dirname, '..', '..', 'README.md'), 'utf8');
const section = (title: string): string =>
  readme.split(/^## /m).find((text) => text.startsWith(title)) ?? '';

describe('README.md', () => {
  test.each(ENDPOINTS.map(({ method, path }) => `${method.toUpperCase()} ${path}`))(
    'has the route %s',
    (route) => {
      expect(section('Routes')).toContain(`\`${route}\``);
    },
  );

  test('has every setting, and none that is not one', () => {
    const named = [...section('Settings').matchAll(/^\| (`.*?`) \|/gm)].flatMap(
      ([, cell = '']) => cell.match(/\w+/g) ?? [],
    );
    expect(named.sort()).toEqual([...SETTING_NAMES].sort());
  });
});
