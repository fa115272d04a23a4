import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startPartykit } from '../../dev/partykit.ts';
import { freePort } from '../../dev/ports.ts';
import { makeVapidKeys } from '../../dev/push/keys.ts';
import { startPush } from '../../dev/push/server.ts';
import { startTelegram } from '../../dev/telegram/server.ts';
import { startTurn } from '../../dev/turn/server.ts';
import { startWorker } from '../../dev/worker.ts';
import { checkLog } from '../support/log-rules.ts';
import { startProxy } from '../support/proxy.ts';
import { secretsIn } from '../support/seen-secrets.ts';
import type { Stack } from '../support/stack.ts';
import { openTestStores } from '../support/stores.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** One stack for each worker of the tests. */
    stacks: Stack[];
  }
}

/** The Worker, which also says how much work behind its answers is under way. */
const ENTRY = join(import.meta.dirname, '..', 'support', 'worker.ts');

/** What makes the web app, where it has changed. */
const BUILD = join(import.meta.dirname, '..', '..', 'build', 'assets.mjs');

/** Which host runs the rooms: the Worker itself, or PartyKit. */
export type RoomsHost = 'partyserver' | 'partykit';

/** Starts rooms under PartyKit, which know the Worker's address, as it knows theirs. */
const startRooms = async (apiUrl: string, onLine: (line: string) => void) => {
  const port = await freePort();
  const settings = {
    ROOMS_URL: `http://127.0.0.1:${port}`,
    ROOMS_SECRET: 'the-rooms-secret-of-the-tests-0123',
  };
  return {
    settings,
    rooms: startPartykit({ port, vars: { ...settings, API_URL: apiUrl }, onLine }),
  };
};

/**
 * Starts a stack: stores, proxies in front of them, the stand-ins, the Worker under wrangler dev,
 * and its rooms where they live elsewhere.
 *
 * @param app whether the web app is built and served
 */
export const startStack = async (host: RoomsHost = 'partyserver', app = false) => {
  const stores = await openTestStores();
  const [databaseProxy, redisProxy] = await Promise.all([
    startProxy(stores.databaseUrl),
    startProxy(stores.redisUrl),
  ]);
  const port = await freePort();
  const apiUrl = `http://127.0.0.1:${port}`;
  const telegram = await startTelegram({ token: '1000:test', apiUrl });
  const turnKey = { keyId: 'the-turn-key-of-the-tests', apiToken: 'the-turn-token-of-the-tests' };
  const turn = await startTurn(turnKey);
  const push = await startPush();
  const vapid = makeVapidKeys();
  const scratch = mkdtempSync(join(tmpdir(), 'aist-test-'));
  const logFile = join(scratch, 'worker.log');
  const localLogFile = join(scratch, 'local.log');
  const secretsFile = join(scratch, 'secrets');
  for (const file of [logFile, localLogFile, secretsFile]) writeFileSync(file, '');
  const onLine = (line: string) => appendFileSync(logFile, `${line}\n`);
  const elsewhere = host === 'partykit' ? await startRooms(apiUrl, onLine) : undefined;
  const settings = {
    ...stores.settings,
    ...elsewhere?.settings,
    DATABASE_ENDPOINT: `${databaseProxy.url}/sql`,
    UPSTASH_REDIS_REST_URL: redisProxy.url,
    JWT_SECRET: 'the-secret-of-the-tests-0123456789',
    CODE_SECRET: 'another-secret-of-the-tests-012345',
    TELEGRAM_BOT_TOKEN: '1000:test',
    TELEGRAM_API_URL: telegram.url,
    TELEGRAM_LINK_SECRET: 'dev-link-secret',
    TELEGRAM_WEBHOOK_SECRET: 'the-webhook-secret-of-the-tests',
    DEBUG_CODE: 'on',
    VAPID_PUBLIC_KEY: vapid.publicKey,
    VAPID_PRIVATE_KEY: vapid.privateKey,
    VAPID_SUBJECT: 'mailto:tests@aist.example',
    PUSH_SERVICES: `fcm.googleapis.com,${push.url}`,
    ...(app && { APP_URL: apiUrl, TELEGRAM_BOT_URL: telegram.url }),
    TURN_API_URL: turn.url,
    TURN_KEY_ID: turnKey.keyId,
    TURN_KEY_API_TOKEN: turnKey.apiToken,
  };
  const worker = startWorker({ port, settings, onLine, entry: ENTRY, app });
  const stack: Stack = {
    apiUrl,
    telegramUrl: telegram.url,
    turnUrl: turn.url,
    pushUrl: push.url,
    databaseProxy: databaseProxy.url,
    redisProxy: redisProxy.url,
    logFile,
    localLogFile,
    secretsFile,
    settings,
  };
  const close = async () => {
    await Promise.all([worker.close(), elsewhere?.rooms.close()]);
    await Promise.all([
      ...[telegram.close(), turn.close(), push.close()],
      ...[databaseProxy.close(), redisProxy.close()],
    ]);
    await stores.close();
    const logs = [logFile, localLogFile].map((file) => readFileSync(file, 'utf8'));
    const seen = secretsIn(secretsFile);
    rmSync(scratch, { recursive: true, force: true });
    // A secret in a log fails the run, whatever the tests found.
    checkLog(`The log of the Worker at ${apiUrl}`, logs[0] ?? '', settings, seen);
    checkLog("The log of the tests' own apps", logs[1] ?? '', settings, seen);
  };
  return { stack, ready: Promise.all([worker.ready, elsewhere?.rooms.ready]), close };
};

/** Starts a stack for each worker, once for all tests; browsers are served the web app there. */
export default async (project: TestProject) => {
  const running: Awaited<ReturnType<typeof startStack>>[] = [];
  const app = project.name === 'e2e';
  // Once for all, since each stack would build it otherwise.
  if (app) execFileSync(process.execPath, [BUILD]);
  for (let i = 0; i < Number(project.config.maxWorkers); i++)
    running.push(await startStack('partyserver', app));
  await Promise.all(running.map(({ ready }) => ready));
  project.provide(
    'stacks',
    running.map(({ stack }) => stack),
  );
  return () => Promise.all(running.map(({ close }) => close()));
};
