import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');

/** Imports that the house does not allow, file by file. */
const forbidden: [file: string, imported: string][] = [
  ['src/auth/routes.ts', '../../dev/lock.ts'],
  ['src/auth/routes.ts', '../../test/support/proxy.ts'],
  ['src/auth/routes.ts', 'node:fs'],
  ['src/auth/routes.ts', '../telegram/store.ts'],
  ['src/auth/routes.ts', '../db/client.ts'],
  ['src/auth/routes.ts', 'drizzle-orm'],
  ['src/app.ts', './telegram/store.ts'],
  ['src/auth/deep/flow.ts', '../../telegram/store.ts'],
  ['src/auth/store.ts', '../telegram/store.ts'],
  ['src/auth/store.ts', '../http/router.ts'],
  ['src/auth/store.ts', 'hono'],
  ['src/platform/http/router.ts', '../profile/routes.ts'],
  ['src/platform/db/client.ts', '../auth/store.ts'],
  ['src/telegram/scripts/phone.ts', '../../telegram/deliver.ts'],
  ['src/profile/names.ts', 'hono'],
  ['src/profile/names.ts', './store.ts'],
  ['src/platform/phone.ts', './services.ts'],
  ['src/contract/http/auth.ts', '../errors.ts'],
  ['src/contract/http/auth.ts', '@upstash/redis'],
  ['src/contract/http/auth.ts', 'drizzle-orm/pg-core'],
  ['src/platform/http/router.ts', '../qr/routes.ts'],
  ['src/platform/http/router.ts', '../calls/routes.ts'],
  ['src/calls/people.ts', './store.ts'],
  ['src/calls/record.ts', '../telegram/store.ts'],
  ['src/qr/room-id.ts', './store.ts'],
  ['party/hosts/partyserver.ts', '../../src/qr/room-id.ts'],
  ['party/hosts/partyserver.ts', '../../dev/lock.ts'],
  ['party/runner.ts', '../src/session/store.ts'],
  ['party/call/machine.ts', 'partyserver'],
  ['party/call/machine.ts', '../host/partyserver.ts'],
  ['party/inbox/machine.ts', '../runner.ts'],
  ['party/qr/machine.ts', '../../src/rooms/signature.ts'],
  ['party/wire/ticket.ts', 'hono'],
];

/** Imports that it needs. */
const allowed: [file: string, imported: string][] = [
  ['src/contract/http/auth.ts', 'zod'],
  ['src/contract/http/auth.ts', './fields.ts'],
  ['src/auth/routes.ts', './store.ts'],
  ['src/auth/routes.ts', 'hono'],
  ['src/auth/store.ts', '../db/client.ts'],
  ['src/auth/store.ts', '../redis/scripts/request-code.ts'],
  ['src/services.ts', './redis/client.ts'],
  ['party/hosts/partyserver.ts', 'partyserver'],
  ['party/hosts/partyserver.ts', '../../src/rooms/signature.ts'],
  ['party/runner.ts', '../src/contract/rooms.ts'],
  ['party/qr/machine.ts', '../../src/contract/rooms.ts'],
  ['party/call/machine.ts', '../outbox.ts'],
  ['party/call/room.ts', '../room.ts'],
];

describe('who may import whom', () => {
  const folder = mkdtempSync(join(tmpdir(), 'aist-imports-'));
  const complaints = new Set<string>();
  afterAll(() => rmSync(folder, { recursive: true }));

  beforeAll(() => {
    const { $schema, vcs, ...config } = JSON.parse(readFileSync(join(root, 'biome.json'), 'utf8'));
    writeFileSync(join(folder, 'biome.json'), JSON.stringify(config));
    const byFile = Map.groupBy([...forbidden, ...allowed], ([file]) => file);
    for (const [file, imports] of byFile) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), imports.map(([, imported]) => `import '${imported}';\n`).join(''));
    }
    const biome = join(root, 'node_modules', '.bin', 'biome');
    const { stdout, stderr } = spawnSync(biome, ['lint', '--max-diagnostics=none'], { cwd: folder, encoding: 'utf8' });
    for (const [, file = '', line] of (stdout + stderr).matchAll(
      /^(\S+):(\d+):\d+ lint\/style\/noRestrictedImports/gm,
    )) {
      complaints.add(`${file} ${byFile.get(file)?.[Number(line) - 1]?.[1]}`);
    }
  });

  test.each(forbidden)('%s may not import %s', (file, imported) => {
    expect(complaints).toContain(`${file} ${imported}`);
  });

  test.each(allowed)('%s may import %s', (file, imported) => {
    expect(complaints).not.toContain(`${file} ${imported}`);
  });
});
