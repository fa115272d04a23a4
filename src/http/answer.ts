import type { Context } from 'hono';
import type { AnswerOf, Endpoint } from '../contract/endpoint.ts';

/**
 * Answers with the success of an endpoint. A body that differs from the contract does not compile.
 *
 * @example
 * return answer(c, getProfile, { userId, phone, username, displayName });
 */
export const answer = <E extends Endpoint & { success: object }>(c: Context, endpoint: E, body: AnswerOf<E>) =>
  c.json(body, endpoint.success.status);
