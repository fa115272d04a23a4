import type { DeviceProblem } from './types.ts';

/** Why an action of a call did not happen. */
export type CallErrorCode =
  /** A device gives nothing; the same stands in `me`. */
  | DeviceProblem
  /** The call is over, or is not where this can be done. */
  | 'not_now'
  /** The browser cannot do this. */
  | 'not_supported'
  /** Nothing came of it in time. */
  | 'no_answer';

/** Thrown by an action of a call that did not happen. */
export class CallError extends Error {
  override name = 'CallError';
  readonly code: CallErrorCode;

  constructor(code: CallErrorCode, options?: ErrorOptions) {
    super(`The call cannot do this: ${code}`, options);
    this.code = code;
  }
}
