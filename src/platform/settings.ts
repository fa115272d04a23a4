import type { CountryCode } from 'libphonenumber-js/min';
import { isSupportedCountry } from 'libphonenumber-js/min';
import * as z from 'zod';
import type { IceScheme } from './ice-uris.ts';
import { describeIceUriFaults } from './ice-uris.ts';
import { toE164 } from './phone.ts';
import { isPushService } from './push-services.ts';
import { signingSecret } from './secrets.ts';

/** The host of Telegram's own Bot API (core.telegram.org/bots/api). */
const TELEGRAM_HOST = 'api.telegram.org';

/** The format in which @BotFather hands out tokens. */
const REAL_BOT_TOKEN = /^\d{6,}:[\w-]{30,}$/;

/** The form of the webhook's secret, as Telegram takes it (Bot API, setWebhook). */
export const WEBHOOK_SECRET = /^[\w-]{16,256}$/;

const secret = z.string().min(1, 'must not be empty');
const optionalSecret = z
  .string()
  .optional()
  .transform((value) => value || undefined);
const url = z
  .url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' })
  .transform((value) => value.replace(/\/+$/, ''));
const count = (standard: number, most = Number.MAX_SAFE_INTEGER) =>
  z.coerce
    .number('must be a number')
    .int('must be a whole number')
    .min(1, 'must be at least 1')
    .max(most, `must be at most ${most}`)
    .default(standard);
const onOff = (standard: 'on' | 'off') =>
  z
    .enum(['on', 'off'], 'must be on or off')
    .default(standard)
    .transform((value) => value === 'on');
const listOr = (standard: string) =>
  z
    .string()
    .default(standard)
    .transform((value) =>
      value
        .split(',')
        .map((item) => item.trim())
        .filter(Boolean),
    );
const list = listOr('');

/** Validates a list of servers by their URIs [C32]. */
const servers = (scheme: IceScheme, standard: string) =>
  listOr(standard).superRefine((given, context) => {
    const faults = describeIceUriFaults(scheme, given);
    if (faults.length === 0) return;
    const rule = `must be ${scheme}: or ${scheme}s: addresses, comma-separated`;
    context.addIssue({ code: 'custom', message: `${rule} (${faults.join('; ')})` });
  });

/** The parts of what pushes are signed with: all are set, or none. */
const VAPID_PARTS = ['VAPID_PUBLIC_KEY', 'VAPID_PRIVATE_KEY', 'VAPID_SUBJECT'] as const;

/** Where browsers have their subscriptions: Chrome, Firefox, Safari, Edge. */
const PUSH_SERVICES =
  'fcm.googleapis.com,push.services.mozilla.com,push.apple.com,notify.windows.com';

const pushServices = listOr(PUSH_SERVICES).superRefine((given, context) => {
  const faults = given.filter((one) => !isPushService(one));
  if (faults.length === 0) return;
  const rule = 'must be names of hosts, comma-separated, such as push.example.com';
  context.addIssue({ code: 'custom', message: `${rule} (not ${faults.join(', ')})` });
});

/** Pairs of settings that need each other; at most one pair is set, for one kind of TURN. */
const TURN_KINDS = [
  ['TURN_KEY_ID', 'TURN_KEY_API_TOKEN'],
  ['TURN_URLS', 'TURN_SECRET'],
] as const;

const gaps = z
  .string()
  .default('60,120,300,600')
  .refine(
    (value) => /^\s*\d+\s*(,\s*\d+\s*)*$/.test(value),
    'must be whole seconds, comma-separated',
  )
  .transform((value) => value.split(',').map(Number));

const origins = list.refine(
  (given) => given.every((origin) => URL.parse(origin)?.origin === origin),
  'must be origins such as https://app.example, comma-separated; leave it unset for any',
);

const countries = list.refine(
  (codes): codes is CountryCode[] => codes.every((code) => isSupportedCountry(code)),
  'must be ISO 3166 country codes, comma-separated, such as KZ,BY',
);

const testPhones = list
  .refine((given) => given.every((item) => /^\+[1-9]\d{7,14}=\d{6}$/.test(item)), {
    error: 'must be numbers with their codes, comma-separated, such as +79990000001=123456',
    // The checks of the whole settings need a map.
    abort: true,
  })
  .transform(
    (given) => new Map(given.map((item) => item.split('=') as [phone: string, code: string])),
  );

