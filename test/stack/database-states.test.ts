import { sql } from 'drizzle-orm';
import { afterEach, describe, expect, test } from 'vitest';
import { createDatabase, runQuery } from '../../src/platform/db/client.ts';
import { StoreError } from '../../src/platform/errors.ts';
import { parseSettings } from '../../src/platform/settings.ts';
import { runningApi } from '../support/client.ts';
import { expectUnavailable } from '../support/faults.ts';
import { ProxyControl } from '../support/proxy.ts';
import { signIn } from '../support/sign-in.ts';
import { stack } from '../support/stack.ts';

const api = runningApi();
const database = new ProxyControl(stack.databaseProxy);
afterEach(() => database.behave({ mode: 'pass' }));

const settings = parseSettings(stack.settings);
const db = createDatabase(settings.DATABASE_URL, settings.DATABASE_ENDPOINT);
const raised = (state: string) => {
  const raise = `do $$ begin raise exception using errcode = '${state}'; end $$`;
  return runQuery('raise', db.execute(sql.raw(raise)), () => undefined);
};

/** SQLSTATEs of poolers and restarts; those of PASSING are gone at the second try. */
const PASSING = ['26000', '42P05', '0A000', '72000', '08006', '40001', '57P01'];
const LASTING = ['3D000', 'F0000', '53300', '25006', '28P01', '58030', 'XX000', '55P03', '57014'];

describe('an SQLSTATE that the database itself raises', () => {
  test.each([...PASSING, ...LASTING])(
    '[H14] the SQLSTATE is the server’s state: %s',
    async (state) => {
      const failure = await raised(state).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(StoreError);
      expect(String(failure)).toContain(state);
    },
  );

  test.each(['22012', '42601', '42703', '23502', '42P01', '42P04', 'P0001'])(
    '[H14] the SQLSTATE is the statement’s fault: %s',
    async (state) => {
      const failure = await raised(state).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(Error);
      expect(failure).not.toBeInstanceOf(StoreError);
    },
  );
});

describe('a request while the database is in such a state', () => {
  test.each([...PASSING, ...LASTING])(
    '[H14] a request is answered 503 with Retry-After: %s',
    async (code) => {
      const token = await signIn(api);
      await database.behave({ mode: 'state', code });
      await expectUnavailable(() => api.send('GET', '/api/profile', { token }));
      expect(await database.calls()).toBe(PASSING.includes(code) ? 2 : 1);
      await database.behave({ mode: 'state', code });
      const body = { displayName: 'X' };
      await expectUnavailable(() => api.send('PATCH', '/api/profile', { token, body }));
      expect(await database.calls()).toBe(1);
    },
  );

  test.each(PASSING)(
    '[H14] a request reads at the second try what changes nothing: %s',
    async (code) => {
      const token = await signIn(api);
      await database.behave({ mode: 'state', code, times: 1 });
      expect((await api.send('GET', '/api/profile', { token })).status).toBe(200);
      await database.behave({ mode: 'state', code, times: 1 });
      expect((await api.send('GET', '/api/calls', { token })).status).toBe(200);
      await database.behave({ mode: 'state', code, times: 1 });
      const called = await api.post('/api/calls', { to: '@nobody_has_this_name' }, { token });
      expect([called.status, called.body.code]).toEqual([404, 'user_not_found']);
      expect(await database.calls()).toBe(2);
    },
  );

  test('[H14] a request that meets the statement’s fault is answered 500', async () => {
    const token = await signIn(api);
    await database.behave({ mode: 'state', code: '42601' });
    expect((await api.send('GET', '/api/profile', { token })).status).toBe(500);
    expect(await database.calls()).toBe(1);
  });
});
