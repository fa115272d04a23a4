import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { generateIce, signCredential } from '../../../src/calls/turn.ts';
import { parseSettings } from '../../../src/platform/settings.ts';

const settings = (more: Record<string, string> = {}) =>
  parseSettings({
    DATABASE_URL: 'postgresql://user:password@db.example.com/aist',
    UPSTASH_REDIS_REST_URL: 'https://redis.example.com',
    UPSTASH_REDIS_REST_TOKEN: 'redis-token',
    JWT_SECRET: 'jwt-secret'.padEnd(32, '.'),
    CODE_SECRET: 'code-secret'.padEnd(32, '.'),
    TELEGRAM_BOT_TOKEN: '1000:local',
    STUN_URLS: 'stun:one.example, stun:two.example:53',
    ...more,
  });
const NOW = 1_793_534_400_123;
const STUN = { urls: ['stun:one.example', 'stun:two.example:53'] };

describe('ICE servers', () => {
  test('[C31] without TURN there is STUN alone, without an end and nothing to revoke', async () => {
    expect(await generateIce(settings(), 'u1', NOW)).toEqual({ iceServers: [STUN] });
  });

  test('[C31] the name for coturn says its end and user, with the HMAC of coturn', async () => {
    const coturn = settings({
      TURN_URLS: 'turn:turn.example?transport=tcp',
      TURN_SECRET: 's3cret'.padEnd(32, '.'),
      TURN_TTL_SECONDS: '60',
    });
    const username = `${Math.floor(NOW / 1000) + 60}:u1`;
    const hmac = createHmac('sha1', 's3cret'.padEnd(32, '.'));
    const credential = hmac.update(username).digest('base64');
    expect(await generateIce(coturn, 'u1', NOW)).toEqual({
      iceServers: [STUN, { urls: ['turn:turn.example?transport=tcp'], username, credential }],
      until: NOW + 60_000,
    });
  });

  test('[C31] coturn’s credentials differ by user, time and secret', async () => {
    const made = await Promise.all([
      signCredential('a', 'u1', NOW),
      signCredential('a', 'u2', NOW),
      signCredential('a', 'u1', NOW + 1_000),
      signCredential('b', 'u1', NOW),
    ]);
    expect(new Set(made.map(({ credential }) => credential)).size).toBe(4);
  });
});
