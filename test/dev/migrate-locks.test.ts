import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { migrate } from '../../dev/migrate.ts';
import { DatabaseUnderTest, MIGRATIONS } from './support/database.ts';
import { FULL_LEGACY, LEGACY_DATABASES } from './support/legacy.ts';

let database: DatabaseUnderTest;

beforeAll(async () => {
  database = await DatabaseUnderTest.open();
});
afterAll(() => database.close());

/**
 * Writes down, after each change of the schema, its transaction's locks, and whether both keys are
 * valid.
 */
const WATCH = [
  'create schema watch',
  `create table watch.seen
    (at serial, transaction bigint, tag text, relation text, mode text, valid boolean)`,
  `create function watch.look() returns event_trigger language plpgsql as $$ begin
    insert into watch.seen (transaction, tag, relation, mode, valid)
      select txid_current(), tg_tag, relname, mode,
        (select count(*) = 2 from pg_constraint where convalidated
          and conname in ('messages_chat_id_fkey', 'chat_members_chat_id_fkey'))
      from pg_locks join pg_class on pg_class.oid = relation
      where pid = pg_backend_pid() and granted
        and relname in ('users', 'chats', 'chat_members', 'messages');
  end $$`,
  'create event trigger watch on ddl_command_end execute function watch.look()',
];
const UNWATCH = ['drop event trigger if exists watch', 'drop schema if exists watch cascade'];

test.each(Object.entries(LEGACY_DATABASES))(
  'the migration of %s keeps no reader out while it reads a whole table',
  async (_, legacy) => {
    await database.become(legacy);
    await database.run(...UNWATCH, ...WATCH);
    expect(await database.migrate()).toBe(MIGRATIONS);
    const locks = (which: string) =>
      database.sql.query(
        `select distinct relation, mode from watch.seen
          where ${which} and mode = 'AccessExclusiveLock'`,
      );
    expect(await locks(`tag = 'CREATE INDEX'`)).toEqual([]);
    const validating = `transaction in (
      select transaction from (
        select transaction, (array_agg(valid order by at))[1] as before,
          (array_agg(valid order by at desc))[1] as after
        from watch.seen group by 1
      ) as turned where after and not before)`;
    expect(await locks(validating)).toEqual([]);
    await database.run(...UNWATCH);
  },
);

const { DATABASE_URL } = process.env;

// The embedded database has one session, so nothing can wait for another one.
if (DATABASE_URL) {
  const connect = () => database.connect(DATABASE_URL);
  /** How many sessions wait for a lock of a table. */
  const waiting = async (): Promise<number> => {
    const [row] = await database.sql`
      select count(*)::int as locks from pg_locks where not granted and locktype = 'relation'`;
    return Number(row?.locks);
  };

  describe('a migration that meets a session with a long transaction', () => {
    test('a migration that meets a long transaction gives way until that ends', async () => {
      await database.become(FULL_LEGACY);
      const [holder, reader] = [await connect(), await connect()];
      await holder.query('begin');
      await holder.query('select count(*) from messages');
      const migrated = migrate(database.url, { pauseMs: 200 });
      for (let round = 0; round < 2; round += 1) {
        await expect.poll(waiting, { interval: 20 }).toBe(1);
        await expect.poll(waiting, { interval: 20 }).toBe(0);
      }
      await reader.query('select count(*) from messages');
      await holder.query('commit');
      expect(await migrated).toBe(MIGRATIONS);
      await Promise.all([holder.end(), reader.end()]);
    });

    test('a migration that meets a long transaction gives up in the end, says why, and has changed nothing', async () => {
      await database.become(FULL_LEGACY);
      const holder = await connect();
      await holder.query('begin');
      await holder.query('select count(*) from users');
      const before = await database.schema();
      const migrated = migrate(database.url, { tries: 2, pauseMs: 10 });
      await expect(migrated).rejects.toThrow(/locks through 2 tries\. Nothing is half done/);
      expect(await database.schema()).toEqual(before);
      await holder.query('commit');
      await holder.end();
    });

    test('a migration comes to the tables as writers do, and breaks off no message', async () => {
      await database.become(FULL_LEGACY);
      const writer = await connect();
      await writer.query('begin');
      await writer.query(`insert into messages (id) values ('under way')`);
      const migrated = migrate(database.url, { pauseMs: 10 });
      await expect.poll(waiting, { interval: 20 }).toBe(1);
      // The check of the foreign key takes a lock on chats.
      await writer.query(`update messages set chat_id = 'chat-1' where id = 'under way'`);
      await writer.query('commit');
      expect(await migrated).toBe(MIGRATIONS);
      await writer.end();
    });
  });
}
