import type { SqlQuery, SqlResult, TransactionOptions } from './engine.ts';

/** One Postgres session, used by one request at a time. */
export interface SqlSession {
  /** Runs one statement over the extended protocol, which refuses two. Rejects with SqlError. */
  execute(query: SqlQuery): Promise<SqlResult>;
  /** Whether the last statement that succeeded left a transaction open. */
  inTransaction(): boolean;
}

/** Commands that do not change the session; it is cleaned up after all others. */
const DATA_COMMANDS = new Set(['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'MERGE']);

const withoutParams = (query: string): SqlQuery => ({ query, params: [] });

/**
 * Ends what a request left behind (an open transaction, SET, LISTEN, temporary tables), since the
 * next request over HTTP may be anybody's. `set_config(…, false)` inside a SELECT is not noticed.
 */
const cleanUp = async (session: SqlSession, results: readonly SqlResult[]): Promise<void> => {
  if (results.every(({ command }) => DATA_COMMANDS.has(command))) return;
  if (session.inTransaction()) await session.execute(withoutParams('rollback'));
  await session.execute(withoutParams('discard all'));
};

/** Runs one statement in autocommit; see {@link SqlEngine.query}. */
export const runQuery = async (session: SqlSession, query: SqlQuery): Promise<SqlResult> => {
  const result = await session.execute(query);
  await cleanUp(session, [result]);
  return result;
};

const beginStatement = ({ isolationLevel, readOnly, deferrable }: TransactionOptions): string =>
  [
    'begin',
    isolationLevel && `isolation level ${isolationLevel}`,
    readOnly && 'read only',
    deferrable && 'deferrable',
  ]
    .filter(Boolean)
    .join(' ');

/** Runs the statements in one transaction; see {@link SqlEngine.transaction}. */
export const runTransaction = async (
  session: SqlSession,
  queries: readonly SqlQuery[],
  options: TransactionOptions,
): Promise<SqlResult[]> => {
  await session.execute(withoutParams(beginStatement(options)));
  const results: SqlResult[] = [];
  try {
    for (const query of queries) results.push(await session.execute(query));
    await session.execute(withoutParams('commit'));
  } catch (error) {
    // The first error is reported: a rollback fails only on a connection that is lost anyway.
    await session.execute(withoutParams('rollback')).catch(() => undefined);
    throw error;
  }
  await cleanUp(session, results);
  return results;
};
