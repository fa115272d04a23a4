import { randomBytes } from 'node:crypto';
import type { startStores } from './servers/stores.ts';

/** How many rounds count. */
export const RUNS = Number(process.env.BENCH_RUNS || 5);

/** The settings of a Worker on these stores. */
export const settingsFor = (stores: Awaited<ReturnType<typeof startStores>>) => ({
  ...stores,
  JWT_SECRET: randomBytes(24).toString('hex'),
  CODE_SECRET: randomBytes(24).toString('hex'),
  // Nothing is sent, since no user has a chat.
  TELEGRAM_BOT_TOKEN: '1000:bench',
});
