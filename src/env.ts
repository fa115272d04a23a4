import type { CountryCode } from 'libphonenumber-js/min';
import { isSupportedCountry } from 'libphonenumber-js/min';
import * as z from 'zod';
import { toE164 } from './phone.ts';

/** The host of Telegram's own Bot API (core.telegram.org/bots/api). */
const TELEGRAM_HOST = 'api.telegram.org';

/** The format in which @BotFather hands out tokens. */
const REAL_BOT_TOKEN = /^\d{6,}:[\w-]{30,}$/;

/** What a secret of the webhook must be: Telegram takes these characters alone (Bot API, setWebhook). */
export const WEBHOOK_SECRET = /^[\w-]{16,256}$/;

const secret = z.string().min(1, 'must not be empty');
const optionalSecret = z
  .string()
  .optional()
  .transform((value) => value || undefined);
const url = z
  .url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' })
  .transform((value) => value.replace(/\/+$/, ''));
const count = (standard: number) =>
  z.coerce.number('must be a number').int('must be a whole number').min(1, 'must be at least 1').default(standard);
const onOff = (standard: 'on' | 'off') =>
  z
    .enum(['on', 'off'], 'must be on or off')
    .default(standard)
    .transform((value) => value === 'on');
const list = z
  .string()
  .default('')
  .transform((value) =>
    value
      .split(',')
      .map((item) => item.trim())
      .filter(Boolean),
  );

const gaps = z
  .string()
  .default('60,120,300,600')
  .refine((value) => /^\s*\d+\s*(,\s*\d+\s*)*$/.test(value), 'must be whole seconds, comma-separated')
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
    // What is looked at below has to be a map.
    abort: true,
  })
  .transform((given) => new Map(given.map((item) => item.split('=') as [phone: string, code: string])));

const Settings = z
  .object({
    DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'must be a postgres:// URL' }),
    /** Where Neon's SQL over HTTP is spoken, when it is not Neon itself. */
    DATABASE_ENDPOINT: url.optional(),
    UPSTASH_REDIS_REST_URL: url,
    UPSTASH_REDIS_REST_TOKEN: secret,
    JWT_SECRET: secret,
    /** Tokens signed with it are taken too, while secrets rotate. */
    JWT_SECRET_PREVIOUS: optionalSecret,
    CODE_SECRET: secret,
    CODE_SECRET_PREVIOUS: optionalSecret,
    TELEGRAM_BOT_TOKEN: secret.trim(),
    TELEGRAM_API_URL: url.default(`https://${TELEGRAM_HOST}`),
    TELEGRAM_LINK_SECRET: optionalSecret,
    /** What Telegram sends along with the bot's updates. */
    TELEGRAM_WEBHOOK_SECRET: z.string().regex(WEBHOOK_SECRET, 'must be 16 to 256 of A-Z, a-z, 0-9, _ and -').optional(),
    /** Where the web client lives: QR codes and sign-in links lead there. */
    APP_URL: url.optional(),
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
    if (settings.DEBUG_CODE && real) {
      context.addIssue({
        code: 'custom',
        path: ['DEBUG_CODE'],
        message: 'must be off beside a real bot token: it would show sign-in codes to anyone',
      });
    }
  });

/** The settings of the Worker, parsed; README.md documents each. */
export type Settings = z.output<typeof Settings>;

/** The names of all settings. */
export const SETTING_NAMES: readonly string[] = Object.keys(Settings.shape);

/** Settings that are missing or wrong. The message names each setting and says what it must be; it holds no value. */
export class SettingsError extends Error {
  override name = 'SettingsError';
}

/**
 * Parses the settings of the Worker.
 *
 * @param env the Worker's bindings, or any record of strings; other names are ignored, an empty string counts as unset
 * @throws {SettingsError} naming every setting that is missing or wrong
 */
export const parseSettings = (env: Record<string, unknown>): Settings => {
  const given = Object.fromEntries(SETTING_NAMES.map((name) => [name, env[name] === '' ? undefined : env[name]]));
  const parsed = Settings.safeParse(given);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map(({ path, message }) => {
    const name = String(path[0]);
    return given[name] === undefined ? `${name} is missing` : `${name} ${message}`;
  });
  throw new SettingsError(`Settings: ${[...new Set(lines)].join('; ')}. See "Settings" in README.md.`);
};
