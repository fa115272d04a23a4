import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jwtVerify } from 'jose';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { takeLock } from '../../dev/lock.ts';
import { isFree } from '../../dev/ports.ts';
import type { Answer } from '../support/client.ts';
import { freshAddress, freshPhone } from '../support/fresh.ts';
import { createScratchDatabase } from '../support/scratch-database.ts';
import { MIGRATIONS } from './support/database.ts';
import { listenersOf } from './support/processes.ts';
import { StackUnderTest } from './support/stack.ts';

const PARTS = ['API', 'Telegram', 'Postgres', 'Redis'];
const CHAT = 7_001;
const phone = freshPhone();

let dataDir: string;
const stacks: StackUnderTest[] = [];

beforeAll(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'aist-start-'));
});
afterAll(() => {
  for (const stack of stacks) {
    stack.destroy();
    rmSync(stack.scratch, { recursive: true, force: true });
  }
  rmSync(dataDir, { recursive: true, force: true });
});

const start = async (env: Record<string, string> = {}): Promise<StackUnderTest> => {
  const stack = await StackUnderTest.start(dataDir, env);
  stacks.push(stack);
  return stack;
};

/** Begins one without waiting for anything. */
const begin = async (folder: string): Promise<StackUnderTest> => {
  const stack = await StackUnderTest.begin(folder);
  stacks.push(stack);
  return stack;
};

const portsOf = (stack: StackUnderTest): number[] =>
  PARTS.map((part) => Number(new URL(stack.address(part)).port));

/** The ports that are not free. */
const taken = async (ports: readonly number[]): Promise<number[]> => {
  const free = await Promise.all(ports.map(isFree));
  return ports.filter((_, index) => !free[index]);
};

/** 'free', or the note of who has the lock of the data folder. */
const lockState = async (): Promise<string> => {
  const lock = await takeLock(dataDir, 'the test');
  if (typeof lock === 'string') return lock;
  lock.close();
  return 'free';
};

