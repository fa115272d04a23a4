import { NeonDbError, neon, neonConfig } from '@neondatabase/serverless';
import { DrizzleQueryError } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/neon-http';
import { StoreError } from '../errors.ts';

/** How long one statement may take, in milliseconds: with Redis' share before and after it stays below the 5 s of auth.md. */
const TIMEOUT_MS = 2_500;

/**
 * Opens Postgres over HTTP. Each query is one round trip; there are no interactive transactions. No connection is made before the first query.
 *
 * @param url the postgres:// URL of the database
 * @param endpoint where Neon's SQL over HTTP is spoken, when it is not Neon itself. The driver keeps one for the whole process.
 */
export const createDatabase = (url: string, endpoint: string | undefined) => {
  if (endpoint) neonConfig.fetchEndpoint = endpoint;
  neonConfig.fetchFunction = (input: string, init: RequestInit) =>
    fetch(input, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) });
  return drizzle({ client: neon(url) });
};

/** Postgres, by drizzle. Only store.ts files use it. */
export type Database = ReturnType<typeof createDatabase>;

/**
 * SQLSTATE classes that tell of the server's state, not of the statement: connection, read-only, authorization, rolled back, resources, not in the
 * state for it, operator intervention, system, internal (PostgreSQL, appendix A).
 */
const SERVER_STATES = new Set(['08', '25', '28', '40', '53', '55', '57', '58', 'XX']);

/**
 * Runs a statement.
 *
 * @param what names the statement in the log
 * @param query the statement; its rows must be as the database promises them, or `check` throws
 * @throws {UniqueViolation} when a unique constraint refuses a row
 * @throws {StoreError} when the database is gone, slow, or answers what is no answer
 */
export const ask = async <Rows, Result>(
  what: string,
  query: PromiseLike<Rows>,
  check: (rows: Rows) => Result,
): Promise<Result> => {
  try {
    return check(await query);
  } catch (error) {
    const cause = error instanceof DrizzleQueryError ? error.cause : error;
    if (cause instanceof NeonDbError && cause.code === '23505') throw new UniqueViolation(cause.constraint ?? '');
    const statementIsWrong = cause instanceof NeonDbError && cause.code && !SERVER_STATES.has(cause.code.slice(0, 2));
    if (statementIsWrong) throw new Error(`database: ${what} failed: SQLSTATE ${cause.code}`);
    throw new StoreError('database', what, cause);
  }
};

/** A row that a unique constraint refused. */
export class UniqueViolation extends Error {
  override name = 'UniqueViolation';
  readonly constraint: string;

  constructor(constraint: string) {
    super(`unique violation: ${constraint}`);
    this.constraint = constraint;
  }
}