const Settings = z
  .object({
    DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'must be a postgres:// URL' }),
    /** The address of Neon's SQL over HTTP, when it is not Neon itself. */
    DATABASE_ENDPOINT: url.optional(),
    UPSTASH_REDIS_REST_URL: url,
    UPSTASH_REDIS_REST_TOKEN: secret,
    JWT_SECRET: signingSecret,
    /** Tokens signed with it hold too [A36]. It may be the legacy server's, however short. */
    JWT_SECRET_PREVIOUS: optionalSecret,
    CODE_SECRET: signingSecret,
    CODE_SECRET_PREVIOUS: signingSecret.optional(),
    TELEGRAM_BOT_TOKEN: secret.trim(),
    TELEGRAM_API_URL: url.default(`https://${TELEGRAM_HOST}`),
    TELEGRAM_LINK_SECRET: optionalSecret,
    /** The secret that Telegram sends with the bot's updates [A41]. */
    TELEGRAM_WEBHOOK_SECRET: z
      .string()
      .regex(WEBHOOK_SECRET, 'must be 16 to 256 of A-Z, a-z, 0-9, _ and -')
      .optional(),
    /** Where people open the bot, such as https://t.me/the_bot [A50]. */
    TELEGRAM_BOT_URL: url.optional(),
    /** The address of the web client, where QR codes and sign-in links lead. */
    APP_URL: url.optional(),
    STUN_URLS: servers('stun', 'stun:stun.l.google.com:19302,stun:stun.cloudflare.com:3478'),
    /** TURN servers, and the secret that they share with us (coturn, `use-auth-secret`). */
    TURN_URLS: servers('turn', ''),
    TURN_SECRET: signingSecret.optional(),
    /** The key of Cloudflare's TURN, in place of those servers. */
    TURN_KEY_ID: optionalSecret,
    TURN_KEY_API_TOKEN: optionalSecret,
    TURN_API_URL: url.default('https://rtc.live.cloudflare.com'),
    /** Cloudflare gives no more than 48 hours (Realtime TURN, FAQ). */
    TURN_TTL_SECONDS: count(21_600, 172_800),
    /** The address of rooms outside this Worker, and the secret that they share with it. */
    ROOMS_URL: url.optional(),
    ROOMS_SECRET: signingSecret.optional(),
    /** What pushes are signed with (RFC 8292): a pair of keys of P-256, and who sends them. */
    VAPID_PUBLIC_KEY: z
      .string()
      .regex(/^B[\w-]{86}$/, 'must be an uncompressed point of P-256 in base64url')
      .optional(),
    VAPID_PRIVATE_KEY: z
      .string()
      .regex(/^[\w-]{43}$/, 'must be 32 bytes in base64url')
      .optional(),
    VAPID_SUBJECT: z
      .string()
      .regex(/^(mailto:[^\s@]+@[^\s@]+|https:\/\/\S+)$/, 'must be a mailto: or https: address')
      .optional(),
    PUSH_SERVICES: pushServices,
    CORS_ORIGINS: origins,
    PHONE_COUNTRIES: countries,
    TEST_PHONES: testPhones,
    DEBUG_CODE: onOff('off'),
    ADDRESS_LIMITS: onOff('on'),
    CODE_TRIES: count(5),
    PHONE_FAILURES_PER_DAY: count(10),
    PHONE_SENDS_PER_DAY: count(5),
    PHONE_SEND_GAPS_SECONDS: gaps,
    ADDRESS_FAILURES_PER_HOUR: count(30),
    ADDRESS_SENDS_PER_HOUR: count(10),
    ADDRESS_QR_REQUESTS_PER_HOUR: count(300),
    ADDRESS_QR_MISSES_PER_10_MINUTES: count(60),
  })
  .superRefine((settings, context) => {
    const hostname = URL.parse(settings.TELEGRAM_API_URL)?.hostname.replace(/\.$/, '');
    const real = hostname === TELEGRAM_HOST || REAL_BOT_TOKEN.test(settings.TELEGRAM_BOT_TOKEN);
    for (const phone of settings.TEST_PHONES.keys()) {
      if (toE164(phone, settings.PHONE_COUNTRIES) === phone) continue;
      context.addIssue({
        code: 'custom',
        path: ['TEST_PHONES'],
        message: 'must be numbers of Russia or PHONE_COUNTRIES',
      });
    }
    if (settings.ROOMS_URL && !settings.ROOMS_SECRET) {
      context.addIssue({
        code: 'custom',
        path: ['ROOMS_SECRET'],
        message: 'must be set beside ROOMS_URL',
      });
    }
    const isSet = (name: (typeof TURN_KINDS)[number][number]) => (settings[name]?.length ?? 0) > 0;
    for (const [one, other] of TURN_KINDS) {
      if (isSet(one) === isSet(other)) continue;
      const missing = isSet(one) ? other : one;
      context.addIssue({ code: 'custom', path: [missing], message: 'is missing' });
    }
    const vapid = VAPID_PARTS.filter((name) => settings[name] === undefined);
    if (vapid.length < VAPID_PARTS.length) {
      for (const name of vapid)
        context.addIssue({ code: 'custom', path: [name], message: 'is missing' });
    }
    if (TURN_KINDS.every((pair) => pair.some(isSet))) {
      context.addIssue({
        code: 'custom',
        path: ['TURN_URLS'],
        message: 'must be unset beside TURN_KEY_ID: one kind of TURN is used',
      });
    }
    if (settings.DEBUG_CODE && real) {
      context.addIssue({
        code: 'custom',
        path: ['DEBUG_CODE'],
        message: 'must be off beside a real bot token: it would show sign-in codes to anyone',
      });
    }
  });

/** The settings of the Worker, parsed; docs/reference.md documents each. */
export type Settings = z.output<typeof Settings>;

/** The name of a setting. */
export type SettingName = keyof Settings;

/** The schema of each setting: it has the default, and says whether there has to be a value. */
export const SETTING_SCHEMAS: Readonly<Record<SettingName, z.ZodType>> = Settings.shape;

/** The names of all settings. */
export const SETTING_NAMES = Object.keys(Settings.shape) as readonly SettingName[];

/** Thrown when settings are missing or wrong. The message names each setting, and no value. */
export class SettingsError extends Error {
  override name = 'SettingsError';
}

/**
 * Parses the settings of the Worker.
 *
 * @param env the Worker's bindings, or any record; other names are ignored, and "" counts as unset
 * @throws {SettingsError} naming every setting that is missing or wrong
 */
export const parseSettings = (env: Record<string, unknown>): Settings => {
  const given = Object.fromEntries(
    SETTING_NAMES.map((name) => [name, env[name] === '' ? undefined : env[name]]),
  );
  const parsed = Settings.safeParse(given);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map(({ path, message }) => {
    const name = String(path[0]);
    return given[name] === undefined ? `${name} is missing` : `${name} ${message}`;
  });
  throw new SettingsError(
    `Settings: ${[...new Set(lines)].join('; ')}. See "Settings" in docs/reference.md.`,
  );
};
