import { neon, neonConfig } from '@neondatabase/serverless';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { migrate } from '../../dev/migrate.ts';
import { localApi, runningApi } from '../support/client.ts';
import type { Behaviour } from '../support/proxy.ts';
import { ProxyControl } from '../support/proxy.ts';
import { stack } from '../support/stack.ts';
import { openTestDatabase } from '../support/stores.ts';

const api = runningApi();
const database = new ProxyControl(stack.databaseProxy);
const redis = new ProxyControl(stack.redisProxy);

afterEach(async () => {
  await Promise.all([database.behave({ mode: 'pass' }), redis.behave({ mode: 'pass' })]);
});

describe('/health', () => {
  test('/health says that the Worker runs, without asking a store, whatever their state', async () => {
    await Promise.all([database.behave({ mode: 'dead' }), redis.behave({ mode: 'dead' })]);
    const answer = await api.send('GET', '/health');
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ ok: true });
    expect(await database.calls()).toBe(0);
    expect(await redis.calls()).toBe(0);
  });
});

describe('/health/ready', () => {
  test('/health/ready says that both stores are up, at one call each', async () => {
    await Promise.all([database.behave({ mode: 'pass' }), redis.behave({ mode: 'pass' })]);
    const answer = await api.send('GET', '/health/ready');
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ ok: true, database: 'up', redis: 'up' });
    expect(await database.calls()).toBe(1);
    expect(await redis.calls()).toBe(1);
  });

  const PASS: Behaviour = { mode: 'pass' };
  test.each<[Behaviour, Behaviour, string, string]>([
    [{ mode: 'dead' }, PASS, 'down', 'up'],
    [PASS, { mode: 'dead' }, 'up', 'down'],
    [{ mode: 'dead' }, { mode: 'dead' }, 'down', 'down'],
    [{ mode: 'hang' }, PASS, 'down', 'up'],
    [PASS, { mode: 'hang' }, 'up', 'down'],
    [{ mode: 'garbage' }, PASS, 'down', 'up'],
    [PASS, { mode: 'garbage' }, 'up', 'down'],
    [{ mode: 'nonsense' }, PASS, 'down', 'up'],
    [PASS, { mode: 'nonsense' }, 'up', 'down'],
    [{ mode: 'half' }, { mode: 'half' }, 'down', 'down'],
  ])(
    '[H13] with database %o and redis %o: database %s, redis %s',
    async (databaseState, redisState, databaseIs, redisIs) => {
      await Promise.all([database.behave(databaseState), redis.behave(redisState)]);
      const started = Date.now();
      const answer = await api.send('GET', '/health/ready');
      expect(Date.now() - started).toBeLessThan(5_000);
      expect(answer.status, answer.text).toBe(503);
      expect(answer.body).toMatchObject({
        ok: false,
        code: 'unavailable',
        database: databaseIs,
        redis: redisIs,
        requestId: answer.headers.get('X-Request-Id'),
      });
      expect(Number(answer.headers.get('Retry-After'))).toBeGreaterThan(0);
      expect(answer.body.retryAfterSeconds).toBe(Number(answer.headers.get('Retry-After')));
    },
  );

  test('[H13] /health/ready is ready again as soon as the store is', async () => {
    await database.behave({ mode: 'dead' });
    expect((await api.send('GET', '/health/ready')).status).toBe(503);
    await database.behave({ mode: 'pass' });
    expect((await api.send('GET', '/health/ready')).status).toBe(200);
  });

  test('/health/ready is not ready on a database without tables', async () => {
    const { close, ...settings } = await openTestDatabase();
    try {
      const answer = await localApi(settings).send('GET', '/health/ready');
      expect(answer.status).toBe(503);
      expect(answer.body).toMatchObject({ database: 'down', redis: 'up' });
    } finally {
      await close();
    }
  });

  describe('on a database that is not ours, or not any more', () => {
    let foreign: Awaited<ReturnType<typeof openTestDatabase>>;
    const isReady = async () => {
      const { close: _, ...settings } = foreign;
      return (await localApi(settings).send('GET', '/health/ready')).status;
    };
    const run = async (...statements: readonly string[]) => {
      const sql = neon(foreign.DATABASE_URL);
      for (const statement of statements) await sql.query(statement);
    };
    beforeAll(async () => {
      foreign = await openTestDatabase();
      neonConfig.fetchEndpoint = foreign.DATABASE_ENDPOINT;
      await migrate(foreign.DATABASE_URL);
    });
    afterAll(() => foreign.close());

    test.each([
      [
        'its users have no phone',
        'alter table users rename phone to email',
        'alter table users rename email to phone',
      ],
      [
        'its users have numbers for ids',
        'alter table users alter id type int using null',
        'alter table users alter id type text',
      ],
      [
        'its calls are something else',
        'alter table calls rename to dials',
        'alter table dials rename to calls',
      ],
      [
        'a migration is missing',
        'alter table call_members drop missed',
        'alter table call_members add missed boolean default false not null',
      ],
    ])(
      '/health/ready is not ready when %s, and is again afterwards',
      async (_, breaking, mending) => {
        expect(await isReady()).toBe(200);
        await run(breaking);
        expect(await isReady()).toBe(503);
        await run(mending);
        expect(await isReady()).toBe(200);
      },
    );
  });
});
