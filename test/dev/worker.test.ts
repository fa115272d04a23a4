import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../../dev/ports.ts';
import type { RunningServer } from '../../dev/process.ts';
import { startWorker } from '../../dev/worker.ts';
import { plainLine } from '../../dev/worker-lines.ts';

describe('a Worker whose settings are wrong', () => {
  const lines: string[] = [];
  let worker: RunningServer;

  beforeAll(async () => {
    const settings = {
      DATABASE_URL: 'mysql://user:hunter2@db.example/aist',
      TELEGRAM_BOT_TOKEN: 'x',
      DEBUG_CODE: 'on',
    };
    worker = startWorker({ port: await freePort(), settings, onLine: (line) => lines.push(line) });
    await worker.ready;
  });
  afterAll(() => worker.close());

  test.each(['/health', '/health/ready', '/api/profile', '/openapi.json', '/nowhere'])(
    'a Worker whose settings are wrong answers 503 to %s, in the envelope',
    async (path) => {
      const answer = await fetch(`${worker.url}${path}`, {
        headers: { Origin: 'https://app.example' },
      });
      expect(answer.status).toBe(503);
      expect(answer.headers.get('Access-Control-Allow-Origin')).toBe('https://app.example');
      expect(await answer.json()).toMatchObject({
        ok: false,
        code: 'misconfigured',
        message: 'Сервис не настроен',
      });
    },
  );

  test('a Worker names every setting that is missing or wrong in its log, and no value', async () => {
    await expect.poll(() => lines.join('\n')).toContain('"event":"misconfigured"');
    const log = lines.join('\n');
    for (const name of [
      'DATABASE_URL must be',
      'JWT_SECRET is missing',
      'CODE_SECRET is missing',
      'UPSTASH_REDIS_REST_URL is missing',
    ]) {
      expect(log).toContain(name);
    }
    expect(log).not.toContain('hunter2');
  });
});

describe('a Worker whose stores nobody runs', () => {
  const lines: string[] = [];
  let worker: RunningServer;

  beforeAll(async () => {
    const secret = 'of-this-test-and-long-enough-0123456789';
    const settings = {
      DATABASE_URL: 'postgresql://aist:hunter2@127.0.0.1/aist',
      DATABASE_ENDPOINT: `http://127.0.0.1:${await freePort()}/sql`,
      UPSTASH_REDIS_REST_URL: `http://127.0.0.1:${await freePort()}`,
      UPSTASH_REDIS_REST_TOKEN: 'hunter3',
      JWT_SECRET: `jwt-${secret}`,
      CODE_SECRET: `code-${secret}`,
      TELEGRAM_BOT_TOKEN: '1000:local',
    };
    const onLine = (line: string) =>
      lines.push(...[plainLine(line)].filter((plain) => plain !== undefined));
    worker = startWorker({ port: await freePort(), settings, onLine });
    await worker.ready;
  });
  afterAll(() => worker.close());

  test('a Worker without stores says why in lines of plain JSON with their time', async () => {
    const from = Date.now();
    expect((await fetch(`${worker.url}/health/ready`)).status).toBe(503);
    const parsed = () => lines.map((line): Record<string, unknown> => JSON.parse(line));
    await expect.poll(() => parsed().filter(({ status }) => status === 503)).toHaveLength(1);
    expect(parsed().filter(({ event }) => event === 'not_ready')).toEqual([
      expect.objectContaining({
        level: 'error',
        reason: 'StoreError: database: readiness failed: NeonDbError (connection refused or lost)',
      }),
      expect.objectContaining({
        level: 'error',
        reason: 'StoreError: redis: ping failed: Error (connection refused or lost)',
      }),
    ]);
    const times = parsed().map(({ time }) => Date.parse(String(time)));
    // Errors come through another pipe than requests, so lines may overtake each other.
    expect(Math.max(...times)).toBeGreaterThanOrEqual(from);
    expect(Math.max(...times)).toBeLessThanOrEqual(Date.now());
    expect(lines.join('\n')).not.toMatch(/hunter/);
  });
});

test('what the build of the assets says is shown, and nothing else of wrangler', () => {
  const blue = (line: string) => `\u001b[34m[custom build]\u001b[39m ${line}`;
  const shown = [
    blue('Running: node build/assets.mjs'),
    blue('Building the web app …'),
    blue(''),
    blue('Built the web app (1.3 s).'),
    '⎔ Starting local server...',
  ].flatMap((line) => plainLine(line) ?? []);
  expect(shown).toEqual(['Building the web app …', 'Built the web app (1.3 s).']);
});

test('requests are shown, but for those of a page that asks whether its QR code was scanned', () => {
  const request = (path: string, status: number) =>
    JSON.stringify({ level: 'info', event: 'request', method: 'POST', path, status, ms: 3 });
  const poll = '/api/auth/qr/check';
  const lines = [request('/api/profile', 200), request(poll, 200), request(poll, 503)];
  expect(lines.flatMap((line) => plainLine(line) ?? [])).toEqual([lines[0], lines[2]]);
});
