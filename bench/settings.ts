import { randomBytes } from 'node:crypto';
import type { StoreSettings } from './servers/stores.ts';

/** Whether two minutes have to be enough: fewer rounds, and less of everything. */
export const QUICK = process.env.BENCH_QUICK === 'on';

/** One of two numbers: for a whole run, and for a quick one. */
export const either = (whole: number, quick: number): number => (QUICK ? quick : whole);

/** How many rounds count. */
export const RUNS = Number(process.env.BENCH_RUNS || either(5, 2));

/** How many calls of the SDK count. */
export const SDK_ROUNDS = Number(process.env.BENCH_SDK_ROUNDS || 5);

/** The settings of a Worker on these stores. */
export const settingsFor = (stores: StoreSettings) => ({
  ...stores,
  JWT_SECRET: randomBytes(24).toString('hex'),
  CODE_SECRET: randomBytes(24).toString('hex'),
  // Nothing is sent, since no user has a chat.
  TELEGRAM_BOT_TOKEN: '1000:bench',
});

/** The same for sign-ins: nobody waits for the next code, and the answer has it. */
export const signInSettingsFor = (stores: StoreSettings, telegram: { readonly url: string }) => ({
  ...settingsFor(stores),
  TELEGRAM_API_URL: telegram.url,
  DEBUG_CODE: 'on',
  ADDRESS_LIMITS: 'off',
  PHONE_SEND_GAPS_SECONDS: '0',
  PHONE_SENDS_PER_DAY: '100000',
});
