import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { SETTING_NAMES, WEBHOOK_SECRET } from '../src/platform/settings.ts';

/** The stand-in's bot. Deliberately not of the form of a real token. */
export const LOCAL_BOT_TOKEN = '1000:local';

const randomSecret = (): string => randomBytes(32).toString('base64url');

const Secrets = z.object({
  JWT_SECRET: z.string().min(1),
  CODE_SECRET: z.string().min(1),
  // Older ones have none.
  TELEGRAM_WEBHOOK_SECRET: z.string().regex(WEBHOOK_SECRET).default(randomSecret),
});

/** What the file holds, or new ones where there is none. */
const readSecrets = (file: string, kept: string | undefined): z.output<typeof Secrets> => {
  try {
    const fresh = { JWT_SECRET: randomSecret(), CODE_SECRET: randomSecret() };
    return Secrets.parse(kept === undefined ? fresh : JSON.parse(kept));
  } catch (cause) {
    const what = 'Delete it: new secrets are made, and everybody signs in again.';
    throw new Error(`${file} is damaged. ${what}`, { cause });
  }
};

/** Secrets of this checkout: random, made when they are first needed, kept so that sign-ins survive a restart. */
const localSecrets = (dataDir: string): z.output<typeof Secrets> => {
  const file = join(dataDir, 'secrets.json');
  const kept = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  const secrets = readSecrets(file, kept);
  const text = `${JSON.stringify(secrets, null, 2)}\n`;
  if (text !== kept) writeFileSync(file, text, { mode: 0o600 });
  return secrets;
};

/** Where the stores are is the stack's own affair. What to set in place of each, to have a real one behind its gateway. */
const ADDRESSES: Readonly<Record<string, string>> = {
  DATABASE_ENDPOINT: 'DATABASE_URL',
  UPSTASH_REDIS_REST_URL: 'REDIS_URL',
  UPSTASH_REDIS_REST_TOKEN: 'REDIS_URL',
};

/**
 * The Worker's settings for a local stack: its own values, and over them whatever the environment sets. What is empty there counts as unset.
 *
 * @param dataDir where the secrets of this checkout are
 * @param environment DATABASE_URL in it means the server behind the gateway, which is the caller's affair
 * @throws when it sets the address of a store, which the Worker would not get
 */
export const localSettings = (
  dataDir: string,
  telegramUrl: string,
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, string> => {
  for (const [name, instead] of Object.entries(ADDRESSES)) {
    if (!environment[name]) continue;
    throw new Error(
      `${name} is set, but npm start has a gateway of its own there. Unset it, or set ${instead} to the server that the gateway shall use.`,
    );
  }
  const settings: Record<string, string> = {
    ...localSecrets(dataDir),
    TELEGRAM_BOT_TOKEN: LOCAL_BOT_TOKEN,
    TELEGRAM_API_URL: telegramUrl,
    TELEGRAM_LINK_SECRET: 'dev-link-secret',
    DEBUG_CODE: 'on',
  };
  for (const name of SETTING_NAMES) {
    const given = environment[name];
    if (given && name !== 'DATABASE_URL') settings[name] = given;
  }
  return settings;
};
