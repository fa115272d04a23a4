import type { ApiError, ApiSuccess, ResponseParameters } from 'grammy/types';

/** What every Bot API method answers: the envelope of https://core.telegram.org/bots/api#making-requests. */
export type Reply = ApiError | (ApiSuccess<unknown> & { description?: string });

/** The call succeeded; the webhook methods also say in words what they did. */
export const ok = (result: unknown, description?: string): Reply => {
  return description === undefined ? { ok: true, result } : { ok: true, result, description };
};

/** The call was refused. `code` is the HTTP status as well, as on the real server. */
export const refuse = (
  code: number,
  description: string,
  parameters?: ResponseParameters,
): ApiError => {
  const error: ApiError = { ok: false, error_code: code, description };
  return parameters === undefined ? error : { ...error, parameters };
};

/** A 400 with the real server's prefix: `badRequest('chat not found')`. */
export const badRequest = (reason: string): ApiError => {
  return refuse(400, `Bad Request: ${reason}`);
};
