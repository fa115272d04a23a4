import type { IncomingHttpHeaders } from 'node:http';
import * as z from 'zod';
import type { SqlEngine, SqlResult, TransactionOptions } from './engine.ts';
import { EngineUnreachable, SQL_ERROR_FIELDS, SqlError } from './engine.ts';

/** A status and a JSON body. */
export interface WireAnswer {
  status: number;
  body: object;
}

/** A request that is refused before it reaches the engine. */
export class BadRequest extends Error {
  override readonly name = 'BadRequest';
  readonly code: string | undefined;

  constructor(message: string, code?: string) {
    super(message);
    this.code = code;
  }
}

/** Bind's parameter count has 16 bits. */
const MAX_PARAMS = 65_535;

const statement = z.object({
  query: z.string(),
  params: z.array(z.string().nullable()).max(MAX_PARAMS).default([]),
});
const payload = z.union([z.object({ queries: z.array(statement) }), statement]);

/** What the driver asks for: one statement, or several for one transaction. */
export type WirePayload = z.infer<typeof payload>;

/** Reads the JSON body. Throws {@link BadRequest}. */
export const parsePayload = (body: string): WirePayload => {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch (error) {
    throw new BadRequest(
      `could not parse the HTTP request body: ${error instanceof Error ? error.message : error}`,
    );
  }
  const parsed = payload.safeParse(json);
  if (!parsed.success) {
    throw new BadRequest(
      'could not parse the HTTP request body: expected {query, params} or {queries}, ' +
        `params being strings or null (at most ${MAX_PARAMS})`,
    );
  }
  const queries = 'queries' in parsed.data ? parsed.data.queries : [parsed.data];
  // The protocol ends a statement's text at the first NUL, and reads the rest as something else.
  if (queries.some(({ query }) => query.includes('\0'))) {
    throw new BadRequest('invalid byte sequence for encoding "UTF8": 0x00', '22021');
  }
  return parsed.data;
};

const ISOLATION_LEVELS: Readonly<Record<string, TransactionOptions['isolationLevel']>> = {
  ReadUncommitted: 'read uncommitted',
  ReadCommitted: 'read committed',
  RepeatableRead: 'repeatable read',
  Serializable: 'serializable',
};

/**
 * Reads the `Neon-Batch-*` headers, by which the driver passes a transaction's options. Throws
 * {@link BadRequest}.
 */
export const parseTransactionOptions = (headers: IncomingHttpHeaders): TransactionOptions => {
  const level = headers['neon-batch-isolation-level'];
  const isolationLevel = ISOLATION_LEVELS[String(level)];
  if (level !== undefined && isolationLevel === undefined)
    throw new BadRequest('invalid isolation level');
  return {
    ...(isolationLevel && { isolationLevel }),
    readOnly: headers['neon-batch-read-only'] === 'true',
    deferrable: headers['neon-batch-deferrable'] === 'true',
  };
};

/**
 * Rows are always arrays of raw text: the driver asks for nothing else and makes its objects
 * itself.
 */
const toWireResult = (result: SqlResult): object => ({ ...result, rowAsArray: true });

/** Runs a payload and gives Neon's success body. */
export const answerPayload = async (
  engine: SqlEngine,
  payload: WirePayload,
  options: TransactionOptions,
): Promise<WireAnswer> => {
  if ('queries' in payload) {
    const results = await engine.transaction(payload.queries, options);
    return { status: 200, body: { results: results.map(toWireResult) } };
  }
  return { status: 200, body: toWireResult(await engine.query(payload)) };
};

const makeErrorBody = (message: string, fields: SqlError['fields']): object => ({
  message,
  ...Object.fromEntries(SQL_ERROR_FIELDS.map((field) => [field, fields[field] ?? null])),
});

/**
 * Neon's answer to an error. The driver reads message and code from a 400 only, so that is what
 * every refused or broken-off statement gets. A database that cannot be reached is 500, as at Neon:
 * there the driver throws a NeonDbError "Server error (HTTP status 500): …" without a code.
 */
export const answerError = (error: unknown): WireAnswer => {
  if (error instanceof SqlError)
    return { status: 400, body: makeErrorBody(error.message, error.fields) };
  if (error instanceof BadRequest)
    return { status: 400, body: makeErrorBody(error.message, { code: error.code }) };
  if (error instanceof EngineUnreachable)
    return { status: 500, body: makeErrorBody(error.message, {}) };
  return { status: 500, body: makeErrorBody(`internal error of the local gateway: ${error}`, {}) };
};
