import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { openEmbedded } from '../../../dev/redis/embedded.ts';
import { keepHashes } from '../../../dev/redis/kept.ts';

const folder = mkdtempSync(join(tmpdir(), 'aist-kept-'));
const file = join(folder, 'sessions.json');
const open = async () => keepHashes(await openEmbedded(), 'sessions:*', file);

afterEach(() => rmSync(file, { force: true }));

test('hashes that match are there again after a restart, with the time they have left', async () => {
  const before = await open();
  await before.run(['HSET', 'sessions:1', 's:a', '1|{"имя":"x"}', 't:a', '2']);
  await before.run(['PEXPIRE', 'sessions:1', '60000']);
  await before.run(['SET', 'auth:code:1', 'x']);
  await before.close();
  expect(statSync(file).mode & 0o777).toBe(0o600);

  const after = await open();
  expect(String(await after.run(['HGET', 'sessions:1', 's:a']))).toBe('1|{"имя":"x"}');
  const ttl = Number(await after.run(['PTTL', 'sessions:1']));
  expect(ttl).toBeGreaterThan(50_000);
  expect(ttl).toBeLessThanOrEqual(60_500);
  expect(await after.run(['EXISTS', 'auth:code:1'])).toBe(0);
  await after.run(['DEL', 'sessions:1']);
  await after.close();
  const empty = await open();
  expect(await empty.run(['KEYS', '*'])).toEqual([]);
  await empty.close();
});

test('they are on disk within a second, so that being killed loses no more', async () => {
  const engine = await open();
  await engine.run(['HSET', 'sessions:2', 's:b', '1|{}']);
  await engine.run(['PEXPIRE', 'sessions:2', '60000']);
  // Timers of one process end in order, however busy the machine is.
  await sleep(1_000);
  expect(readFileSync(file, 'utf8')).toContain('sessions:2');
  await engine.close();
});

test.each([['not JSON'], ['{"sessions:1":7}'], ['']])(
  'a damaged file, %j, counts as none',
  async (text) => {
    writeFileSync(file, text);
    const engine = await open();
    expect(await engine.run(['KEYS', '*'])).toEqual([]);
    await engine.close();
  },
);
