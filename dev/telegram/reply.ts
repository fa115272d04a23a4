import type { ApiError, ApiSuccess, ResponseParameters } from 'grammy/types';

/** The answer of every method (https://core.telegram.org/bots/api#making-requests). */
export type Reply = ApiError | (ApiSuccess<unknown> & { description?: string });

/** Answers that the call succeeded; the webhook methods also say in words what they did. */
export const ok = (result: unknown, description?: string): Reply => {
  return description === undefined ? { ok: true, result } : { ok: true, result, description };
};

/** Refuses the call. `code` is the HTTP status as well, as on the real server. */
export const refuse = (
  code: number,
  description: string,
  parameters?: ResponseParameters,
): ApiError => {
  const error: ApiError = { ok: false, error_code: code, description };
  return parameters === undefined ? error : { ...error, parameters };
};

/** Refuses with 400 and the real server's prefix: `badRequest('chat not found')`. */
export const badRequest = (reason: string): ApiError => {
  return refuse(400, `Bad Request: ${reason}`);
};
