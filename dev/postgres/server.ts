import pg from 'pg';
import type { SqlEngine, SqlQuery } from './engine.ts';
import { EngineUnreachable, SqlError } from './engine.ts';
import type { SqlSession } from './session.ts';
import { runQuery, runTransaction } from './session.ts';

/** pg's own option, missing from its type declarations. */
interface ExtendedQuery extends pg.QueryArrayConfig<(string | null)[]> {
  queryMode: 'extended';
}

const CONNECT_TIMEOUT_MS = 5_000;

const asText = (value: string): string => value;

const toSqlError = (error: unknown): SqlError => {
  if (error instanceof pg.DatabaseError) return new SqlError(error.message, error);
  return new SqlError(error instanceof Error ? error.message : String(error));
};

/** Whether the connection is of no more use: it broke, or the server ends it (class 57P). */
const isFatal = (error: unknown): boolean =>
  !(error instanceof SqlError) || (error.fields.code ?? '57P').startsWith('57P');

const openSession = (client: pg.PoolClient): SqlSession => ({
  async execute({ query, params }: SqlQuery) {
    const config: ExtendedQuery = {
      text: query,
      values: [...params],
      rowMode: 'array',
      queryMode: 'extended',
    };
    try {
      const { command, rowCount, fields, rows } = await client.query<(string | null)[]>(config);
      return {
        command: command ?? '',
        rowCount,
        rows,
        fields: fields.map(
          ({ name, tableID, columnID, dataTypeID, dataTypeSize, dataTypeModifier }) => ({
            name,
            tableID,
            columnID,
            dataTypeID,
            dataTypeSize,
            dataTypeModifier,
            format: 'text',
          }),
        ),
      };
    } catch (error) {
      throw toSqlError(error);
    }
  },
  inTransaction: () => client.getTransactionStatus() !== 'I',
});

/**
 * Opens a pool of at most 10 sessions on a real server. It connects at the first request, and
 * replaces lost connections, so that a restart of the server costs only the requests under way.
 * Sessions run in UTC, as PGlite's and Neon's do.
 */
export const openServer = async ({ url }: { url: string }): Promise<SqlEngine> => {
  const pool = new pg.Pool({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    options: '-c TimeZone=UTC',
    types: { getTypeParser: () => asText },
  });
  // Without listeners a connection that is lost, idle (pool) or in use (client), would end the
  // process.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => {
    client.on('error', () => undefined);
    // pg refuses a COPY FROM STDIN by CopyFail, but the Sync before it was lost in copy mode.
    // Without another Sync both sides wait for ever.
    client.connection.on('copyInResponse', () => client.connection.sync());
  });

  /** The sessions that run a statement. */
  const busy = new Set<pg.PoolClient>();
  const connect = async (): Promise<pg.PoolClient> => {
    try {
      return await pool.connect();
    } catch (error) {
      if (error instanceof pg.DatabaseError) throw toSqlError(error);
      throw new EngineUnreachable('cannot connect to the database', { cause: error });
    }
  };

  const withSession = async <T>(run: (session: SqlSession) => Promise<T>): Promise<T> => {
    const client = await connect();
    busy.add(client);
    try {
      const answer = await run(openSession(client));
      client.release();
      return answer;
    } catch (error) {
      client.release(isFatal(error));
      throw error;
    } finally {
      busy.delete(client);
    }
  };

  return {
    query: (query) => withSession((session) => runQuery(session, query)),
    transaction: (queries, options) =>
      withSession((session) => runTransaction(session, queries, options)),
    close: async () => {
      // The pool waits for its sessions, however long a statement runs.
      for (const client of busy) client.connection.stream.destroy();
      await pool.end();
    },
  };
};
