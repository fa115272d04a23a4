import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { SETTING_NAMES, WEBHOOK_SECRET } from '../src/platform/settings.ts';
import { makeVapidKeys } from './push/keys.ts';

/** The token of the stand-in's bot. It has not the form of a real token on purpose. */
export const LOCAL_BOT_TOKEN = '1000:local';

/** A number whose code is always the same, so that trying a sign-in meets no limit on codes. */
export const LOCAL_TEST_PHONES = '+79990000001=123456';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Whether the local test number is safe: real people may be behind another bot or database, and
 * where codes are hidden nobody may get in by one that is written down.
 */
const allowsTestPhone = (environment: Environment): boolean => {
  const { TELEGRAM_BOT_TOKEN, TELEGRAM_API_URL, DATABASE_URL, DEBUG_CODE } = environment;
  return !TELEGRAM_BOT_TOKEN && !TELEGRAM_API_URL && !DATABASE_URL && DEBUG_CODE !== 'off';
};

/** Whom push services would write to about pushes of a local stack. */
const LOCAL_SUBJECT = 'mailto:local@aist.example';

/** Whether pushes are signed with the keys of this checkout: a pair of one's own replaces both. */
const keepsPushKeys = (environment: Environment): boolean =>
  !environment.VAPID_PUBLIC_KEY && !environment.VAPID_PRIVATE_KEY;

const randomSecret = (): string => randomBytes(32).toString('base64url');

const Secrets = z.object({
  JWT_SECRET: z.string().min(1),
  CODE_SECRET: z.string().min(1),
  // Files of older checkouts have none.
  TELEGRAM_WEBHOOK_SECRET: z.string().regex(WEBHOOK_SECRET).default(randomSecret),
  vapid: z.object({ publicKey: z.string(), privateKey: z.string() }).default(makeVapidKeys),
});

/** Reads the secrets of the file, or makes new ones where there is none. */
const readSecrets = (file: string, kept: string | undefined): z.output<typeof Secrets> => {
  try {
    const fresh = { JWT_SECRET: randomSecret(), CODE_SECRET: randomSecret() };
    return Secrets.parse(kept === undefined ? fresh : JSON.parse(kept));
  } catch (cause) {
    const what = 'Delete it: new secrets are made, and everybody signs in again.';
    throw new Error(`${file} is damaged. ${what}`, { cause });
  }
};

/**
 * Reads the secrets of this checkout. They are random, made when they are first needed, and kept,
 * so that sign-ins survive a restart.
 */
const keepSecrets = (dataDir: string): z.output<typeof Secrets> => {
  const file = join(dataDir, 'secrets.json');
  const kept = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  const secrets = readSecrets(file, kept);
  const text = `${JSON.stringify(secrets, null, 2)}\n`;
  if (text !== kept) writeFileSync(file, text, { mode: 0o600 });
  return secrets;
};

/**
 * The addresses of the gateways, which the stack sets itself, and what to set in place of each to
 * have a real server behind its gateway.
 */
const GATEWAY_ADDRESSES: Readonly<Record<string, string>> = {
  DATABASE_ENDPOINT: 'DATABASE_URL',
  UPSTASH_REDIS_REST_URL: 'REDIS_URL',
  UPSTASH_REDIS_REST_TOKEN: 'REDIS_URL',
};

/**
 * Makes the Worker's settings for a local stack: local values, and over them what the environment
 * sets. A variable that is empty counts as unset. DATABASE_URL is ignored: it means the server
 * behind the gateway, which the caller opens.
 *
 * @param dataDir the folder with the secrets of this checkout
 * @throws {Error} when the environment sets the address of a gateway
 */
export const localSettings = (
  dataDir: string,
  { telegramUrl, appUrl }: { readonly telegramUrl: string; readonly appUrl: string },
  environment: Environment,
): Record<string, string> => {
  for (const [name, instead] of Object.entries(GATEWAY_ADDRESSES)) {
    if (!environment[name]) continue;
    throw new Error(
      `${name} is set, but npm start has a gateway of its own there. \
Unset it, or set ${instead} to the server that the gateway shall use.`,
    );
  }
  const { vapid, ...secrets } = keepSecrets(dataDir);
  const settings: Record<string, string> = {
    ...secrets,
    ...(keepsPushKeys(environment) && {
      VAPID_PUBLIC_KEY: vapid.publicKey,
      VAPID_PRIVATE_KEY: vapid.privateKey,
      VAPID_SUBJECT: LOCAL_SUBJECT,
    }),
    TELEGRAM_BOT_TOKEN: LOCAL_BOT_TOKEN,
    TELEGRAM_API_URL: telegramUrl,
    TELEGRAM_BOT_URL: telegramUrl,
    APP_URL: appUrl,
    TELEGRAM_LINK_SECRET: 'dev-link-secret',
    DEBUG_CODE: 'on',
    ...(allowsTestPhone(environment) && { TEST_PHONES: LOCAL_TEST_PHONES }),
  };
  for (const name of SETTING_NAMES) {
    const given = environment[name];
    if (given && name !== 'DATABASE_URL') settings[name] = given;
  }
  return settings;
};
