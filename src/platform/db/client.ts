import { NeonDbError, neon, neonConfig } from '@neondatabase/serverless';
import { DrizzleQueryError } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/neon-http';
import { StoreError } from '../errors.ts';

/**
 * How long one statement may take, in milliseconds: together with Redis before and after it stays
 * below 5 s [H13].
 */
const TIMEOUT_MS = 2_500;

/**
 * Opens Postgres over HTTP. Each query is one round trip, without interactive transactions. No
 * connection is made before the first query.
 *
 * @param url the postgres:// URL of the database
 * @param endpoint the address of Neon's SQL over HTTP, when it is not Neon itself; the driver keeps
 * one for the whole process
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
 * SQLSTATE classes that tell of the server's state, not of the statement: connection, read-only,
 * authorization, rolled back, resources, not in the state for it, operator intervention, system,
 * internal (PostgreSQL, appendix A); and what connections through a pooler bring: no such prepared
 * statement, a plan that no longer fits, no such database, snapshot too old, configuration.
 */
const SERVER_STATES = new Set([
  ...['08', '25', '28', '40', '53', '55', '57', '58', 'XX'],
  ...['26', '0A', '3D', '72', 'F0'],
]);

/** A single state like those: the prepared statement exists already. */
const SERVER_STATE_CODES = new Set(['42P05']);

/** States that another connection, or the same one a moment later, does not have. */
const PASSING_STATES = /^(08|26|0A|40|42P05|57P0|72)/;

/** How fast a failure must be for a second try, in milliseconds: the client waits for both. */
const AGAIN_WITHIN_MS = 1_000;

const isServerState = (state: string): boolean =>
  SERVER_STATES.has(state.slice(0, 2)) || SERVER_STATE_CODES.has(state);

const stateOf = (error: unknown): string | undefined => {
  const cause = error instanceof DrizzleQueryError ? error.cause : error;
  return cause instanceof NeonDbError ? cause.code : undefined;
};

/** Awaits a statement that only reads; tries again when the server's state passes [H14]. */
const awaitRead = async <Rows>(query: PromiseLike<Rows>): Promise<Rows> => {
  const started = Date.now();
  try {
    return await query;
  } catch (error) {
    const isPassing = PASSING_STATES.test(stateOf(error) ?? '');
    if (!isPassing || Date.now() - started > AGAIN_WITHIN_MS) throw error;
    // Drizzle sends a query each time that it is awaited.
    return await query;
  }
};

/**
 * Runs a statement.
 *
 * @param what names the statement in the log
 * @param query the statement; its rows must be as the database promises them, or `check` throws
 * @throws {UniqueViolation} when a unique constraint refuses a row
 * @throws {StoreError} when the database is gone, slow, or answers rows of another form
 */
export const runQuery = async <Rows, Result>(
  what: string,
  query: PromiseLike<Rows>,
  check: (rows: Rows) => Result,
): Promise<Result> => {
  try {
    return check(await query);
  } catch (error) {
    const cause = error instanceof DrizzleQueryError ? error.cause : error;
    if (cause instanceof NeonDbError && cause.code === '23505')
      throw new UniqueViolation(cause.constraint ?? '');
    const state = stateOf(error);
    if (state && !isServerState(state))
      throw new Error(`database: ${what} failed: SQLSTATE ${state}`);
    throw new StoreError('database', what, cause);
  }
};

/** {@link runQuery} for a statement that changes nothing: it is tried twice where that helps. */
export const runReadQuery = <Rows, Result>(
  what: string,
  query: PromiseLike<Rows>,
  check: (rows: Rows) => Result,
): Promise<Result> => runQuery(what, awaitRead(query), check);

/** Thrown when a unique constraint refused a row. */
export class UniqueViolation extends Error {
  override name = 'UniqueViolation';
  readonly constraint: string;

  constructor(constraint: string) {
    super(`unique violation: ${constraint}`);
    this.constraint = constraint;
  }
}
