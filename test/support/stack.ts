import { inject } from 'vitest';

/** A running stack, as its tests need to know it. */
export interface Stack {
  /** The running API. */
  readonly apiUrl: string;
  /** The Telegram stand-in. */
  readonly telegramUrl: string;
  /** The stand-in for Cloudflare's TURN. */
  readonly turnUrl: string;
  /** The stand-in for a push service. */
  readonly pushUrl: string;
  /** The proxies in front of the stores. */
  readonly databaseProxy: string;
  readonly redisProxy: string;
  /** A file with every line that the Worker has written so far. */
  readonly logFile: string;
  /** A file with every line that apps in the tests' own process have written so far. */
  readonly localLogFile: string;
  /** A file with what answers told their clients and no log may hold. */
  readonly secretsFile: string;
  /** The settings that the Worker runs with. */
  readonly settings: Readonly<Record<string, string>>;
}

const ownStack = (): Stack => {
  const stack = inject('stacks')[Number(process.env.VITEST_POOL_ID) - 1];
  if (!stack)
    throw new Error('There is no stack for this worker: test/stack/setup.ts starts one for each');
  return stack;
};

/** The stack of this file alone while it runs: no other file uses its stores or counters. */
export const stack: Stack = ownStack();
