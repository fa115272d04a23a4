import type { PlainErrorCode, WaitingErrorCode } from '../contract/errors.ts';
import type { InCall } from '../contract/sockets/inbox.ts';

/** An error that the client is told: thrown anywhere, answered at the edge in the envelope. */
export class ApiError extends Error {
  override name = 'ApiError';
  readonly code: PlainErrorCode | WaitingErrorCode;
  /** When trying again makes sense, in whole seconds: the header Retry-After and `retryAfterSeconds`. */
  readonly retryAfterSeconds: number | undefined;

  /** The call in whose way it stands that this user has one. */
  inCall: InCall | undefined;

  constructor(code: PlainErrorCode);
  constructor(code: WaitingErrorCode, retryAfterSeconds: number);
  constructor(code: PlainErrorCode | WaitingErrorCode, retryAfterSeconds?: number) {
    super(code);
    this.code = code;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** Past a limit for so many milliseconds. */
export const tooManyRequests = (waitMs: number): ApiError =>
  new ApiError('too_many_requests', Math.ceil(waitMs / 1000));

/**
 * A store, or what else is not here, that is gone, slow, or answers what it never should. Becomes 503 `unavailable`.
 *
 * The message is fit for the log: drivers put whole commands into theirs, phone numbers and hashes of codes included, so only the kind of
 * the cause is told.
 */
export class StoreError extends Error {
  override name = 'StoreError';
  readonly store: 'redis' | 'database' | 'telegram' | 'rooms' | 'turn';

  constructor(store: StoreError['store'], what: string, cause: unknown) {
    super(`${store}: ${what} failed: ${kindOf(cause)}`);
    this.store = store;
  }
}

/**
 * What may be logged of an error: its name and, from Postgres, its SQLSTATE; otherwise why it was,
 * as far as one of the
 * known phrases says so. Never its message.
 */
export const kindOf = (cause: unknown): string => {
  if (!(cause instanceof Error)) return typeof cause;
  const code = 'code' in cause && typeof cause.code === 'string' ? ` ${cause.code}` : '';
  const why = code === '' ? whyOf(cause) : undefined;
  return `${cause.name}${code}${why === undefined ? '' : ` (${why})`}`;
};

/** What runtimes and drivers write of a store that does not answer, and what is logged of it. */
const PHRASES: readonly (readonly [pattern: RegExp, phrase: string])[] = [
  [/ECONNREFUSED|connection refused/i, 'connection refused'],
  [/ENOTFOUND|EAI_AGAIN|dns lookup|no such host/i, 'name not found'],
  // What Workers say when a connection was refused, and when it broke.
  [/network connection lost/i, 'connection refused or lost'],
  [/ECONNRESET|EPIPE|socket hang up|other side closed/i, 'connection lost'],
  [/ETIMEDOUT|EHOSTUNREACH|ENETUNREACH/i, 'host cannot be reached'],
  [/certificate|\bTLS\b|\bSSL\b/i, 'TLS failed'],
];

/** How deep the cause of a cause of an error is looked for. */
const DEPTH = 5;

/**
 * Why an error was, in words of our own. Drivers keep what is below an error under names of their
 * own.
 */
const whyOf = (error: unknown, depth = DEPTH): string | undefined => {
  if (!(error instanceof Error) || depth === 0) return undefined;
  const below = ['cause', 'sourceError', 'error'].map((name) => Reflect.get(error, name));
  const deeper = below.map((inner) => whyOf(inner, depth - 1)).find((why) => why !== undefined);
  if (deeper !== undefined) return deeper;
  if (/^(Timeout|Abort)Error$/.test(error.name)) return 'no answer in time';
  const status = statusOf(error);
  if (status !== undefined) return `HTTP ${status}`;
  const text = `${Reflect.get(error, 'code') ?? ''} ${error.message}`;
  return PHRASES.find(([pattern]) => pattern.test(text))?.[1];
};

/**
 * The status of an HTTP answer that was an error: of Neon's driver in its text, of grammY's in a
 * field.
 */
const statusOf = (error: Error): string | undefined => {
  const code: unknown = Reflect.get(error, 'error_code');
  if (Number.isInteger(code)) return String(code);
  return /\bHTTP status:? (\d{3})\b/i.exec(error.message)?.[1];
};

/** A step that reached Redis after it had been taken back: for whoever asked, Redis was too slow. */
export const arrivedAfterVoid = (what: string): StoreError =>
  new StoreError('redis', what, new Error('Arrived too late'));
