import { request } from 'node:http';
import { neon } from '@neondatabase/serverless';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CLOSE_GRACE_MS, startPostgresGateway } from '../../../dev/postgres/gateway.ts';
import type { Stack } from './stack.ts';
import { CONNECTION_STRING, startStack } from './stack.ts';

let stack: Stack;

beforeAll(async () => {
  stack = await startStack();
});
afterAll(() => stack.stop());

const post = (
  body: string,
  headers: Record<string, string> = { 'Neon-Connection-String': CONNECTION_STRING },
) => fetch(stack.gateway.url, { method: 'POST', headers, body });

describe('who is served', () => {
  test.each([
    ['a wrong password', 'postgresql://aist:wrong@127.0.0.1/aist'],
    ['a wrong user', 'postgresql://root:p%40ss%2Fword@127.0.0.1/aist'],
    ['a wrong database', 'postgresql://aist:p%40ss%2Fword@127.0.0.1/postgres'],
  ])('a connection string with %s is refused with 28P01', async (_, connectionString) => {
    const query = neon(connectionString)`select 1`;
    await expect(query).rejects.toMatchObject({
      code: '28P01',
      message: /password authentication failed for user/,
    });
  });

  test('host, port and parameters of the connection string do not matter', async () => {
    const sql = neon('postgres://aist:p%40ss%2Fword@db.example.com:6000/aist?sslmode=require');
    expect(await sql`select 1 as one`).toEqual([{ one: 1 }]);
  });

  test.each<[string, Record<string, string>]>([
    ['no connection string', {}],
    ['a connection string that is no URL', { 'Neon-Connection-String': 'aist' }],
    [
      'a connection string of another scheme',
      { 'Neon-Connection-String': 'mysql://aist:p%40ss%2Fword@127.0.0.1/aist' },
    ],
  ])('a request with %s is refused', async (_, headers) => {
    const response = await post('{"query":"select 1"}', headers);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      message: 'missing or invalid Neon-Connection-String header',
    });
  });

  test('a Host that is not loopback is refused: a rebound DNS name', async () => {
    const status = await new Promise((resolve, reject) => {
      const headers = {
        Host: `evil.example:${stack.gateway.port}`,
        'Neon-Connection-String': CONNECTION_STRING,
      };
      request(stack.gateway.url, { method: 'POST', headers }, (response) =>
        resolve(response.resume().statusCode),
      )
        .on('error', reject)
        .end('{"query":"select 1"}');
    });
    expect(status).toBe(403);
  });

  test('no CORS header lets a web page in', async () => {
    const preflight = await fetch(stack.gateway.url, { method: 'OPTIONS' });
    expect(preflight.status).toBe(405);
    expect(preflight.headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('what is served', () => {
  test.each([
    ['no JSON', '{"query":'],
    ['no query', '{}'],
    ['a query that is no string', '{"query":1}'],
    ['parameters that are no text', '{"query":"select $1::int","params":[1]}'],
    ['queries that are no list', '{"queries":"select 1"}'],
  ])('a body with %s gets a 400 that says so', async (_, body) => {
    const response = await post(body);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      message: /^could not parse the HTTP request body: ./,
      code: null,
    });
  });

  test('params may be left out', async () => {
    expect(await (await post('{"query":"select 1 as one"}')).json()).toMatchObject({
      command: 'SELECT',
      rowCount: 1,
      rowAsArray: true,
      rows: [['1']],
    });
  });

  test('a body past 64 MB gets 413, and the next request its answer', async () => {
    const sql = neon(CONNECTION_STRING);
    const huge = sql.query('select length($1::text)', ['x'.repeat(64 * 1024 * 1024)]);
    await expect(huge).rejects.toThrow(/HTTP status 413.*too large/);
    expect(await sql`select 1 as one`).toEqual([{ one: 1 }]);
  });

  test('other paths and methods do not exist', async () => {
    expect((await fetch(stack.gateway.url)).status).toBe(405);
    expect((await fetch(stack.gateway.url.replace('/sql', '/'), { method: 'POST' })).status).toBe(
      404,
    );
  });
});

describe('the gateway', () => {
  test('the gateway waits two seconds for a statement that runs while it is closed', async () => {
    const never = () => new Promise<never>(() => undefined);
    const engine = { query: never, transaction: never, close: async () => undefined };
    const gateway = await startPostgresGateway({ engine, connectionString: CONNECTION_STRING });
    const headers = { 'Neon-Connection-String': CONNECTION_STRING };
    const cutOff = expect(
      fetch(gateway.url, { method: 'POST', headers, body: '{"query":"select 1"}' }),
    ).rejects.toThrow('fetch failed');
    await new Promise((resolve) => setTimeout(resolve, 50));
    const started = performance.now();
    await gateway.close();
    // The statement never ends: without a limit this line would not be reached.
    expect(performance.now() - started).toBeGreaterThan(CLOSE_GRACE_MS - 100);
    await cutOff;
  });

  test('the gateway listens on the port asked for, and leaves the engine open', async () => {
    const first = await startPostgresGateway({
      engine: stack.engine,
      connectionString: CONNECTION_STRING,
    });
    expect(first.url).toBe(`http://127.0.0.1:${first.port}/sql`);
    await first.close();
    await expect(fetch(first.url)).rejects.toThrow('fetch failed');

    const options = { engine: stack.engine, connectionString: CONNECTION_STRING, port: first.port };
    const second = await startPostgresGateway(options);
    expect(second.port).toBe(first.port);
    await expect(startPostgresGateway(options)).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await second.close();
    expect(await stack.engine.query({ query: 'select 1', params: [] })).toMatchObject({
      rows: [['1']],
    });
  });
});
