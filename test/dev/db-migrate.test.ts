import { once } from 'node:events';
import { createServer } from 'node:net';
import { neon, neonConfig } from '@neondatabase/serverless';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createScratchDatabase } from '../support/scratch-database.ts';
import { openTestDatabase } from '../support/stores.ts';
import { MIGRATIONS } from './support/database.ts';
import { runScript } from './support/script.ts';

let database: Awaited<ReturnType<typeof openTestDatabase>>;

beforeAll(async () => {
  database = await openTestDatabase();
  neonConfig.fetchEndpoint = database.DATABASE_ENDPOINT;
});
afterAll(() => database.close());

/** Runs the command to its end. */
const dbMigrate = async (env: Record<string, string>) => {
  const script = runScript(['dev/db-migrate.ts'], { env });
  return { code: await script.ended, output: script.output() };
};

test('db:migrate says where it migrates and how many, and that there is nothing more to do', async () => {
  const { DATABASE_URL, DATABASE_ENDPOINT } = database;
  expect(await dbMigrate({ DATABASE_URL, DATABASE_ENDPOINT })).toEqual({
    code: 0,
    output: `127.0.0.1/aist: ${MIGRATIONS} migrations applied.\n`,
  });
  expect(await dbMigrate({ DATABASE_URL, DATABASE_ENDPOINT })).toEqual({
    code: 0,
    output: '127.0.0.1/aist: up to date.\n',
  });
  const sql = neon(DATABASE_URL);
  expect(await sql`select count(*)::int as users from users`).toEqual([{ users: 0 }]);
});

test.concurrent.each([
  [
    'no DATABASE_URL',
    {},
    /^DATABASE_URL is not set\. .*DATABASE_URL=postgres:\/\/.* npm run db:migrate\n$/,
  ],
  ['an empty one', { DATABASE_URL: '' }, /^DATABASE_URL is not set\./],
  [
    'one that is no address',
    { DATABASE_URL: 'a-secret' },
    /^DATABASE_URL is no address of a PostgreSQL database\./,
  ],
  [
    'another protocol',
    { DATABASE_URL: 'mysql://user:a-secret@host/db' },
    /^DATABASE_URL is no address of/,
  ],
  [
    'no database in it',
    { DATABASE_URL: 'postgres://user:a-secret@host/' },
    /^DATABASE_URL is no address of/,
  ],
  [
    'a server that nobody runs',
    { DATABASE_URL: 'postgres://somebody:a-secret@127.0.0.1:1/aist?sslmode=disable' },
    /^127\.0\.0\.1:1\/aist was not migrated: cannot connect to the database\n$/,
  ],
  [
    'an endpoint that nobody serves',
    {
      DATABASE_URL: 'postgres://somebody:a-secret@host/aist',
      DATABASE_ENDPOINT: 'http://127.0.0.1:55/sql',
    },
    /^host\/aist was not migrated: connect ECONNREFUSED 127\.0\.0\.1:55\n$/,
  ],
])(
  'db:migrate with %s says so in one line, without user and password, and exits 1',
  async (_, env, message) => {
    const { code, output } = await dbMigrate(env);
    expect(output).toMatch(message);
    expect(output.trim().split('\n')).toHaveLength(1);
    expect(output).not.toMatch(/a-secret|somebody/);
    expect(code).toBe(1);
  },
);

test('what the database refuses is told with its SQLSTATE', async () => {
  const { DATABASE_ENDPOINT } = database;
  const { code, output } = await dbMigrate({
    DATABASE_URL: 'postgres://aist:wrong@127.0.0.1/aist',
    DATABASE_ENDPOINT,
  });
  expect(output).toMatch(
    /^127\.0\.0\.1\/aist was not migrated: password authentication failed .* \(28P01\)\n$/,
  );
  expect(code).toBe(1);
});

test("a Neon address is reached over HTTPS at Neon's own endpoint", async () => {
  const asked: string[] = [];
  const proxy = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (chunk) => {
      asked.push(chunk.toString().split('\r\n')[0] ?? '');
      socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    });
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const address = proxy.address();
  const port = address && typeof address === 'object' ? address.port : 0;
  const { code, output } = await dbMigrate({
    DATABASE_URL:
      'postgres://somebody:a-secret@ep-cool-name-123456.eu-central-1.aws.neon.tech/aist',
    HTTPS_PROXY: `http://127.0.0.1:${port}`,
    NODE_USE_ENV_PROXY: '1',
  });
  proxy.close();
  expect(asked[0]).toBe('CONNECT api.eu-central-1.aws.neon.tech:443 HTTP/1.1');
  expect(output).toMatch(
    /^ep-cool-name-123456\.eu-central-1\.aws\.neon\.tech\/aist was not migrated: [^\n]+\n$/,
  );
  expect(output).not.toMatch(/a-secret|somebody/);
  expect(code).toBe(1);
});

const { DATABASE_URL: SERVER } = process.env;

// The gateway needs a real server behind it: PGlite does not speak PostgreSQL's own protocol.
if (SERVER) {
  test('any other server is reached by its own protocol', async () => {
    const scratch = await createScratchDatabase(SERVER);
    const { host, pathname } = new URL(scratch.url);
    try {
      for (const outcome of [`${MIGRATIONS} migrations applied`, 'up to date']) {
        expect(await dbMigrate({ DATABASE_URL: scratch.url })).toEqual({
          code: 0,
          output: `${host}${pathname}: ${outcome}.\n`,
        });
      }
    } finally {
      await scratch.drop();
    }
  });
}
