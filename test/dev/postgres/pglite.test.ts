import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, describe, expect, test } from 'vitest';
import { openPglite } from '../../../dev/postgres/pglite.ts';
import { openScratchPglite } from './stack.ts';

const folder = mkdtempSync(join(tmpdir(), 'pglite-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const plain = (query: string) => ({ query, params: [] });

/** Opens the folder in argv, then inserts rows for ever and prints each once it is acknowledged. */
const PGLITE = join(import.meta.dirname, '../../../dev/postgres/pglite.ts');
const WRITER = `
import { openPglite } from ${JSON.stringify(PGLITE)};
const engine = await openPglite({ dataDir: process.argv[1] });
for (;;) {
  const query = 'insert into row default values returning id';
  const { rows } = await engine.query({ query, params: [] });
  process.stdout.write(rows[0][0] + '\\n');
  await new Promise(setImmediate);
}`;

// The second test goes on with the folder of the first: to make one costs a second.
describe('data in a folder', () => {
  const dataDir = join(folder, 'kept');

  test('data in a folder are there again after close', async () => {
    const first = await openScratchPglite(dataDir);
    await first.query(plain('create table t as select 42 as answer'));
    await first.query(plain('create table row (id serial primary key)'));
    await first.close();
    const second = await openPglite({ dataDir });
    expect(await second.query(plain('select answer from t'))).toMatchObject({ rows: [['42']] });
    await second.close();
  });

  test('no acknowledged row is lost to SIGKILL', async () => {
    let acknowledged = 0;
    for (const rows of [50, 70]) {
      const writer = spawn(process.execPath, ['--input-type=module', '-e', WRITER, dataDir], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const exited = once(writer, 'exit');
      const enough = acknowledged + rows;
      for await (const _id of createInterface(writer.stdout)) {
        acknowledged += 1;
        if (acknowledged >= enough) writer.kill('SIGKILL');
      }
      await exited;
    }
    expect(acknowledged).toBeGreaterThanOrEqual(120);

    const reopened = await openPglite({ dataDir });
    const { rows } = await reopened.query(plain('select count(*) from row'));
    expect(Number(rows[0]?.[0])).toBeGreaterThanOrEqual(acknowledged);
    await reopened.close();
  });

  test('data that are gone stop the database, which says so, and the process lives', async () => {
    const gone = join(folder, 'gone');
    const engine = await openScratchPglite(gone);
    await engine.query(plain('create table t (id int)'));
    rmSync(join(gone, 'pg_wal'), { recursive: true });
    await engine.query(plain('select pg_switch_wal()'));
    const write = engine.query(plain('insert into t select generate_series(1, 100000)'));
    await expect(write).rejects.toMatchObject({ fields: { severity: 'PANIC', code: '58P01' } });
    await expect(engine.query(plain('select 1'))).rejects.toMatchObject({
      name: 'EngineUnreachable',
      message: 'the embedded database has stopped: start it again',
    });
    await engine.close();
  });
});
