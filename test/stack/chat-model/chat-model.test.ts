import { isDeepStrictEqual } from 'node:util';
import { neon } from '@neondatabase/serverless';
import * as fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { closeSdks } from '../../support/chats/sdk.ts';
import { stack } from '../../support/stack.ts';
import type { ModelDevice } from './sdk-device.ts';
import type { Step } from './steps.ts';
import { describeStep, sequence } from './steps.ts';
import { readTruth } from './truth.ts';
import { World } from './world.ts';

afterAll(closeSdks);

/** How many sequences are played: CI asks for more on real stores. */
const RUNS = Math.ceil(Number(process.env['PROPERTY_RUNS'] ?? 30) / 10);

const sql = neon(String(stack.settings.DATABASE_URL));

/** How long a device may take to come to what the database has, in milliseconds. */
const PATIENCE_MS = 20_000;

/** Says how a device differs from what the API says to who knows nothing. */
const differenceOf = async (device: ModelDevice): Promise<string | undefined> => {
  for (const deadline = Date.now() + PATIENCE_MS; ; ) {
    await device.settle();
    const truth = await readTruth(device.device);
    const view = device.view();
    if (isDeepStrictEqual(view, truth)) return undefined;
    if (Date.now() > deadline) {
      const [shown, wanted] = [view, truth].map((one) => JSON.stringify(one));
      return `${device.userId} shows\n${shown}\nin place of\n${wanted}`;
    }
  }
};

/** Wakes every device, and says what is wrong with what it shows. */
const differences = async (world: World): Promise<string[]> => {
  const found: string[] = [];
  for (const device of world.devices) {
    device.deaf = false;
    // A hint that was lost is made good by the next hello.
    device.sleep();
    await device.wake();
    const difference = await differenceOf(device);
    if (difference !== undefined) found.push(difference);
    for (const place of device.shown) {
      const [chat = '', seq] = place.split(':');
      if (!world.mayHaveRead(device.userId, chat, Number(seq)))
        found.push(`${device.userId} was shown ${place}`);
    }
    device.close();
  }
  return found;
};

/** Says what is wrong with the numbers of the chats in the database. */
const gaps = async (world: World): Promise<string[]> => {
  const ids = world.chats.map(({ id }) => id);
  const rows = await sql`
    select chats.id, last_seq::int as last, count(messages.id)::int as count,
      count(distinct seq)::int as places, coalesce(max(seq), 0)::int as highest,
      count(distinct sender_id || client_id)::int as "clientIds"
    from chats left join messages on chat_id = chats.id where chats.id = any(${ids})
    group by chats.id`;
  return rows
    .filter(({ last, count, places, highest, clientIds }) =>
      [count, places, highest, clientIds].some((number) => number !== last),
    )
    .map((row) => JSON.stringify(row));
};

const play = async (steps: readonly Step[]): Promise<string | undefined> => {
  const world = await World.create();
  try {
    for (const step of steps) await world.take(step);
    const wrong = [...(await differences(world)), ...(await gaps(world))];
    return wrong.length > 0 ? `${world.log.join('\n')}\n${wrong.join('\n')}` : undefined;
  } catch (error) {
    return `${world.log.join('\n')}\n${error instanceof Error ? error.stack : error}`;
  }
};

test('[M10, M11, M20, M21, M22, M25] with frames lost every device comes to what the database has', async () => {
  const result = await fc.check(
    fc.asyncProperty(sequence, async (steps) => {
      const wrong = await play(steps);
      if (wrong !== undefined) throw new Error(wrong);
    }),
    { numRuns: RUNS, endOnFailure: true },
  );
  const script = result.errorInstance instanceof Error ? result.errorInstance.message : '';
  const steps = result.counterexample?.[0].map(describeStep).join('\n') ?? '';
  expect(result.failed, `seed ${result.seed}\n${steps}\n\n${script}`).toBe(false);
}, 1_200_000);
