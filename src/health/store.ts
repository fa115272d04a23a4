import { getTableColumns, sql } from 'drizzle-orm';
import { getTableConfig } from 'drizzle-orm/pg-core';
import * as z from 'zod';
import { callMembers, calls } from '../platform/db/calls-schema.ts';
import type { Database } from '../platform/db/client.ts';
import { runQuery } from '../platform/db/client.ts';
import { telegramLinks, users } from '../platform/db/schema.ts';
import type { RedisClient } from '../platform/redis/client.ts';

/** The tables that requests use. */
const TABLES = [users, telegramLinks, calls, callMembers];

/**
 * No row of a table, beside a row of nulls that have the types which the schema promises: another
 * type does not fit below.
 */
const shapeOf = (table: (typeof TABLES)[number]) => {
  const columns = Object.values(getTableColumns(table));
  const list = (parts: readonly string[]) => sql.raw(parts.join(', '));
  const nulls = list(columns.map((column) => `null::${column.getSQLType()}`));
  const names = list(columns.map(({ name }) => `"${name}"`));
  const from = sql.raw(`"${getTableConfig(table).name}"`);
  return sql`exists (select ${nulls} union all (select ${names} from ${from} limit 0))`;
};

/**
 * One statement that PostgreSQL can only plan where all tables have their columns, and which reads
 * no row.
 */
const SHAPE = sql`select ${sql.join(TABLES.map(shapeOf), sql` and `)} as ready`;

/** What PostgreSQL answers to it. */
const Answer = z.tuple([z.object({ ready: z.literal(true) })]);

/**
 * Throws unless the database answers and was migrated to our schema: one of another application is
 * not.
 */
export const checkDatabase = (db: Database): Promise<unknown> =>
  runQuery('readiness', db.execute(SHAPE), ({ rows }) => Answer.parse(rows));

/** Throws unless Redis answers. */
export const checkRedis = (redis: RedisClient): Promise<void> => redis.ping();
