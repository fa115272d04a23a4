import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { makeVapidKeys } from '../../dev/push/keys.ts';
import { localSettings } from '../../dev/settings.ts';

const scratch = mkdtempSync(join(tmpdir(), 'aist-settings-'));
afterAll(() => rmSync(scratch, { recursive: true }));

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(scratch, 'data-'));
});

const settingsWith = (environment: Record<string, string>) =>
  localSettings(
    dataDir,
    { telegramUrl: 'http://127.0.0.1:8788', appUrl: 'http://127.0.0.1:8787' },
    environment,
  );

describe('the settings of a local stack', () => {
  test('the settings are those of the environment where it sets them; empty counts as unset', () => {
    expect(
      settingsWith({
        TELEGRAM_LINK_SECRET: 'mine',
        JWT_SECRET: '',
        DEBUG_CODE: '',
        CODE_TRIES: '',
      }),
    ).toEqual({
      TELEGRAM_LINK_SECRET: 'mine',
      TELEGRAM_BOT_URL: 'http://127.0.0.1:8788',
      APP_URL: 'http://127.0.0.1:8787',
      JWT_SECRET: expect.stringMatching(/^[\w-]{43}$/),
      CODE_SECRET: expect.stringMatching(/^[\w-]{43}$/),
      TELEGRAM_WEBHOOK_SECRET: expect.stringMatching(/^[\w-]{43}$/),
      VAPID_PUBLIC_KEY: expect.stringMatching(/^B[\w-]{86}$/),
      VAPID_PRIVATE_KEY: expect.stringMatching(/^[\w-]{43}$/),
      VAPID_SUBJECT: 'mailto:local@aist.example',
      DEBUG_CODE: 'on',
      TEST_PHONES: '+79990000001=123456',
      TELEGRAM_BOT_TOKEN: '1000:local',
      TELEGRAM_API_URL: 'http://127.0.0.1:8788',
    });
    expect(settingsWith({ TELEGRAM_LINK_SECRET: '' }).TELEGRAM_LINK_SECRET).toBe('dev-link-secret');
  });

  test.each([
    ['a bot of its own', 'TELEGRAM_BOT_TOKEN', '2000:other'],
    ['another Bot API', 'TELEGRAM_API_URL', 'http://127.0.0.1:9'],
    ['a real database', 'DATABASE_URL', 'postgres://127.0.0.1/aist'],
    ['hidden codes', 'DEBUG_CODE', 'off'],
  ])('the settings of a local stack give no number a fixed code beside %s', (_, name, value) => {
    expect(settingsWith({ [name]: value })).not.toHaveProperty('TEST_PHONES');
    expect(settingsWith({ [name]: value, TEST_PHONES: '+79990000002=000000' }).TEST_PHONES).toBe(
      '+79990000002=000000',
    );
  });

  test('the settings of a local stack have the same secrets the next time', () => {
    const { JWT_SECRET, CODE_SECRET, TELEGRAM_WEBHOOK_SECRET } = settingsWith({});
    expect(settingsWith({})).toMatchObject({ JWT_SECRET, CODE_SECRET, TELEGRAM_WEBHOOK_SECRET });
    expect(new Set([JWT_SECRET, CODE_SECRET, TELEGRAM_WEBHOOK_SECRET]).size).toBe(3);
  });

  test('[P9] the keys of pushes are this checkout’s own, unless others are set', () => {
    const { VAPID_PUBLIC_KEY, VAPID_PRIVATE_KEY } = settingsWith({});
    expect(settingsWith({})).toMatchObject({ VAPID_PUBLIC_KEY, VAPID_PRIVATE_KEY });
    const others = makeVapidKeys();
    const given = {
      VAPID_PUBLIC_KEY: others.publicKey,
      VAPID_PRIVATE_KEY: others.privateKey,
      VAPID_SUBJECT: 'mailto:me@aist.example',
    };
    expect(settingsWith(given)).toMatchObject(given);
    expect(settingsWith({ VAPID_PUBLIC_KEY: others.publicKey })).not.toHaveProperty(
      'VAPID_PRIVATE_KEY',
    );
  });

  test('the settings keep an older checkout’s secrets, and get what it lacks once', () => {
    const older = { JWT_SECRET: 'old-jwt', CODE_SECRET: 'old-code' };
    writeFileSync(join(dataDir, 'secrets.json'), JSON.stringify(older));
    const first = settingsWith({});
    expect(first).toMatchObject({
      ...older,
      TELEGRAM_WEBHOOK_SECRET: expect.stringMatching(/^[\w-]{43}$/),
    });
    expect(settingsWith({})).toEqual(first);
  });

  test.each([
    ['DATABASE_ENDPOINT', 'DATABASE_URL'],
    ['UPSTASH_REDIS_REST_URL', 'REDIS_URL'],
    ['UPSTASH_REDIS_REST_TOKEN', 'REDIS_URL'],
  ])('the settings do not take %s, which nobody would heed, and name another', (name, instead) => {
    expect(() => settingsWith({ [name]: 'a-secret' })).toThrow(
      new RegExp(`^${name} is set,.*Unset it, or set ${instead} `),
    );
    expect(() => settingsWith({ [name]: 'a-secret' })).not.toThrow(/a-secret/);
    expect(settingsWith({ [name]: '' })).not.toHaveProperty(name);
  });

  test.each([
    ['is cut off', '{"JWT_SECRET": "abc'],
    ['has an empty secret', '{"JWT_SECRET": "", "CODE_SECRET": "x"}'],
  ])('the settings of a local stack are refused when secrets.json %s', (_, text) => {
    writeFileSync(join(dataDir, 'secrets.json'), text);
    expect(() => settingsWith({})).toThrow(/secrets\.json is damaged\. Delete it/);
  });
});
