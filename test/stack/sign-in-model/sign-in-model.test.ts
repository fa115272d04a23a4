import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { localApi, TestClock } from '../../support/client.ts';
import { ProxyControl } from '../../support/proxy.ts';
import { shrunkBriefly } from '../../support/shrinking.ts';
import { stack } from '../../support/stack.ts';
import { play } from './play.ts';
import type { Limits } from './rules.ts';
import type { Step } from './steps.ts';
import { sequence } from './steps.ts';

/**
 * How many sequences are played, half with each set of limits; the environment can ask for more.
 */
const RUNS = Math.ceil(Number(process.env.PROPERTY_RUNS ?? 25) / 2);

/** Ends a run that hangs. A slow machine is given ten times what it needs. */
const TIMEOUT_MS = 600_000 + RUNS * 10_000;

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
    const obeysRules = shrunkBriefly(async (steps: readonly Step[]) => {
      const { lines, broken } = await play(stage, limits, steps);
      if (broken) throw new Error(lines.join('\n'));
    });
    const result = await fc.check(fc.asyncProperty(sequence, obeysRules), { numRuns: RUNS });
    const script = result.errorInstance instanceof Error ? result.errorInstance.message : '';
    expect
      .soft(
        result.failed,
        `seed ${result.seed}, path ${result.counterexamplePath}, ` +
          `after ${result.numRuns} sequences\n${script}`,
      )
      .toBe(false);
  },
  TIMEOUT_MS,
);
