import type { PlainErrorCode, WaitingErrorCode } from './contract/errors.ts';

/** An error that the client is told: thrown anywhere, answered at the edge in the envelope. */
export class ApiError extends Error {
  override name = 'ApiError';
  readonly code: PlainErrorCode | WaitingErrorCode;
  /** When trying again makes sense, in whole seconds: the header Retry-After and `retryAfterSeconds`. */
  readonly retryAfterSeconds: number | undefined;

  constructor(code: PlainErrorCode);
  constructor(code: WaitingErrorCode, retryAfterSeconds: number);
  constructor(code: PlainErrorCode | WaitingErrorCode, retryAfterSeconds?: number) {
    super(code);
    this.code = code;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** Past a limit for so many milliseconds. */
export const tooMany = (waitMs: number): ApiError => new ApiError('too_many_requests', Math.ceil(waitMs / 1000));

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

/** What may be logged of an error: its name and, from Postgres, its SQLSTATE. Never its message. */
const kindOf = (cause: unknown): string => {
  if (!(cause instanceof Error)) return typeof cause;
  const code = 'code' in cause && typeof cause.code === 'string' ? ` ${cause.code}` : '';
  return `${cause.name}${code}`;
};

/** A step that reached Redis after it had been taken back: for whoever asked, Redis was too slow. */
export const tooLate = (what: string): StoreError => new StoreError('redis', what, new Error('Arrived too late'));
