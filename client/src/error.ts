import type { Endpoints } from './contract.ts';

/** The name of an endpoint. */
export type EndpointName = keyof Endpoints;

/** A code that an endpoint may refuse with. */
export type ErrorCode<Name extends EndpointName = EndpointName> = Endpoints[Name]['errors'];

/** No answer came: the network, or every address, failed. */
export type NetworkCode = 'no_answer';

/** What is known of a refusal. */
export interface ErrorDetails<Code extends string> {
  readonly code: Code;
  /** The HTTP status; 0 when no answer came. */
  readonly status: number;
  /** For people, in the language of the client. */
  readonly message: string;
  /** Names the request in the server's log. */
  readonly requestId?: string | undefined;
  /** When to try again, in milliseconds by this device's clock. */
  readonly retryAt?: number | undefined;
  /** Whether no answer came to something that may have happened all the same. */
  readonly lost?: boolean;
  /** The rest of the answer. */
  readonly body?: Readonly<Record<string, unknown>>;
}

/** Thrown when a request is refused, or is not answered. */
export class AistError<Code extends string = ErrorCode | NetworkCode> extends Error {
  override name = 'AistError';
  readonly code: Code;
  readonly status: number;
  readonly requestId: string | undefined;
  readonly retryAt: number | undefined;
  readonly lost: boolean;
  readonly body: Readonly<Record<string, unknown>>;

  constructor(details: ErrorDetails<Code>, options?: ErrorOptions) {
    super(details.message, options);
    this.code = details.code;
    this.status = details.status;
    this.requestId = details.requestId;
    this.retryAt = details.retryAt;
    this.lost = details.lost ?? false;
    this.body = details.body ?? {};
  }
}

/** Whether an error is one of the API, with one of these codes if any are named. */
export const isAistError = <Code extends ErrorCode | NetworkCode>(
  error: unknown,
  ...codes: readonly Code[]
): error is AistError<Code> =>
  error instanceof AistError && (codes.length === 0 || codes.includes(error.code as Code));
