import type { PlainErrorCode, WaitingErrorCode } from '../contract/errors.ts';
import type { Reason } from '../contract/sockets/call.ts';
import type { InCall } from '../contract/sockets/inbox.ts';

/** An error for the client: thrown anywhere, answered at the edge in the envelope [H8]. */
export class ApiError extends Error {
  override name = 'ApiError';
  readonly code: PlainErrorCode | WaitingErrorCode;
  /** The seconds of the header Retry-After and of `retryAfterSeconds` [H12]. */
  readonly retryAfterSeconds: number | undefined;

  /** The call that the user has already, when that is the reason [C33]. */
  inCall: InCall | undefined;

  /** How the call ended, when that is the reason [C56]. */
  reason: Reason | undefined;

  constructor(code: PlainErrorCode);
  constructor(code: WaitingErrorCode, retryAfterSeconds: number);
  constructor(code: PlainErrorCode | WaitingErrorCode, retryAfterSeconds?: number) {
    super(code);
    this.code = code;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** Makes the error for a client that is past a limit for so many milliseconds. */
export const tooManyRequests = (waitMs: number): ApiError =>
  new ApiError('too_many_requests', Math.ceil(waitMs / 1000));

/**
 * Thrown when a store, or another service, is gone, slow, or answers garbage. It becomes 503
 * `unavailable` [H13].
 *
 * The message is fit for the log: it names only the kind of the cause, since drivers put whole
 * commands into their messages, phone numbers and hashes of codes included.
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
 * Describes an error for the log: its name, and its SQLSTATE from Postgres, or else one of the
 * known phrases. It never quotes the message.
 */
export const kindOf = (cause: unknown): string => {
  if (!(cause instanceof Error)) return typeof cause;
  const code = 'code' in cause && typeof cause.code === 'string' ? ` ${cause.code}` : '';
  const why = code === '' ? whyOf(cause) : undefined;
  return `${cause.name}${code}${why === undefined ? '' : ` (${why})`}`;
};

/** What runtimes and drivers write about a store that does not answer, and what is logged. */
const PHRASES: readonly (readonly [pattern: RegExp, phrase: string])[] = [
  [/ECONNREFUSED|connection refused/i, 'connection refused'],
  [/ENOTFOUND|EAI_AGAIN|dns lookup|no such host/i, 'name not found'],
  // Workers say this both when a connection was refused and when it broke.
  [/network connection lost/i, 'connection refused or lost'],
  [/ECONNRESET|EPIPE|socket hang up|other side closed/i, 'connection lost'],
  [/ETIMEDOUT|EHOSTUNREACH|ENETUNREACH/i, 'host cannot be reached'],
  [/certificate|\bTLS\b|\bSSL\b/i, 'TLS failed'],
];

/** How many causes of causes are looked at. */
const DEPTH = 5;

/**
 * Finds the reason of an error, in words of our own. Drivers keep the cause of an error under names
 * of their own.
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
 * Finds the status of a failed HTTP request: Neon's driver has it in its text, grammY in a field.
 */
const statusOf = (error: Error): string | undefined => {
  const code: unknown = Reflect.get(error, 'error_code');
  if (Number.isInteger(code)) return String(code);
  return /\bHTTP status:? (\d{3})\b/i.exec(error.message)?.[1];
};

/** Makes the error for a step that reached Redis after it was voided: Redis was too slow [A12]. */
export const arrivedAfterVoid = (what: string): StoreError =>
  new StoreError('redis', what, new Error('Arrived too late'));
