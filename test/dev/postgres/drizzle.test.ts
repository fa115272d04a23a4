import { neon } from '@neondatabase/serverless';
import { eq, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/neon-http';
import { bigint, boolean, jsonb, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Stack } from './stack.ts';
import { CONNECTION_STRING, startStack } from './stack.ts';

const note = pgTable('note', {
  id: uuid('id').primaryKey().defaultRandom(),
  title: text('title').notNull().unique(),
  size: bigint('size', { mode: 'bigint' }),
  done: boolean('done').notNull().default(false),
  meta: jsonb('meta').$type<{ tags: string[] }>(),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
});

const db = drizzle(neon(CONNECTION_STRING), { schema: { note } });
let stack: Stack;

beforeAll(async () => {
  stack = await startStack();
  await db.execute(sql`create table note (
    id uuid primary key default gen_random_uuid(), title text not null unique, size bigint,
    done boolean not null default false, meta jsonb,
    created_at timestamptz not null default now())`);
});
afterAll(() => stack.stop());

test('inserts and selects every column type', async () => {
  const createdAt = new Date('2024-05-06T07:08:09.123Z');
  const row = {
    title: 'привет',
    size: 9007199254740993n,
    done: true,
    meta: { tags: ['a'] },
    createdAt,
  };
  const [inserted] = await db.insert(note).values(row).returning();
  expect(inserted).toMatchObject(row);
  expect(await db.select().from(note).where(eq(note.title, 'привет'))).toEqual([inserted]);
  expect(await db.query.note.findFirst({ columns: { done: true } })).toEqual({ done: true });
});

test('an upsert answers the row that was there', async () => {
  await db.insert(note).values({ title: 'once' });
  const again = db.insert(note).values({ title: 'once', done: true });
  const rows = await again
    .onConflictDoUpdate({ target: note.title, set: { size: 2n } })
    .returning();
  expect(rows).toMatchObject([{ title: 'once', done: false, size: 2n, meta: null }]);
});

test('a raw statement has its count', async () => {
  const result = await db.execute(sql`update note set done = true where title = ${'once'}`);
  expect(result).toMatchObject({ command: 'UPDATE', rowCount: 1, rows: [] });
});

test('a batch maps each result by its own query', async () => {
  const [inserted, titles] = await db.batch([
    db.insert(note).values({ title: 'batched' }).returning({ title: note.title }),
    db
      .select({ title: note.title, at: note.createdAt })
      .from(note)
      .where(eq(note.title, 'batched')),
  ]);
  expect(inserted).toEqual([{ title: 'batched' }]);
  expect(titles).toEqual([{ title: 'batched', at: expect.any(Date) }]);
});

test('a batch with an error changes nothing, and the cause has its code', async () => {
  const batch = db.batch([
    db.insert(note).values({ title: 'half' }),
    db.insert(note).values({ title: 'once' }),
  ]);
  await expect(batch).rejects.toMatchObject({ code: '23505', constraint: 'note_title_key' });
  expect(await db.select().from(note).where(eq(note.title, 'half'))).toEqual([]);
});
