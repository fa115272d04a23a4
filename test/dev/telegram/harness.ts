import type { ApiClientOptions } from 'grammy';
import { Api } from 'grammy';
import { onTestFinished } from 'vitest';
import { startTelegram } from '../../../dev/telegram/server.ts';

/** The bot token that the stand-in under test accepts. */
export const TOKEN = '1000:dev-token';

/**
 * A stand-in that lives as long as the test, with grammY's client and the control interface at
 * hand.
 */
export async function setUp(options: ApiClientOptions = {}) {
  const telegram = await startTelegram({ token: TOKEN, apiUrl: 'http://127.0.0.1:8787' });
  onTestFinished(telegram.close);
  const { url } = telegram;
  return {
    ...telegram,
    api: new Api(TOKEN, { ...options, apiRoot: url }),
    bot: `${url}/bot${TOKEN}`,
    /** A control request: its status and its JSON. */
    async control(
      method: string,
      path: string,
      body?: unknown,
      headers: Record<string, string> = {},
    ) {
      const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
      const response = await fetch(`${url}/_${path}`, init);
      return { status: response.status, json: await response.json() };
    },
  };
}

/** What a promise was rejected with; fails the test where it was not. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => {
      throw new Error(`expected a rejection, got ${JSON.stringify(value)}`);
    },
    (error: unknown) => error,
  );
}
