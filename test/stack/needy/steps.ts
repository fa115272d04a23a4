import { expect } from 'vitest';
import type { Answer, Api } from '../../support/client.ts';
import { localApi } from '../../support/client.ts';

/** Makes what the steps need. */
export const before = localApi();

/** Makes sign-in links. */
export const withLinks = localApi({
  APP_URL: 'https://app.example',
  PHONE_FAILURES_PER_DAY: '1',
  PHONE_SEND_GAPS_SECONDS: '0',
});

/** A store that a request may need. */
export type Store = 'redis' | 'database';

/** A request that a store is to fail under. */
export interface Step {
  send(api: Api): Promise<Answer>;
  /** Checks that nothing is half-done: the request can still be made, and works once. */
  works(api: Api): Promise<void>;
}

/** An endpoint that needs stores, and how to get ready for a request to it. */
export interface Needy {
  readonly stores: readonly Store[];
  prepare(): Promise<Step>;
}

/** The body of an answer that is 200. */
export const ok = async (request: Promise<Answer>): Promise<Answer['body']> => {
  const answer = await request;
  expect(answer.status, answer.text).toBe(200);
  return answer.body;
};

/** The status of an answer. */
export const statusOf = async (request: Promise<Answer>): Promise<number> => (await request).status;

/** A request that can be made again, and what is true of each answer. */
export const repeatable = (
  send: Step['send'],
  check: (body: Answer['body'], api: Api) => Promise<void> | void = () => undefined,
): Step => ({ send, works: async (api) => check(await ok(send(api)), api) });