// Each test goes on where the one before it ended: a start costs seconds.
describe('npm start', () => {
  let stack: StackUnderTest;
  let userId: unknown;
  let session: string;

  test('npm start from nothing is ready, and says where each part is', async () => {
    stack = await start();
    process.stdout.write(`first start: ready after ${stack.seconds.toFixed(1)} s\n`);
    expect(stack.address('API')).toBe(stack.apiUrl);
    expect(stack.address('API reference')).toBe(`${stack.apiUrl}/docs`);
    const ready = await stack.send('GET', '/health/ready');
    expect([ready.status, ready.body.ok], ready.text).toEqual([200, true]);
    expect((await stack.send('GET', '/docs')).status).toBe(200);
    const said = stack.script.output();
    expect(said).toMatch(
      new RegExp(`^Database: PGlite, data in .*: ${MIGRATIONS} migrations applied\\.$`, 'm'),
    );
    const page = await fetch(stack.address('Telegram'));
    expect([page.status, page.headers.get('content-type')]).toEqual([
      200,
      expect.stringContaining('text/html'),
    ]);
    expect(stack.script.errors()).toBe('');
    // No line of wrangler's own is shown, since none helps anybody.
    const before = said.slice(0, said.indexOf('AIST is ready')).trimEnd();
    expect(before).toMatch(/^((Database: | {2}… |Buil(ding|t) the web app |\{"time":).*\n?)*$/);
  });

  test('the first sign-in works by the code in the answer, the next by that in Telegram', async () => {
    const first = freshPhone();
    const asked = await stack.send('POST', '/api/auth/request-code', { phone: first });
    expect(asked.body).toMatchObject({ ok: true, debugCode: expect.stringMatching(/^\d{6}$/) });
    const verified = await stack.send('POST', '/api/auth/verify-code', {
      phone: first,
      code: asked.body.debugCode,
    });
    expect(verified.body).toEqual({ ok: true, token: expect.any(String) });

    await stack.link(phone, CHAT);
    const token = await stack.signInByTelegram(phone, CHAT);
    const profile = await stack.send('GET', '/api/profile', undefined, {
      Authorization: `Bearer ${token}`,
    });
    expect(profile.body).toMatchObject({
      userId: expect.any(String),
      phone,
      username: '',
      displayName: '',
    });
    userId = profile.body.userId;
    // Miniflare's default says that everybody is in Austin.
    const { body } = await stack.send('GET', '/api/sessions', undefined, {
      Authorization: `Bearer ${token}`,
    });
    expect(body.sessions).toEqual([expect.objectContaining({ city: '', country: '' })]);
    session = token;
  });

  test('a second npm start on the same data says where one runs, and leaves it alone', async () => {
    const second = await begin(dataDir);
    expect(await second.ends()).toBe(1);
    expect(second.script.errors()).toContain('already running');
    expect(second.script.errors()).toContain(stack.apiUrl);
    expect(second.script.errors()).toMatch(/Ctrl-C.*DATA_DIR=\S+ PORT=\d+ npm start/);
    expect((await stack.send('GET', '/health/ready')).status).toBe(200);
  });

  if (process.platform === 'linux') {
    test('everything listens on 127.0.0.1 alone', () => {
      const listeners = listenersOf(stack.processes());
      expect(listeners.map(({ port }) => port)).toEqual(expect.arrayContaining(portsOf(stack)));
      expect(listeners.filter(({ address }) => address !== '127.0.0.1')).toEqual([]);
    });
  }

  if (process.platform === 'linux') {
    test('npm start whose Worker is killed answers again, with the same data', async () => {
      const { port } = new URL(stack.apiUrl);
      const listens = ({ pid }: { pid: number }) =>
        listenersOf([{ pid, command: '' }]).some((listener) => listener.port === Number(port));
      const victims = stack.processes().filter(listens);
      expect(victims.map(({ command }) => command)).toEqual([expect.stringContaining('workerd')]);
      process.kill(Number(victims[0]?.pid), 'SIGKILL');
      await stack.says('The Worker answers again.');
      const headers = { Authorization: `Bearer ${session}` };
      const mine = await stack.send('GET', '/api/profile', undefined, headers);
      expect([mine.status, mine.body.userId]).toEqual([200, userId]);
    });

    test('npm start, killed without warning, soon leaves no process, no port and no file', async () => {
      const ports = portsOf(stack);
      const main = stack
        .processes()
        .find(({ command }) => command.endsWith('dev/start.ts') && !command.includes('setup.mjs'));
      process.kill(Number(main?.pid), 'SIGKILL');
      expect(await stack.ends()).toBe(1);
      const left = async () => [...stack.remains(), ...(await taken(ports))];
      await expect.poll(left, { interval: 200 }).toEqual([]);
    });
  }

  test('the next npm start has the users, links and sessions, and settings of the environment', async () => {
    const JWT_SECRET = 'a-secret-of-this-test-0123456789';
    const { JWT_SECRET: JWT_SECRET_PREVIOUS } = JSON.parse(
      readFileSync(join(dataDir, 'secrets.json'), 'utf8'),
    );
    stack = await start({
      JWT_SECRET,
      JWT_SECRET_PREVIOUS,
      TELEGRAM_LINK_SECRET: 'x',
      DEBUG_CODE: 'off',
      ADDRESS_LIMITS: 'off',
    });
    process.stdout.write(`second start: ready after ${stack.seconds.toFixed(1)} s\n`);
    const mine = await stack.send('GET', '/api/profile', undefined, {
      Authorization: `Bearer ${session}`,
    });
    expect([mine.status, mine.body.userId]).toEqual([200, userId]);
    // Otherwise the next person there would get this chat, and with it the account.
    const chats: { id: number }[] = await (
      await fetch(`${stack.address('Telegram')}/_/chats`)
    ).json();
    expect(chats.map(({ id }) => id)).toContain(CHAT);
    const token = await stack.signInByTelegram(phone, CHAT);
    const { payload } = await jwtVerify(token, new TextEncoder().encode(JWT_SECRET));
    expect(payload.userId).toBe(userId);

    const link = { phone, telegramChatId: CHAT };
    const linkWith = (secret: string) =>
      stack.send('POST', '/api/internal/link-telegram', link, { 'X-Link-Secret': secret });
    expect([(await linkWith('dev-link-secret')).status, (await linkWith('x')).status]).toEqual([
      403, 200,
    ]);

    const from = { 'CF-Connecting-IP': freshAddress() };
    const answers: Answer[] = [];
    const ask = () => stack.send('POST', '/api/auth/request-code', { phone: freshPhone() }, from);
    for (let n = 0; n < 15; n += 1) answers.push(await ask());
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 15 }, () => 200));
    expect(answers.filter(({ body }) => 'debugCode' in body)).toEqual([]);
  });

  test('SIGTERM ends it with 0, and no process, port, lock or file is left', async () => {
    const ports = portsOf(stack);
    expect(await stack.terminate()).toBe(0);
    expect(stack.remains()).toEqual([]);
    expect(await taken(ports)).toEqual([]);
    expect(await lockState()).toBe('free');
    // What the Worker still did behind its answers has its lines between the two.
    expect(stack.script.output()).toMatch(/\nStopping …\n(?:\{.*\}\n)*Stopped\.\n$/);
    expect(stack.script.errors()).toBe('');
  });

  test('Ctrl-C ends it with 0 while it still starts, and nothing is left', async () => {
    const early = await begin(dataDir);
    await early.runs('wrangler');
    expect(await early.interrupt()).toBe(0);
    // A busy machine takes a moment to end what the terminal interrupted beside it.
    await expect.poll(() => early.remains(), { interval: 50 }).toEqual([]);
    expect(await lockState()).toBe('free');
  });

  if (process.platform === 'linux') {
    test('a second Ctrl-C ends it at once with 130, when the Worker does not end', async () => {
      const early = await begin(dataDir);
      const { pid } = await early.runs('wrangler');
      process.kill(pid, 'SIGSTOP');
      const first = early.interrupt();
      await early.says('Stopping …');
      // A signal that comes earlier counts as the same press.
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      expect(early.script.child.exitCode).toBe(null);
      void early.interrupt();
      // The first press alone would end it with 0, once the Worker was given up.
      expect(await first).toBe(130);
      await expect.poll(() => early.remains(), { interval: 50 }).toEqual([]);
      expect(await lockState()).toBe('free');
    });
  }

  test.each([
    [300, 'early'],
    [700, '.'],
  ])('npm start, ended %i ms after its beginning, leaves nothing either', async (ms, folder) => {
    const early = await begin(join(dataDir, folder));
    await new Promise((resolve) => setTimeout(resolve, ms));
    // The embedded database blocks the thread while it is made.
    expect(await early.terminate()).not.toBe('still running');
    expect(early.remains()).toEqual([]);
    expect(await taken([Number(new URL(early.apiUrl).port)])).toEqual([]);
  });
});

