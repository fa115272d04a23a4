import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { neonConfig } from '@neondatabase/serverless';
import { parseSettings } from '../src/platform/settings.ts';
import { startKeptWorker } from './kept-worker.ts';
import type { Lock } from './lock.ts';
import { takeLock } from './lock.ts';
import { migrate } from './migrate.ts';
import { Parts } from './parts.ts';
import { startPartykit } from './partykit.ts';
import { freePort, isFree, preferPort } from './ports.ts';
import type { RunningServer } from './process.ts';
import { messageOf, reasonOf } from './reason.ts';
import { migrationOutcome, Progress, table } from './report.ts';
import { LOCAL_TEST_PHONES, localSettings } from './settings.ts';
import type { Place, Store } from './stores.ts';
import { databaseSettings, openDatabase, openRedis, redisSettings } from './stores.ts';
import { plainLine } from './worker-lines.ts';
import { requireWritable } from './writable.ts';

/**
 * `npm start`: the whole stack on loopback. With the argument `partykit` (`npm run start:partykit`)
 * rooms live under PartyKit, not in the Worker. PORT (8787) is the API's; the other parts take the
 * three ports after it, or free ones. DATABASE_URL and REDIS_URL put real servers behind the
 * gateways. Every other setting of the Worker in the environment replaces the local one, except the
 * gateways' addresses, which are refused. A variable that is empty counts as unset.
 */

const { argv, env } = process;
const root = join(import.meta.dirname, '..');
const dataDir = relative(process.cwd(), env.DATA_DIR || join(root, '.data')) || '.';
const progress = new Progress();

/** How long /health/ready may take to answer 200, and each of its answers, in milliseconds. */
const READY_MS = 15_000;
const READY_ANSWER_MS = 3_000;

/**
 * One press of Ctrl-C can arrive twice, from the terminal and through dev/setup.mjs. A signal that
 * comes later than this, in milliseconds, is a second press.
 */
const SAME_PRESS_MS = 500;

/**
 * The parts to end, in this order: the Worker and the rooms go before the stores that they use, the
 * lock goes last.
 */
const running: { servers: RunningServer[]; front: Parts; parts: Parts; lock?: Lock } = {
  servers: [],
  front: new Parts(),
  parts: new Parts(),
};
/** When the end began, in milliseconds since 1970. */
let endedAt: number | undefined;

/**
 * Ends everything, once, and then this process: with the code, or with 1 when a part did not end
 * cleanly.
 */
const end = async (code: number): Promise<void> => {
  if (endedAt) return;
  endedAt = Date.now();
  progress.done();
  const failures = [...(await running.front.close()), ...(await running.parts.close())];
  for (const line of failures) console.error(line);
  running.lock?.close();
  if (code === 0 && failures.length === 0) console.log('Stopped.');
  process.exit(failures.length > 0 ? 1 : code);
};

const portOf = (given: string | undefined): number => {
  const port = Number(given || 8787);
  if (Number.isInteger(port) && port > 0 && port <= 65_532) return port;
  throw new Error('PORT must be a number from 1 to 65532.');
};

