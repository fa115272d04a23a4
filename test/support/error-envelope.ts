import { expect } from 'vitest';
import type { Answer } from './client.ts';

/** The form of a request's id. */
export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** The status, the code and the message of an error. */
export type ExpectedError = readonly [status: number, code: string, message: string];

/** Expects an error in its envelope, with further fields if there are some. */
export const expectError = (
  answer: Answer,
  [status, code, message]: ExpectedError,
  further: object = {},
): void => {
  expect(answer.status, answer.text).toBe(status);
  expect(answer.headers.get('Content-Type')).toMatch(/^application\/json/);
  expect(answer.body).toEqual({
    ok: false,
    message,
    error: message,
    code,
    requestId: answer.headers.get('X-Request-Id'),
    ...further,
  });
  expect(answer.body.requestId).toMatch(UUID);
};