// Without real servers there is nothing to put behind the gateways; CI has them.
const { DATABASE_URL, REDIS_URL } = process.env;
if (DATABASE_URL && REDIS_URL) {
  describe('npm start with DATABASE_URL and REDIS_URL', () => {
    test('npm start puts real servers behind the gateways, migrates one, signs in by both', async () => {
      const dataDir = mkdtempSync(join(tmpdir(), 'aist-real-'));
      const scratch = await createScratchDatabase(DATABASE_URL);
      const stack = await StackUnderTest.start(dataDir, { DATABASE_URL: scratch.url, REDIS_URL });
      try {
        const { host, pathname } = new URL(scratch.url);
        expect(stack.script.output()).toContain(
          `the PostgreSQL of DATABASE_URL, ${host}${pathname}: ${MIGRATIONS} migrations applied.`,
        );
        expect(stack.script.output()).toContain('the Redis of REDIS_URL');
        const phone = freshPhone();
        const headers = { 'CF-Connecting-IP': freshAddress(), 'Content-Type': 'application/json' };
        const post = async (path: string, body: object): Promise<Record<string, unknown>> => {
          const answer = await fetch(`${stack.apiUrl}${path}`, {
            method: 'POST',
            headers,
            body: JSON.stringify(body),
          });
          return answer.json();
        };
        const { debugCode } = await post('/api/auth/request-code', { phone });
        expect(await post('/api/auth/verify-code', { phone, code: debugCode })).toMatchObject({
          ok: true,
        });

        const client = new Client({ connectionString: scratch.url });
        await client.connect();
        const { rows } = await client.query('select phone from users');
        await client.end();
        expect(rows).toEqual([{ phone }]);
      } finally {
        await stack.terminate();
        await scratch.drop();
        rmSync(dataDir, { recursive: true, force: true });
      }
    });
  });
}