const start = async (): Promise<void> => {
  const port = portOf(env.PORT);
  const apiUrl = `http://127.0.0.1:${port}`;

  requireWritable(dataDir, 'the data of this stack goes there (DATA_DIR)');
  requireWritable(join(root, 'dist'), 'the build goes there');
  requireWritable(join(root, '.wrangler', 'tmp'), 'wrangler needs it');
  requireWritable(tmpdir(), 'what is temporary goes there (TMPDIR)');
  const lock = await takeLock(dataDir, `process ${process.pid}, ${apiUrl}`);
  if (typeof lock === 'string') {
    throw new Error(
      `A stack with the data in ${dataDir} is already running (${lock}).
Use it, or stop it with Ctrl-C in its terminal, or start another one beside it: \
DATA_DIR=.data-2 PORT=8800 npm start`,
    );
  }
  running.lock = lock;
  if (!(await isFree(port))) {
    throw new Error(
      `Port ${port} is taken by another program. Choose another one: PORT=8800 npm start`,
    );
  }

  const place = async (preferred: number) => ({
    port: await preferPort(preferred),
    password: randomBytes(24).toString('base64url'),
  });
  const [telegramPort, databasePlace, redisPlace] = await Promise.all([
    preferPort(port + 1),
    place(port + 2),
    place(port + 3),
  ]);
  const telegramUrl = `http://127.0.0.1:${telegramPort}`;
  const rooms = argv.includes('partykit') ? await chooseRoomsPlace() : undefined;
  const settings: Record<string, string> & ReturnType<typeof databaseSettings> = {
    ...localSettings(dataDir, { telegramUrl, appUrl: apiUrl }, env),
    ...databaseSettings(databasePlace),
    ...redisSettings(redisPlace),
    ...rooms?.settings,
  };
  const { TELEGRAM_BOT_TOKEN: token, TELEGRAM_WEBHOOK_SECRET: secret } = parseSettings(settings);

  // The Worker takes longest, so it starts first; the engines open meanwhile.
  const servers = [startKeptWorker({ port, settings, onLine: showLine, app: true }, console.log)];
  if (rooms) {
    const vars = { ...rooms.settings, API_URL: apiUrl };
    servers.push(startPartykit({ port: rooms.port, vars, onLine: showLine }));
  }
  running.servers = servers;
  for (const server of servers) await running.front.keep(server.name, Promise.resolve(server));
  const [database, redis] = await Promise.all([
    progress.step('opening the database', () =>
      openMigratedDatabase(databasePlace, settings.DATABASE_URL),
    ),
    progress.step('opening Redis', () =>
      running.parts.keep('Redis', openRedis(redisPlace, { serverUrl: env.REDIS_URL, dataDir })),
    ),
    progress.step('starting the Telegram stand-in', async () => {
      const { startTelegram } = await import('./telegram/server.ts');
      const file = join(dataDir, 'telegram.json');
      const standIn = startTelegram({ token, port: telegramPort, apiUrl, file });
      await running.parts.keep('The Telegram stand-in', standIn);
      const { setUpBot } = await import('./bot-setup.ts');
      if (secret) await setUpBot({ token, secret, apiRoot: telegramUrl, apiUrl });
    }),
    ...servers.map(({ name, ready }) => progress.step(`starting ${name}`, () => ready)),
  ]);
  await progress.step('waiting until all is ready', () => untilReady(apiUrl));
  progress.done();

  console.log(
    `\nAIST is ready (${progress.seconds()} s).\n\n${table([
      ['App', `${apiUrl}/`, 'open it in a browser, and sign in'],
      ['API', apiUrl, 'wrangler dev'],
      ['API reference', `${apiUrl}/docs`, ''],
      ...(rooms ? [['Rooms', rooms.settings.ROOMS_URL, 'partykit dev']] : []),
      ['Telegram', telegramUrl, 'a stand-in: write to the bot on this page, codes arrive there'],
      ...testNumberRow(settings),
      ['Postgres', database.url, database.engine],
      ['Redis', redis.url, redis.engine],
    ])}\n\nCtrl-C ends it all.\n`,
  );
  const ended = await Promise.race(servers.map((server) => server.ended.then(() => server.name)));
  if (!endedAt) throw new Error(`Ended by itself: ${ended}. The last lines are above.`);
};

/** Tells of the local test number, where it is in use. */
const testNumberRow = ({ TEST_PHONES }: Readonly<Record<string, string>>): string[][] => {
  const [phone = '', code = ''] = LOCAL_TEST_PHONES.split('=');
  if (TEST_PHONES !== LOCAL_TEST_PHONES) return [];
  return [['Test number', phone, `its code is always ${code}, and it may sign in at any time`]];
};

/** Chooses a port for rooms outside the Worker, and the secret that the two share. */
const chooseRoomsPlace = async () => {
  const port = await freePort();
  const ROOMS_SECRET = randomBytes(24).toString('base64url');
  return { port, settings: { ROOMS_URL: `http://127.0.0.1:${port}`, ROOMS_SECRET } };
};

const showLine = (line: string): void => {
  const plain = plainLine(line);
  if (plain !== undefined) console.log(plain);
};

const openMigratedDatabase = async (place: Place, url: string): Promise<Store> => {
  const store = await running.parts.keep(
    'The database',
    openDatabase(place, { serverUrl: env.DATABASE_URL, dataDir }),
  );
  neonConfig.fetchEndpoint = store.url;
  const applied = await migrate(url).catch((cause: unknown) => {
    throw new Error(`${store.engine}: ${reasonOf(cause)}`, { cause });
  });
  const state = migrationOutcome(applied);
  console.log(`Database: ${store.engine}: ${state}.`);
  return { ...store, engine: `${store.engine} (${state})` };
};

const untilReady = async (apiUrl: string): Promise<void> => {
  const deadline = Date.now() + READY_MS;
  for (;;) {
    const signal = AbortSignal.timeout(READY_ANSWER_MS);
    const said = await fetch(`${apiUrl}/health/ready`, { signal })
      .then(async (answer) => (answer.ok ? undefined : await answer.text()))
      .catch(String);
    if (said === undefined) return;
    if (Date.now() > deadline) throw new Error(`${apiUrl}/health/ready says ${said}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

// "disconnect" means that dev/setup.mjs, which runs this script, has ended.
for (const event of ['SIGINT', 'SIGTERM', 'SIGHUP', 'disconnect']) {
  process.on(event, () => {
    if (endedAt && event === 'SIGINT' && Date.now() - endedAt > SAME_PRESS_MS) {
      for (const server of running.servers) server.kill();
      process.exit(130);
    }
    if (!endedAt) console.log('\nStopping …');
    void end(0);
  });
}

try {
  await start();
} catch (error) {
  if (!endedAt) console.error(`\n${messageOf(error)}`);
  await end(1);
}
