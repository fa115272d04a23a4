import { afterEach, describe, expect, test } from 'vitest';
import { ENDPOINTS } from '../../src/contract/http/endpoints.ts';
import { cannedRooms } from '../support/calls/rooms.ts';
import { localApi } from '../support/client.ts';
import { expectUnavailable, FAILURES } from '../support/faults.ts';
import { database, heal, redis } from '../support/proxies.ts';
import { NEEDY } from './needy/endpoints.ts';
import type { Step } from './needy/steps.ts';
import { before, ok, statusOf, withLinks } from './needy/steps.ts';

const proxies = { redis, database };
afterEach(heal);

/** An isolate that knows of no session, so that it has to ask for each. */
const freshIsolate = () => localApi({}, Date.now, cannedRooms());

/** The other endpoints: a request to each that gets as far as it can, and its status. */
const CONTENT: Readonly<Record<string, { readonly path: string; readonly status: number }>> = {
  'POST /api/send-sms': { path: '/api/send-sms', status: 503 },
  'GET /api/auth/qr/image': { path: '/api/auth/qr/image?code=ABCDEF', status: 200 },
  'GET /parties/qr/:room': { path: '/parties/qr/x', status: 426 },
  'GET /parties/call/:room': { path: '/parties/call/x', status: 426 },
  'GET /parties/inbox/:room': { path: '/parties/inbox/x', status: 426 },
  'GET /ws': { path: '/ws', status: 426 },
  'GET /api/push/key': { path: '/api/push/key', status: 200 },
  'GET /health': { path: '/health', status: 200 },
};

const entries = Object.entries(NEEDY);

test('[H13] every endpoint of the contract is looked at here', () => {
  // Rooms speak to the Worker by an endpoint that is no contract with clients.
  const names = ['POST /api/internal/rooms'].concat(
    ENDPOINTS.map(({ method, path }) => `${method.toUpperCase()} ${path}`),
  );
  expect([...Object.keys(NEEDY), ...Object.keys(CONTENT)].sort()).toEqual(names.sort());
});

const cases = FAILURES.flatMap((failure) =>
  (['redis', 'database'] as const).map((store) => ({ ...failure, store })),
);

describe.each(cases)('with $store $mode', ({ store, ...failure }) => {
  test('[H13] endpoints that need it answer 503 in time, others as ever; then all work', async () => {
    const api = freshIsolate();
    const steps: (Step & { readonly name: string; readonly needs: boolean })[] = [];
    // One after another: all at once they would wait for each other longer than a store may take.
    for (const [name, { stores, prepare }] of entries) {
      steps.push({ name, needs: stores.includes(store), ...(await prepare()) });
    }
    await Promise.all([before.settle(), withLinks.settle()]);
    await proxies[store].behave(failure);
    const named = async (name: string, work: () => Promise<unknown>) => {
      await work().catch((error) => {
        if (error instanceof Error) error.message = `${name}: ${error.message}`;
        throw error;
      });
    };
    await Promise.all(
      steps.map(({ name, needs, send }) =>
        named(name, () => (needs ? expectUnavailable(() => send(api)) : ok(send(api)))),
      ),
    );
    await heal();
    const failed = steps.filter(({ needs }) => needs);
    for (const { name, works } of failed) await named(name, () => works(api));
  });
});

test('[H13] with both stores gone endpoints that need none answer as ever, and refusals too', async () => {
  const api = freshIsolate();
  await Promise.all(Object.values(proxies).map((proxy) => proxy.behave({ mode: 'dead' })));
  for (const [name, { path, status }] of Object.entries(CONTENT)) {
    expect([name, await statusOf(api.send(String(name.split(' ')[0]), path))]).toEqual([
      name,
      status,
    ]);
  }
  expect(await statusOf(api.post('/api/auth/request-code', { phone: 'abc' }))).toBe(400);
  expect([await proxies.redis.calls(), await proxies.database.calls()]).toEqual([0, 0]);
});
