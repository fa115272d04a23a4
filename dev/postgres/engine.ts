/** One statement with its parameters in Postgres' text format; `null` is SQL NULL. */
export interface SqlQuery {
  query: string;
  params: readonly (string | null)[];
}

/** A column of a result as Neon's `/sql` endpoint describes it. */
export interface SqlField {
  name: string;
  tableID: number;
  columnID: number;
  dataTypeID: number;
  dataTypeSize: number;
  dataTypeModifier: number;
  format: 'text';
}

/** The result of one statement: every value is Postgres' own text, `null` is SQL NULL. */
export interface SqlResult {
  /** The first word of the command tag: `SELECT`, `INSERT`; empty for an empty statement. */
  command: string;
  /** The tag's row count; `null` where the tag has none (DDL, SET). */
  rowCount: number | null;
  fields: SqlField[];
  rows: (string | null)[][];
}

/** How a transaction begins; absent options stay at the server's defaults. */
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
  /** Runs one statement in autocommit. A transaction that it opens does not stay open. */
  query(query: SqlQuery): Promise<SqlResult>;
  /** Runs all statements in one transaction: all are committed, or none on the first error. */
  transaction(queries: readonly SqlQuery[], options: TransactionOptions): Promise<SqlResult[]>;
  /** Closes the database. Running statements are cut off, except those of the embedded engine. */
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

/** Postgres refused a statement, or, without a `code`, the connection broke while it ran. */
export class SqlError extends Error {
  override readonly name = 'SqlError';
  readonly fields: SqlErrorFields;

  constructor(message: string, fields: SqlErrorFields = {}) {
    super(message);
    this.fields = Object.fromEntries(SQL_ERROR_FIELDS.map((field) => [field, fields[field]]));
  }
}

/** No session could be opened: nothing listens, or the server took too long to answer. */
export class EngineUnreachable extends Error {
  override readonly name = 'EngineUnreachable';
}
