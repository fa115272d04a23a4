import { setTimeout as sleep } from 'node:timers/promises';
import type * as z from 'zod';
import { listCalls } from '../../../src/contract/http/calls.ts';
import { PATIENCE_MS } from '../patience.ts';
import type { Device } from './device.ts';

/** One call of a history, as the API tells it. */
export type Past = z.output<ReturnType<typeof listCalls.success.body>>['calls'][number];

/**
 * All records of a call in the history of whoever asks; waits until there is one, which rooms
 * write behind the end of the call.
 */
export const recordsOf = async (device: Device, callId: string): Promise<Past[]> => {
  for (const deadline = Date.now() + PATIENCE_MS; ; ) {
    const answer = await device.send('GET', '/api/calls');
    const records = listCalls.success
      .body()
      .parse(answer.body)
      .calls.filter((call) => call.callId === callId);
    if (records.length > 0 || Date.now() > deadline) return records;
    await sleep(20);
  }
};
