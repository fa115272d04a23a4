import { randomBytes } from 'node:crypto';
import { startLine } from '../../test/support/line.ts';
import { measureDistance, ROUND_TRIP_MS } from '../measures/distance.ts';
import { measureRequests } from '../measures/requests.ts';
import { step } from '../progress.ts';
import type { Row } from '../rows.ts';
import { startBetterAuth, startTelegram } from '../servers/start.ts';
import { startStores } from '../servers/stores.ts';
import { startBareWorker, startWorker } from '../servers/worker.ts';
import { either, QUICK, RUNS, signInSettingsFor } from '../settings.ts';
import { peopleOf } from '../systems/accounts.ts';
import { linkTelegram, makeUsers } from '../users.ts';

/** How many people sign in, 32 at once. */
const CROWD = either(400, 200);
/** How many sign in one at a time: known ones in every round, new ones once. */
const FEW = 20;

const numberOf = (prefix: string, n: number) => `${prefix}${String(n).padStart(7, '0')}`;

const strangers = (prefix: string, count: number) =>
  peopleOf(
    Array.from({ length: count }, (_, n) => ({ id: '', token: '', phone: numberOf(prefix, n) })),
  );

/** Puts both stores of the settings so far away. */
const moveAway = async (settings: ReturnType<typeof signInSettingsFor>, roundTripMs: number) => {
  const { DATABASE_ENDPOINT, UPSTASH_REDIS_REST_URL } = settings;
  const database = await startLine(DATABASE_ENDPOINT, roundTripMs / 2);
  const redis = await startLine(UPSTASH_REDIS_REST_URL, roundTripMs / 2);
  return {
    ...settings,
    DATABASE_ENDPOINT: `${database.url}/sql`,
    UPSTASH_REDIS_REST_URL: redis.url,
  };
};

/** Starts better-auth on a database of its own, near or far; undefined without PostgreSQL. */
const startOther = async (roundTripMs: number) => {
  const { DATABASE_URL } = process.env;
  if (!DATABASE_URL) return undefined;
  const url = new URL(DATABASE_URL);
  if (roundTripMs > 0)
    url.port = new URL((await startLine(`http://${url.host}`, roundTripMs / 2)).url).port;
  return startBetterAuth({
    DATABASE_URL: url.href,
    SECRET: randomBytes(24).toString('hex'),
    SCHEMA: `better_auth_${roundTripMs}`,
  });
};

/**
 * Measures sign-ins and profiles beside better-auth. Without a PostgreSQL in DATABASE_URL it is our
 * Worker alone. Only a whole run has stores that are far away.
 */
export const run = async (): Promise<Row[]> => {
  const telegram = await step('starting a Bot API', startTelegram);
  const { gateways, settings: stores } = await step('starting the stores', startStores);
  const settings = signInSettingsFor(stores, telegram);
  const people = peopleOf(await step('making users', () => makeUsers(settings, CROWD)));
  await linkTelegram(settings);
  const near = await step('starting workerd', () => startWorker(settings));
  const bare = await step('starting a bare Worker', () => startBareWorker(settings));
  const other = await step('starting better-auth', () => startOther(0));
  const others = strangers('+7997', CROWD);
  const crowd = { rooms: near, bare, people, betterAuth: other, others, gateways };
  const rows = await measureRequests(crowd, RUNS);
  if (QUICK) return rows;

  const [far, farBare, farOther] = await step('starting all again, far from stores', async () => {
    const farSettings = await moveAway(settings, ROUND_TRIP_MS);
    return [
      await startWorker(farSettings),
      await startBareWorker(farSettings),
      await startOther(ROUND_TRIP_MS),
    ];
  });
  const few = {
    rooms: far,
    bare: farBare,
    people: people.slice(0, FEW),
    newcomers: strangers('+7998', FEW * (RUNS + 1)),
    betterAuth: farOther,
    others: strangers('+7996', FEW),
  };
  return [...rows, ...(await measureDistance(few, RUNS))];
};
