import { describe, expect, test } from 'vitest';
import { formatCursor, parseCursor } from '../../src/feed/cursor.ts';
import { brief, newReader } from '../support/chats/reader.ts';
import { makeChat, putInto, send, sql, writeFeed } from '../support/chats/rows.ts';
import { runningApi } from '../support/client.ts';

const api = runningApi();
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** A reader whose feed has some messages, and the cursor behind them. */
const scene = async (texts: readonly string[] = ['1', '2', '3']) => {
  const me = await newReader(api);
  const chat = await makeChat();
  await putInto(chat, [me.id]);
  const write = (...more: string[]) => send(chat, me.id, { texts: more, to: [me.id] });
  await write(...texts);
  return { me, chat, write, cursor: await me.begin() };
};

/** A cursor of a place; `age` is how old it is, in milliseconds. */
const cursorOf = (userId: string, n: number, age = 0) =>
  formatCursor(userId, { n, at: Date.now() - age });

describe('a cursor that cannot be gone on from', () => {
  test('[M24] a garbled one, or somebody else’s, is answered with a reset', async () => {
    const { me, cursor } = await scene();
    const other = await scene();
    const [n = '', at = '', seal = ''] = cursor.split('.');
    const garbled = ['', 'x', cursor.slice(0, -1), `${cursor}x`, `1${n}.${at}.${seal}`];
    for (const since of [...garbled, other.cursor, `${n}.${seal}.${at}`]) {
      const page = await me.sync(since);
      expect([since, page]).toMatchObject([since, { reset: true, changes: [], n: 3, more: false }]);
      // What a reset says can be gone on from.
      expect(await me.sync(page.next)).toMatchObject({ reset: false, n: 3 });
    }
  });

  test('[M24] no cursor whatever brings an error of the server', async () => {
    const { me } = await scene();
    const most = 36 ** 10 - 1;
    const sealed = [
      await formatCursor(me.id, { n: most, at: 36 ** 9 - 1 }),
      await formatCursor(me.id, { n: most, at: 0 }),
      await formatCursor(me.id, { n: 0, at: 0 }),
      await formatCursor(me.id, { n: 4, at: Date.now() }),
    ];
    const hostile = [
      'NaN',
      'NaN.NaN.AAAAAAAA',
      '-1.-1.AAAAAAAA',
      '1e308.1.AAAAAAAA',
      '1.1.;drop--',
    ];
    const long = [
      'z'.repeat(128),
      `${'9'.repeat(126)}.`,
      'ё'.repeat(128),
      '\ud83d\ude00'.repeat(64),
    ];
    for (const since of [...sealed, ...hostile, ...long, '%', '\n', "'", '{"n":1}', 'null']) {
      const page = await me.sync(since);
      expect([since, page.reset, page.n]).toEqual([since, true, 3]);
    }
    for (const since of ['z'.repeat(129), 'a\0b']) {
      const answer = await me.ask(since);
      expect([answer.status, answer.body.code]).toEqual([400, 'invalid_field']);
    }
    for (const limit of [0, -1, 201, 1.5, Number.NaN, 1e9]) {
      const answer = await me.ask(undefined, limit);
      expect([answer.status, answer.body.code]).toEqual([400, 'invalid_field']);
    }
  });

  test('[M24] one of a user who has no feed yet is good until something comes', async () => {
    const me = await newReader(api);
    const first = await me.sync();
    expect(first).toMatchObject({ n: 0, reset: true });
    expect(await me.sync(first.next)).toMatchObject({ n: 0, reset: false });
    expect((await me.sync(await cursorOf(me.id, 1))).reset).toBe(true);
  });

  test('[M24] one of more than 30 days is, unless nothing has come since', async () => {
    const { me, write } = await scene();
    await sql`update feed_entries set at = at - interval '100 days' where user_id = ${me.id}`;
    expect((await me.sync(await cursorOf(me.id, 3, 90 * DAY_MS))).reset).toBe(false);
    await write('4');
    expect((await me.sync(await cursorOf(me.id, 3, 30 * DAY_MS + 60_000))).reset).toBe(true);
    const young = await me.sync(await cursorOf(me.id, 3, 30 * DAY_MS - 60_000));
    expect([young.reset, young.changes.map(brief)]).toEqual([false, ['message 4: 4']]);
  });

  test('[M24] one within the feed is as old as the last entry that was told', async () => {
    const { me } = await scene();
    await sql`
      update feed_entries set at = now() - interval '29 days' + n * interval '1 minute'
      where user_id = ${me.id}`;
    const page = await me.sync(await cursorOf(me.id, 0, 29 * DAY_MS), 1);
    expect(page).toMatchObject({ reset: false, n: 1, more: true });
    const place = await parseCursor(me.id, page.next);
    const [entry] = await sql`
      select ceil(extract(epoch from at) * 1000)::float8 as at
      from feed_entries where user_id = ${me.id} and n = 1`;
    expect(place).toEqual({ n: 1, at: entry?.at });
    // A day and a minute later the entry behind it is about to go.
    const later = { n: 1, at: (place?.at ?? 0) - DAY_MS - 60_000 };
    await sql`
      update feed_entries set at = at - interval '1 day 1 minute' where user_id = ${me.id}`;
    expect((await me.sync(await formatCursor(me.id, later))).reset).toBe(true);
  });
});

