import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PARTIES } from '../../src/contract/sockets/protocol.ts';

const config = readFileSync(join(import.meta.dirname, '..', '..', 'wrangler.toml'), 'utf8');

test('[H16] Cloudflare logs no URLs, since tickets and legacy tokens are in them', () => {
  expect(config).toMatch(/^\[observability\.logs\]\nenabled = true\ninvocation_logs = false$/m);
});

test('every kind of room is a Durable Object kept in SQLite, as the free plan wants', () => {
  const bound = [...config.matchAll(/^name = "([A-Z]+)"\nclass_name = "(\w+)"$/gm)];
  expect(bound.map(([, name]) => name?.toLowerCase()).sort()).toEqual([...PARTIES].sort());
  const migrated = [...config.matchAll(/^new_sqlite_classes = \[(.*)\]$/gm)].flatMap(
    ([, names = '']) => names.split(', '),
  );
  expect(migrated.sort()).toEqual(bound.map(([, , name]) => `"${name}"`).sort());
});
