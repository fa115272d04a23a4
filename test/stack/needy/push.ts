import { expect } from 'vitest';
import { sql } from '../../support/chats/chats.ts';
import { onePerson } from '../../support/chats/people.ts';
import type { Answer, Api } from '../../support/client.ts';
import type { Browser } from '../../support/push.ts';
import { newBrowser, subscribe } from '../../support/push.ts';
import type { Needy } from './steps.ts';
import { before, ok } from './steps.ts';

/** A request of somebody who has subscribed, or not, and how many subscriptions that leaves. */
const step = (
  send: (token: string, browser: Browser, api: Api) => Promise<Answer>,
  counts: { readonly before: number; readonly after: number },
): Needy => ({
  stores: ['redis', 'database'],
  prepare: async () => {
    const [{ id, token }, browser] = [await onePerson(), await newBrowser()];
    if (counts.before > 0) await ok(subscribe(before, token, browser));
    const count = async () =>
      (await sql`select 1 from push_subscriptions where user_id = ${id}`).length;
    return {
      send: (api) => send(token, browser, api),
      works: async (api) => {
        expect(await count()).toBe(counts.before);
        await ok(send(token, browser, api));
        expect(await count()).toBe(counts.after);
      },
    };
  },
});

/** The endpoints of pushes that need stores. */
export const NEEDY_PUSH: Readonly<Record<string, Needy>> = {
  'PUT /api/push/subscription': step((token, browser, api) => subscribe(api, token, browser), {
    before: 0,
    after: 1,
  }),
  'DELETE /api/push/subscription': step(
    (token, _, api) => api.send('DELETE', '/api/push/subscription', { token }),
    { before: 1, after: 0 },
  ),
};
