import { describe, expect, test } from 'vitest';
import { parseSettings, SETTING_NAMES, SettingsError } from '../../../src/platform/settings.ts';
import { createServices } from '../../../src/services.ts';

const REQUIRED = {
  DATABASE_URL: 'postgresql://user:password@db.example.com/aist',
  UPSTASH_REDIS_REST_URL: 'https://redis.example.com',
  UPSTASH_REDIS_REST_TOKEN: 'redis-token',
  JWT_SECRET: 'jwt-secret'.padEnd(32, '.'),
  CODE_SECRET: 'code-secret'.padEnd(32, '.'),
  TELEGRAM_BOT_TOKEN: '1000:local',
};

/** A token of the form that BotFather gives, and nobody's. */
const REAL_LOOKING_TOKEN = `123456789:${'AbCdE'.repeat(7)}`;
const STAND_IN = 'http://127.0.0.1:9999';

const complaintAbout = (env: Record<string, unknown>): string => {
  try {
    parseSettings(env);
  } catch (error) {
    if (error instanceof SettingsError) return error.message;
    throw error;
  }
  return 'none';
};

describe('settings', () => {
  test('[A17, A18, A20, A21] the needed settings alone give the defaults', () => {
    expect(parseSettings(REQUIRED)).toEqual({
      ...REQUIRED,
      PUSH_SERVICES: [
        'fcm.googleapis.com',
        'push.services.mozilla.com',
        'push.apple.com',
        'notify.windows.com',
      ],
      TELEGRAM_API_URL: 'https://api.telegram.org',
      STUN_URLS: ['stun:stun.l.google.com:19302', 'stun:stun.cloudflare.com:3478'],
      TURN_URLS: [],
      TURN_API_URL: 'https://rtc.live.cloudflare.com',
      TURN_TTL_SECONDS: 21_600,
      CORS_ORIGINS: [],
      PHONE_COUNTRIES: [],
      TEST_PHONES: new Map(),
      DEBUG_CODE: false,
      ADDRESS_LIMITS: true,
      CODE_TRIES: 5,
      PHONE_FAILURES_PER_DAY: 10,
      PHONE_SENDS_PER_DAY: 5,
      PHONE_SEND_GAPS_SECONDS: [60, 120, 300, 600],
      ADDRESS_FAILURES_PER_HOUR: 30,
      ADDRESS_SENDS_PER_HOUR: 10,
      ADDRESS_QR_REQUESTS_PER_HOUR: 300,
      ADDRESS_QR_MISSES_PER_10_MINUTES: 60,
    });
  });

  test.each(Object.keys(REQUIRED))(
    'a missing %s is refused by its name, and an empty one too',
    (name) => {
      for (const value of [undefined, '']) {
        const complaint = complaintAbout({ ...REQUIRED, [name]: value });
        expect(complaint).toContain(`${name} is missing`);
        for (const other of SETTING_NAMES.filter((known) => known !== name)) {
          expect(complaint).not.toMatch(new RegExp(`\\b${other}\\b`));
        }
      }
    },
  );

  test('all missing settings are named at once', () => {
    const complaint = complaintAbout({});
    for (const name of Object.keys(REQUIRED)) expect(complaint).toContain(`${name} is missing`);
  });

  test.each(SETTING_NAMES.filter((name) => !(name in REQUIRED)))(
    '%s counts as unset when it is empty',
    (name) => {
      expect(parseSettings({ ...REQUIRED, [name]: '' })).toEqual(parseSettings(REQUIRED));
    },
  );

  test.each([
    ['DATABASE_URL', 'mysql://user:hunter2@db.example.com/aist', 'must be a postgres:// URL'],
    ['DATABASE_URL', 'hunter2', 'must be a postgres:// URL'],
    ['DATABASE_ENDPOINT', 'hunter2', 'must be an http:// or https:// URL'],
    ['UPSTASH_REDIS_REST_URL', 'hunter2', 'must be an http:// or https:// URL'],
    [
      'UPSTASH_REDIS_REST_URL',
      'redis://default:hunter2@redis.example.com:6379',
      'must be an http://',
    ],
    ['TELEGRAM_API_URL', 'hunter2', 'must be an http:// or https:// URL'],
    ['PHONE_COUNTRIES', 'BY,hunter2', 'must be ISO 3166 country codes'],
    ['DEBUG_CODE', 'hunter2', 'must be on or off'],
    ['ADDRESS_LIMITS', 'hunter2', 'must be on or off'],
    ['STUN_URLS', 'turn:hunter2', 'must be stun: or stuns: addresses'],
    ['STUN_URLS', 'stun://hunter2', 'must be stun: or stuns: addresses'],
    ['TURN_URLS', 'stun:hunter2', 'must be turn: or turns: addresses'],
    ['TURN_API_URL', 'hunter2', 'must be an http:// or https:// URL'],
    ['TURN_TTL_SECONDS', '172801', 'must be at most 172800'],
    ['CODE_TRIES', 'hunter2', 'must be a number'],
    ['CODE_TRIES', '0', 'must be at least 1'],
    ['CODE_TRIES', '-7', 'must be at least 1'],
    ['CODE_TRIES', '7.25', 'must be a whole number'],
    ['PHONE_FAILURES_PER_DAY', '0', 'must be at least 1'],
    ['PHONE_SENDS_PER_DAY', 'hunter2', 'must be a number'],
    ['ADDRESS_FAILURES_PER_HOUR', '0', 'must be at least 1'],
    ['ADDRESS_SENDS_PER_HOUR', 'Infinity', 'must be'],
    ['PHONE_SEND_GAPS_SECONDS', '60,hunter2', 'must be whole seconds'],
    ['PHONE_SEND_GAPS_SECONDS', '60,-7', 'must be whole seconds'],
    ['PHONE_SEND_GAPS_SECONDS', '60,7.25', 'must be whole seconds'],
    ['PHONE_SEND_GAPS_SECONDS', '60,,300', 'must be whole seconds'],
    ['PHONE_SEND_GAPS_SECONDS', '60,120,', 'must be whole seconds'],
  ])(
    'a setting that is wrong is refused with what %s must be, without the value %j',
    (name, value, rule) => {
      const complaint = complaintAbout({ ...REQUIRED, [name]: value });
      expect(complaint).toContain(`${name} ${rule}`);
      expect(complaint).not.toContain('hunter2');
      for (const given of [...Object.values(REQUIRED), value]) {
        // Short numbers are part of rules as well.
        if (given.length > 4) expect(complaint).not.toContain(given);
      }
    },
  );

  test.each([
    ['DATABASE_URL', 'postgres://user:password@db.example.com:5432/aist?sslmode=require'],
    ['UPSTASH_REDIS_REST_URL', 'http://127.0.0.1:8079/'],
  ])('[H7] settings that are accepted are enough to make everything: %s %j', (name, value) => {
    const { settings } = createServices(parseSettings({ ...REQUIRED, [name]: value }));
    expect(settings.JWT_SECRET).toBe(REQUIRED.JWT_SECRET);
  });

  test.each(['JWT_SECRET', 'CODE_SECRET', 'CODE_SECRET_PREVIOUS', 'ROOMS_SECRET', 'TURN_SECRET'])(
    'a secret that signs or hashes has at least 32 bytes: %s',
    (name) => {
      const beside = name === 'TURN_SECRET' ? { TURN_URLS: 'turn:turn.example:3478' } : {};
      for (const short of ['x', 'hunter2', 'x'.repeat(31), 'ж'.repeat(15)]) {
        const complaint = complaintAbout({ ...REQUIRED, ...beside, [name]: short });
        expect(complaint).toContain(`${name} must have at least 32 bytes`);
        expect(complaint).not.toContain('hunter2');
      }
      for (const long of ['x'.repeat(32), 'ж'.repeat(16), 'x'.repeat(1_000)]) {
        const settings = parseSettings({ ...REQUIRED, ...beside, [name]: long });
        expect(settings).toMatchObject({ [name]: long });
      }
    },
  );

  test('[A35] a secret may be short where it only verifies tokens of the legacy server', () => {
    const settings = parseSettings({ ...REQUIRED, JWT_SECRET_PREVIOUS: 'hunter2' });
    expect(settings.JWT_SECRET_PREVIOUS).toBe('hunter2');
  });

  test('settings with commas are lists, without the spaces around them', () => {
    const settings = parseSettings({
      ...REQUIRED,
      CORS_ORIGINS: ' https://a.example , https://b.example,',
      PHONE_COUNTRIES: 'BY, KZ',
      PHONE_SEND_GAPS_SECONDS: '0, 10',
      TEST_PHONES: '+79990000001=123456, +79990000002=000000',
    });
    expect(settings.CORS_ORIGINS).toEqual(['https://a.example', 'https://b.example']);
    expect(settings.PHONE_COUNTRIES).toEqual(['BY', 'KZ']);
    expect(settings.PHONE_SEND_GAPS_SECONDS).toEqual([0, 10]);
    expect([...settings.TEST_PHONES]).toEqual([
      ['+79990000001', '123456'],
      ['+79990000002', '000000'],
    ]);
  });

  test('settings may have other bindings of the Worker beside them', () => {
    expect(
      parseSettings({ ...REQUIRED, ASSETS: { fetch: () => undefined }, PATH: '/bin' }),
    ).toEqual(parseSettings(REQUIRED));
  });
});

