import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../../dev/ports.ts';
import type { RunningServer } from '../../dev/process.ts';
import { startWorker } from '../../dev/worker.ts';

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
    'answers 503 to %s, in the envelope, with CORS',
    async (path) => {
      const answer = await fetch(`${worker.url}${path}`, { headers: { Origin: 'https://app.example' } });
      expect(answer.status).toBe(503);
      expect(answer.headers.get('Access-Control-Allow-Origin')).toBe('https://app.example');
      expect(await answer.json()).toMatchObject({ ok: false, code: 'misconfigured', message: 'Сервис не настроен' });
    },
  );

  test('names in its log every setting that is missing or wrong, and no value', async () => {
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
