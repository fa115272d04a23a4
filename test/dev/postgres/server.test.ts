import { neon, neonConfig } from '@neondatabase/serverless';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startPostgresGateway } from '../../../dev/postgres/gateway.ts';
import { openServer } from '../../../dev/postgres/server.ts';
import type { Stack } from './stack.ts';
import { CONNECTION_STRING, DATABASE_URL, startStack } from './stack.ts';

const sql = neon(CONNECTION_STRING);

test('a server that does not answer is a 500 without a code, and the process lives on', async () => {
  const engine = await openServer({ url: 'postgresql://nobody@127.0.0.1:1/nothing' });
  const gateway = await startPostgresGateway({ engine, connectionString: CONNECTION_STRING });
  neonConfig.fetchEndpoint = gateway.url;
  for (const query of [() => sql`select 1`, () => sql.transaction([sql`select 1`])]) {
    const error = await query().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      name: 'NeonDbError',
      message: /HTTP status 500.*cannot connect to the database/,
    });
    expect(error).not.toMatchObject({ code: expect.any(String) });
  }
  await gateway.close();
  await engine.close();
});

// Several sessions at once are what PGlite lacks, so these need the real server of DATABASE_URL.
if (DATABASE_URL) {
  describe('sessions on a real server', () => {
    let stack: Stack;
    beforeAll(async () => {
      stack = await startStack();
    });
    afterAll(() => stack.stop());

    const terminateOthers = () => sql`
      select count(pg_terminate_backend(pid))::int as ended from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`;

    test('a statement whose backend is terminated fails with 57P01, the next one works', async () => {
      await expect(sql`select pg_terminate_backend(pg_backend_pid())`).rejects.toMatchObject({
        code: '57P01',
      });
      expect(await sql`select 1 as one`).toEqual([{ one: 1 }]);
    });

    test('backends terminated while idle are replaced', async () => {
      // The sleep is long enough for a busy machine to open all eight sessions.
      await Promise.all(Array.from({ length: 8 }, () => sql`select pg_sleep(1)`));
      const [row] = await terminateOthers();
      expect(row?.ended).toBeGreaterThanOrEqual(5);
      const after = await Promise.allSettled(Array.from({ length: 20 }, () => sql`select 1`));
      await expect.poll(() => sql`select 1 as one`).toEqual([{ one: 1 }]);
      expect(after.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThanOrEqual(
        12,
      );
    });

    test('a batch broken off half-way is not committed', async () => {
      await sql`create table half (id int)`;
      const batch = sql.transaction([sql`insert into half values (1)`, sql`select pg_sleep(100)`]);
      const failed = expect(batch).rejects.toMatchObject({ code: '57P01' });
      await expect
        .poll(
          async () =>
            (await sql`select 1 from pg_stat_activity where query like 'select pg_sleep(100)%'`)
              .length,
        )
        .toBe(1);
      await terminateOthers();
      await failed;
      expect(await sql`select * from half`).toEqual([]);
    });

    test('a statement that still runs when the engine is closed is broken off', async () => {
      const engine = await openServer({ url: String(DATABASE_URL) });
      const query = engine.query({ query: 'select pg_sleep(3600)', params: [] });
      const brokenOff = expect(query).rejects.toMatchObject({ name: 'SqlError' });
      const running = () =>
        sql`select 1 as one from pg_stat_activity where query = 'select pg_sleep(3600)'`;
      await expect.poll(running).toHaveLength(1);
      await engine.close();
      await brokenOff;
    });

    test('statements really run side by side', async () => {
      const [lock] = await sql`select (random() * 1e9)::int as id`;
      // Advisory locks are those of one database.
      const [own] = await sql`select current_database() as name`;
      const url = new URL(String(DATABASE_URL));
      url.pathname = `/${own?.name}`;
      const holder = new Client({ connectionString: url.href });
      await holder.connect();
      await holder.query('select pg_advisory_lock($1)', [lock?.id]);
      const all = Promise.all(
        Array.from({ length: 10 }, () => sql`select pg_advisory_xact_lock_shared(${lock?.id})`),
      );
      // All ten are there before the first of them can end.
      const waiting = async () => {
        const { rows } = await holder.query(
          `select count(*)::int as all from pg_locks
            where locktype = 'advisory' and objid = $1 and not granted`,
          [lock?.id],
        );
        return rows[0].all;
      };
      await expect.poll(waiting).toBe(10);
      await holder.end();
      await all;
    });

    test('two serializable batches that clash: one fails with 40001', async () => {
      await sql`create table seats (taken int)`;
      const take = () =>
        sql.transaction(
          [
            sql`select count(*) from seats`,
            sql`select pg_sleep(1)`,
            sql`insert into seats values (1)`,
          ],
          { isolationLevel: 'Serializable' },
        );
      const outcomes = await Promise.allSettled([take(), take()]);
      const failures = outcomes.flatMap((outcome) =>
        outcome.status === 'rejected' ? [outcome.reason] : [],
      );
      expect(failures).toMatchObject([{ code: '40001' }]);
    });
  });
}