describe('test numbers', () => {
  test('[A15] test numbers are such as people can type, in countries that are configured', () => {
    expect(complaintAbout({ ...REQUIRED, TEST_PHONES: '+375291234567=717171' })).toContain(
      'TEST_PHONES must be numbers of Russia or PHONE_COUNTRIES',
    );
    const settings = parseSettings({
      ...REQUIRED,
      PHONE_COUNTRIES: 'BY',
      TEST_PHONES: '+375291234567=717171',
    });
    expect(settings.TEST_PHONES.get('+375291234567')).toBe('717171');
  });

  test.each([
    '79990000005=717171',
    '+79990000005',
    '+79990000005=77777',
    '+79990000005=7171717',
    '+79990000005=71717a',
    '+79990000005:717171',
  ])('[A15] test numbers have 6 digits each: %s is refused, and not repeated', (given) => {
    const complaint = complaintAbout({ ...REQUIRED, TEST_PHONES: `+79990000002=654321,${given}` });
    expect(complaint).toContain('TEST_PHONES must be numbers with their codes');
    expect(complaint).not.toContain('654321');
    expect(complaint).not.toContain(given);
  });
});

describe('TURN', () => {
  const CLOUDFLARE = { TURN_KEY_ID: 'key-of-turn', TURN_KEY_API_TOKEN: 'token-of-turn' };
  const COTURN = {
    TURN_URLS: 'turn:turn.example:3478?transport=udp, turns:turn.example:5349',
    TURN_SECRET: 'hunter2'.padEnd(32, '.'),
  };

  test.each([
    ['TURN_KEY_ID', 'TURN_KEY_API_TOKEN', CLOUDFLARE],
    ['TURN_KEY_API_TOKEN', 'TURN_KEY_ID', CLOUDFLARE],
    ['TURN_URLS', 'TURN_SECRET', COTURN],
    ['TURN_SECRET', 'TURN_URLS', COTURN],
  ])('[C31] TURN is not configured by %s alone: %s is missing', (name, missing, kind) => {
    const complaint = complaintAbout({ ...REQUIRED, ...kind, [missing]: '' });
    expect(complaint).toContain(`${missing} is missing`);
    expect(complaint).not.toContain(`${name} is missing`);
  });

  test('[C31] TURN is of one kind: both are refused', () => {
    const complaint = complaintAbout({ ...REQUIRED, ...CLOUDFLARE, ...COTURN });
    expect(complaint).toContain('TURN_URLS must be unset beside TURN_KEY_ID');
    expect(complaint).not.toMatch(/hunter2|of-turn/);
  });

  test('[C31] the servers of TURN are passed on as they are', () => {
    expect(parseSettings({ ...REQUIRED, ...COTURN }).TURN_URLS).toEqual([
      'turn:turn.example:3478?transport=udp',
      'turns:turn.example:5349',
    ]);
    expect(parseSettings({ ...REQUIRED, ...CLOUDFLARE })).toMatchObject(CLOUDFLARE);
  });
});