describe('a database that was restored', () => {
  /** Takes the feed back to a number, as a restore of the database does. */
  const restore = async (userId: string, n: number) => {
    await sql`delete from feed_entries where user_id = ${userId} and n > ${n}`;
    await sql`
      update feeds set n = ${n}, at = coalesce((
        select max(at) from feed_entries where user_id = ${userId}), 'epoch')
      where user_id = ${userId}`;
  };

  test('[M24] a cursor from before a restore is reset while the feed is behind it', async () => {
    const { me, cursor } = await scene();
    await restore(me.id, 1);
    const page = await me.sync(cursor);
    expect(page).toMatchObject({ reset: true, n: 1 });
    expect((await me.sync(page.next)).reset).toBe(false);
  });

  test('[M24] it is reset when the feed has come to the same number again, and beyond', async () => {
    const { me, cursor, write } = await scene();
    await restore(me.id, 1);
    await write('other 2', 'other 3');
    expect(await me.sync(cursor)).toMatchObject({ reset: true, n: 3 });
    await write('other 4');
    expect(await me.sync(cursor)).toMatchObject({ reset: true, n: 4 });
    await restore(me.id, 0);
    await write('a', 'b', 'c', 'd');
    expect(await me.sync(cursor)).toMatchObject({ reset: true, n: 4 });
  });

  test('[M24] a cursor that stands before what was lost is good, and sees what came instead', async () => {
    const { me, write } = await scene(['1']);
    const early = await me.begin();
    await write('lost');
    await restore(me.id, 1);
    await write('instead');
    expect((await me.changes(early)).map(brief)).toEqual(['message 3: instead']);
  });

  test('[M24] a feed that was lost as a whole is a reset', async () => {
    const { me, cursor } = await scene();
    await sql`delete from feed_entries where user_id = ${me.id}`;
    await sql`delete from feeds where user_id = ${me.id}`;
    expect(await me.sync(cursor)).toMatchObject({ reset: true, n: 0 });
  });

  test('[M24] marks that replace each other are no restore', async () => {
    const { me, chat, cursor } = await scene();
    for (let i = 0; i < 3; i++) {
      const last = await me.begin();
      await writeFeed(chat, [{ userId: me.id, kind: 'read', about: me.id }]);
      expect((await me.changes(last)).map(({ type }) => type)).toEqual(['read']);
      expect((await me.changes(cursor)).map(({ type }) => type)).toEqual(['read']);
    }
  });

  test('[M24] a clock that was turned back is no restore: times in a feed only grow', async () => {
    const { me, write, cursor } = await scene();
    await sql`update feeds set at = now() + interval '1 hour' where user_id = ${me.id}`;
    await write('4', '5');
    const ahead = await me.begin();
    expect((await me.sync(ahead)).reset).toBe(false);
    expect((await me.sync(cursor)).changes.map(brief)).toEqual(['message 4: 4', 'message 5: 5']);
    await write('6');
    expect((await me.changes(ahead)).map(brief)).toEqual(['message 6: 6']);
  });
});
