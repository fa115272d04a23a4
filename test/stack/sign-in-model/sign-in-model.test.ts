import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { localApi, TestClock } from '../../support/client.ts';
import { ProxyControl } from '../../support/proxy.ts';
import { stack } from '../../support/stack.ts';
import { play } from './play.ts';
import type { Limits } from './rules.ts';
import { sequence } from './steps.ts';

/**
 * How many sequences are played, half with each set of limits; the environment can ask for more.
 */
const RUNS = Math.ceil(Number(process.env.PROPERTY_RUNS ?? 25) / 2);

const TIME_LIMIT_MS = 60_000 + RUNS * 500;

/** The defaults of docs/rules/sign-in.md. */
const STANDARD: Limits = {
  triesPerCode: 5,
  failuresPerDay: 10,
  sendsPerDay: 5,
  gaps: [60, 120, 300, 600],
  addressFailuresPerHour: 30,
  addressSendsPerHour: 10,
};

/** The same rules, with limits that short sequences meet in every combination. */
const TIGHT: Limits = {
  triesPerCode: 3,
  failuresPerDay: 4,
  sendsPerDay: 4,
  gaps: [1, 30],
  addressFailuresPerHour: 6,
  addressSendsPerHour: 3,
};

const settingsOf = (limits: Limits) => ({
  CODE_TRIES: String(limits.triesPerCode),
  PHONE_FAILURES_PER_DAY: String(limits.failuresPerDay),
  PHONE_SENDS_PER_DAY: String(limits.sendsPerDay),
  PHONE_SEND_GAPS_SECONDS: limits.gaps.join(),
  ADDRESS_FAILURES_PER_HOUR: String(limits.addressFailuresPerHour),
  ADDRESS_SENDS_PER_HOUR: String(limits.addressSendsPerHour),
});

const database = new ProxyControl(stack.databaseProxy);
const redis = new ProxyControl(stack.redisProxy);
afterEach(() => Promise.all([database.behave({ mode: 'pass' }), redis.behave({ mode: 'pass' })]));

test.each([
  ['the default limits', STANDARD],
  ['tight limits', TIGHT],
])(
  '[A6, A7, A9, A11, A12, A17, A18, A20] any order of steps is answered by the rules, with %s',
  async (_, limits) => {
    const clock = new TestClock();
    const api = localApi(limits === STANDARD ? {} : settingsOf(limits), clock.now);
    const stage = { api, clock, redis, database };
    let playing: Promise<unknown> = Promise.resolve();
    const result = await fc.check(
      fc.asyncProperty(sequence, async (steps) => {
        const played = play(stage, limits, steps);
        playing = played;
        const { lines, broken } = await played;
        if (broken) throw new Error(lines.join('\n'));
      }),
      // What is found by then is shrunk as far as it is.
      { numRuns: RUNS, interruptAfterTimeLimit: TIME_LIMIT_MS, markInterruptAsFailure: true },
    );
    // Out of time it does not wait for the last one, which would get in the way of others.
    await playing;
    const script = result.errorInstance instanceof Error ? result.errorInstance.message : '';
    expect
      .soft(
        result.failed,
        `seed ${result.seed}, path ${result.counterexamplePath}, after ${result.numRuns} sequences\n${script}`,
      )
      .toBe(false);
  },
  TIME_LIMIT_MS + 10_000,
);