describe('the code in answers', () => {
  test('[A14] debugCode can be switched on beside a stand-in for Telegram', () => {
    const settings = parseSettings({ ...REQUIRED, TELEGRAM_API_URL: STAND_IN, DEBUG_CODE: 'on' });
    expect(settings.DEBUG_CODE).toBe(true);
  });

  test.each([
    [
      'a real-looking token',
      { TELEGRAM_BOT_TOKEN: REAL_LOOKING_TOKEN, TELEGRAM_API_URL: STAND_IN },
    ],
    ['the default address of Telegram', {}],
    ['Telegram', { TELEGRAM_API_URL: 'https://api.telegram.org' }],
    ['Telegram with a slash', { TELEGRAM_API_URL: 'https://api.telegram.org/' }],
    ['Telegram in capitals', { TELEGRAM_API_URL: 'https://API.Telegram.org' }],
    ['Telegram with its port', { TELEGRAM_API_URL: 'https://api.telegram.org:443' }],
    ['Telegram over plain HTTP', { TELEGRAM_API_URL: 'http://api.telegram.org' }],
    [
      'both',
      { TELEGRAM_BOT_TOKEN: REAL_LOOKING_TOKEN, TELEGRAM_API_URL: 'https://api.telegram.org' },
    ],
  ])('[A14] debugCode cannot be switched on beside %s', (_, env) => {
    const complaint = complaintAbout({ ...REQUIRED, ...env, DEBUG_CODE: 'on' });
    expect(complaint).toContain('DEBUG_CODE must be off');
    expect(complaint).not.toContain(REAL_LOOKING_TOKEN);
    expect(parseSettings({ ...REQUIRED, ...env, DEBUG_CODE: 'off' }).DEBUG_CODE).toBe(false);
  });

  const VAPID = {
    VAPID_PUBLIC_KEY: `B${'A'.repeat(86)}`,
    VAPID_PRIVATE_KEY: 'A'.repeat(43),
    VAPID_SUBJECT: 'mailto:push@aist.example',
  };

  test('[P9] what pushes are signed with is there wholly, or not at all', () => {
    expect(parseSettings({ ...REQUIRED, ...VAPID })).toMatchObject(VAPID);
    for (const name of Object.keys(VAPID)) {
      expect(() => parseSettings({ ...REQUIRED, ...VAPID, [name]: '' })).toThrow(
        `${name} is missing`,
      );
    }
  });

  test.each([
    ['VAPID_PUBLIC_KEY', 'A'.repeat(87)],
    ['VAPID_PRIVATE_KEY', 'A'.repeat(42)],
    ['VAPID_SUBJECT', 'push@aist.example'],
    ['PUSH_SERVICES', 'fcm.googleapis.com,10.0.0.1'],
    ['PUSH_SERVICES', 'https://fcm.googleapis.com'],
  ])('[P3, P9] %s is refused as %j, and the value is not told', (name, value) => {
    const parse = () => parseSettings({ ...REQUIRED, ...VAPID, [name]: value });
    expect(parse).toThrow(new RegExp(`${name} must be`));
    if (name.startsWith('VAPID')) expect(parse).not.toThrow(value);
  });
});
