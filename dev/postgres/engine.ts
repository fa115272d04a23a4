/** One statement with its parameters in Postgres' text format; `null` is SQL NULL. */
export interface SqlQuery {
  query: string;
  params: readonly (string | null)[];
}

/** A column of a result, as Neon's `/sql` endpoint describes it. */
export interface SqlField {
  name: string;
  tableID: number;
  columnID: number;
  dataTypeID: number;
  dataTypeSize: number;
  dataTypeModifier: number;
  format: 'text';
}

/** What one statement answered: every value is Postgres' own text, `null` is SQL NULL. */
export interface SqlResult {
  /** First word of the command tag: `SELECT`, `INSERT`, `CREATE`; empty for an empty statement. */
  command: string;
  /** The tag's row count; `null` where the tag has none (DDL, SET). */
  rowCount: number | null;
  fields: SqlField[];
  rows: (string | null)[][];
}

/** How a transaction begins; what is absent stays at the server's default. */
export interface TransactionOptions {
  isolationLevel?: 'read uncommitted' | 'read committed' | 'repeatable read' | 'serializable';
  readOnly?: boolean;
  deferrable?: boolean;
}

/**
 * A Postgres that runs one request at a time per session and keeps nothing between requests.
 *
 * Both methods reject with {@link SqlError} or {@link EngineUnreachable}.
 */
export interface SqlEngine {
  /** Runs one statement on its own, in autocommit. A statement that opens a transaction does not leave it open. */
  query(query: SqlQuery): Promise<SqlResult>;
  /** Runs all statements in one transaction: all are committed, or on the first error none is. */
  transaction(queries: readonly SqlQuery[], options: TransactionOptions): Promise<SqlResult[]>;
  /** Gives up the database. What still runs on a real server is broken off; the embedded one does it first, having but one thread. */
  close(): Promise<void>;
}

/** The fields of an error report that Neon passes on beside the message, by Neon's names. */
export const SQL_ERROR_FIELDS = [
  'severity',
  'code',
  'detail',
  'hint',
  'position',
  'internalPosition',
  'internalQuery',
  'where',
  'schema',
  'table',
  'column',
  'dataType',
  'constraint',
  'file',
  'line',
  'routine',
] as const;

/** The values of {@link SQL_ERROR_FIELDS}; absent where Postgres said nothing. */
export type SqlErrorFields = { [Field in (typeof SQL_ERROR_FIELDS)[number]]?: string | undefined };

/** Postgres refused a statement, or (without a `code`) the connection broke while it ran. */
export class SqlError extends Error {
  override readonly name = 'SqlError';
  readonly fields: SqlErrorFields;

  constructor(message: string, fields: SqlErrorFields = {}) {
    super(message);
    this.fields = Object.fromEntries(SQL_ERROR_FIELDS.map((field) => [field, fields[field]]));
  }
}

/** No session could be had: nothing listens, or the server took too long to answer. */
export class EngineUnreachable extends Error {
  override readonly name = 'EngineUnreachable';
}
