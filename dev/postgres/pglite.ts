import { PGlite, protocol } from '@electric-sql/pglite';
import type { SqlEngine, SqlQuery, SqlResult } from './engine.ts';
import { EngineUnreachable, SqlError } from './engine.ts';
import type { SqlSession } from './session.ts';
import { runQuery, runTransaction } from './session.ts';

/** How to open the embedded database. */
export interface PgliteOptions {
  /** The folder for the data, under a lock of the caller's; in memory when absent. */
  dataDir?: string;
  /** A `pgliteTemplate()` for a database that does not exist yet, which saves running initdb. */
  loadFrom?: Blob;
}

/** Segments of 1 MB instead of 16: a fresh folder takes 30 MB instead of 39. */
export const INITDB_ARGS = ['--wal-segsize=1'];

const { serialize, messages } = protocol;

type Message = Awaited<ReturnType<PGlite['execProtocolStream']>>[number];

const extendedQuery = ({ query, params }: SqlQuery): Uint8Array =>
  Buffer.concat([
    serialize.parse({ text: query }),
    serialize.bind({ values: [...params] }),
    serialize.describe({ type: 'P' }),
    serialize.execute(),
    // Ends a COPY FROM STDIN, which would otherwise find no more input and end the whole database.
    // Postgres ignores the message at any other time.
    serialize.copyFail('there is no input over HTTP'),
    serialize.sync(),
  ]);

const readResult = (answer: readonly Message[]): SqlResult => {
  const result: SqlResult = { command: '', rowCount: null, fields: [], rows: [] };
  for (const message of answer) {
    if (message instanceof messages.DatabaseError) throw new SqlError(message.message, message);
    if (message instanceof messages.RowDescriptionMessage) {
      result.fields = message.fields.map((field) => ({ ...field, format: 'text' }));
    } else if (message instanceof messages.DataRowMessage) {
      result.rows.push(message.fields);
    } else if (message instanceof messages.CommandCompleteMessage) {
      const words = message.text.split(' ');
      const count = Number(words.at(-1));
      result.command = words[0] ?? '';
      result.rowCount = Number.isInteger(count) ? count : null;
    }
  }
  return result;
};

interface PgliteSession extends SqlSession {
  hasStopped(): boolean;
}

const openSession = (db: PGlite): PgliteSession => {
  let stopped = false;
  return {
    async execute(query) {
      // When Postgres has left its main loop, PGlite would spin for ever.
      if (stopped) throw new EngineUnreachable('the embedded database has stopped: start it again');
      try {
        return readResult(
          await db.execProtocolStream(extendedQuery(query), { throwOnError: false }),
        );
      } catch (error) {
        stopped = !(error instanceof SqlError) || error.fields.severity !== 'ERROR';
        throw error;
      }
    },
    inTransaction: () => db.isInTransaction(),
    hasStopped: () => stopped,
  };
};

/**
 * Opens PGlite: one Postgres session inside this process, so that requests wait for one another and
 * a slow statement blocks the event loop. PGlite takes no lock on its folder, and two processes
 * corrupt it, so the caller has to hold a lock. An answered write survives SIGKILL; fsync is off,
 * so that a power cut may lose it.
 */
export const openPglite = async ({ dataDir, loadFrom }: PgliteOptions = {}): Promise<SqlEngine> => {
  const db = await PGlite.create({
    ...(dataDir !== undefined && { dataDir }),
    ...(loadFrom && { loadDataDir: loadFrom }),
    initDbStartParams: INITDB_ARGS,
  });
  const session = openSession(db);
  return {
    query: (query) => db.runExclusive(() => runQuery(session, query)),
    transaction: (queries, options) =>
      db.runExclusive(() => runTransaction(session, queries, options)),
    close: async () => {
      if (!session.hasStopped()) await db.close();
    },
  };
};
