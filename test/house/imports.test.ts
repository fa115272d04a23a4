import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');

/** Imports that the linter must refuse, file by file. */
const forbidden: [file: string, imported: string][] = [
  ['src/contract/http/auth.ts', '../../platform/errors.ts'],
  ['src/contract/http/auth.ts', '@upstash/redis'],
  ['src/contract/sockets/call.ts', '../../../party/wire/messages.ts'],
  ['src/platform/phone.ts', '../services.ts'],
  ['src/platform/phone.ts', '../auth/code.ts'],
  ['src/platform/db/client.ts', '../../auth/store.ts'],
  ['src/platform/http/router.ts', '../../profile/routes.ts'],
  ['src/platform/http/router.ts', '../../session/token.ts'],
  ['src/platform/http/router.ts', '../../../party/wire/messages.ts'],
  ['src/auth/routes.ts', '../../dev/lock.ts'],
  ['src/auth/routes.ts', '../../test/support/proxy.ts'],
  ['src/auth/routes.ts', 'node:fs'],
  ['src/auth/routes.ts', '../telegram/store.ts'],
  ['src/auth/routes.ts', '../platform/db/client.ts'],
  ['src/auth/routes.ts', 'drizzle-orm'],
  ['src/auth/routes.ts', '../services.ts'],
  ['src/auth/routes.ts', '../../party/runner/room-runner.ts'],
  ['src/auth/sign-in.ts', 'hono'],
  ['src/auth/sign-in.ts', './routes.ts'],
  ['src/auth/sign-in.ts', '../app.ts'],
  ['src/auth/store.ts', '../telegram/store.ts'],
  ['src/bot/linking.ts', '../telegram/store.ts'],
  ['src/bot/routes.ts', '../telegram/phone-store.ts'],
  ['src/auth/store.ts', 'hono'],
  ['src/auth/store.ts', './routes.ts'],
  ['src/auth/scripts/verify-code.ts', '../store.ts'],
  ['src/auth/scripts/verify-code.ts', '../../platform/db/client.ts'],
  ['src/telegram/services.ts', '../auth/store.ts'],
  ['src/app.ts', './telegram/store.ts'],
  ['src/app.ts', 'drizzle-orm'],
  ['party/hosts/partyserver.ts', '../../src/qr/room-id.ts'],
  ['party/hosts/partyserver.ts', '../../dev/lock.ts'],
  ['party/runner/room-runner.ts', '../../src/session/store.ts'],
  ['party/wire/endpoint.ts', '../../src/session/token.ts'],
  ['party/call/machine.ts', 'partyserver'],
  ['party/call/machine.ts', '../hosts/partyserver.ts'],
  ['party/inbox/machine.ts', '../runner/room-runner.ts'],
  ['party/qr/machine.ts', '../wire/signature.ts'],
  ['client/src/call.ts', '../../party/wire/messages.ts'],
  ['client/testing/index.ts', '../../test/support/proxy.ts'],
  ['client/testing/index.ts', '../../party/hosts/partyserver.ts'],
  ['client/testing/index.ts', '../../src/calls/store.ts'],
  ['client/testing/index.ts', 'node:fs'],
];

/** Imports that the linter must allow, file by file. */
const allowed: [file: string, imported: string][] = [
  ['src/contract/http/auth.ts', 'zod'],
  ['src/contract/http/auth.ts', './fields.ts'],
  ['src/contract/http/auth.ts', '../errors.ts'],
  ['src/platform/phone.ts', '../contract/errors.ts'],
  ['src/platform/http/router.ts', '../../contract/errors.ts'],
  ['src/platform/http/router.ts', '../errors.ts'],
  ['src/auth/routes.ts', './store.ts'],
  ['src/auth/routes.ts', 'hono'],
  ['src/auth/routes.ts', '../session/services.ts'],
  ['src/auth/routes.ts', '../../party/wire/messages.ts'],
  ['src/auth/store.ts', '../platform/db/client.ts'],
  ['src/auth/store.ts', './scripts/request-code.ts'],
  ['src/auth/scripts/verify-code.ts', '../../platform/redis/script.ts'],
  ['src/auth/scripts/verify-code.ts', '../../session/scripts/sessions.ts'],
  ['src/telegram/services.ts', '../platform/db/client.ts'],
  ['src/services.ts', './platform/redis/client.ts'],
  ['party/hosts/partyserver.ts', 'partyserver'],
  ['party/hosts/partyserver.ts', '../wire/signature.ts'],
  ['party/runner/room-runner.ts', '../../src/contract/sockets/protocol.ts'],
  ['party/qr/machine.ts', '../../src/contract/sockets/protocol.ts'],
  ['party/call/machine.ts', '../outbox.ts'],
  ['party/call/machine.ts', '../wire/messages.ts'],
  ['party/call/room.ts', '../definition.ts'],
  ['party/outbox.ts', './wire/messages.ts'],
  ['client/testing/index.ts', '../../party/runner/room-runner.ts'],
  ['client/testing/index.ts', '../../src/contract/errors.ts'],
  ['client/testing/index.ts', '../src/options.ts'],
];

describe('the linter holds the layers', () => {
  const folder = mkdtempSync(join(tmpdir(), 'aist-imports-'));
  const complaints = new Set<string>();
  afterAll(() => rmSync(folder, { recursive: true }));

  beforeAll(() => {
    const { $schema, vcs, ...config } = JSON.parse(readFileSync(join(root, 'biome.json'), 'utf8'));
    writeFileSync(join(folder, 'biome.json'), JSON.stringify(config));
    const byFile = Map.groupBy([...forbidden, ...allowed], ([file]) => file);
    for (const [file, imports] of byFile) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(
        join(folder, file),
        imports.map(([, imported]) => `import '${imported}';\n`).join(''),
      );
    }
    const biome = join(root, 'node_modules', '.bin', 'biome');
    const { stdout, stderr } = spawnSync(biome, ['lint', '--max-diagnostics=none'], {
      cwd: folder,
      encoding: 'utf8',
    });
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
