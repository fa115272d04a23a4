import { describe, expect, test } from 'vitest';
import { complainClient } from './client-replay.ts';
import { TIMELY } from './timely.ts';

/** Schedules that found a fault once, as the property test prints them. */
const REPLAYS: Record<string, readonly string[]> = {
  'who is invited into a call of two talks with both, and both talk on': [
    'B1 comes',
    'C1 comes',
    'A1 calls B',
    'B1 accepts',
    'A1 adds',
    '&1 A1 invites C',
    '&1 B1 adds',
    'C1 accepts',
    'wait 3000',
    'A1 talks',
    'B1 talks',
    'C1 talks',
  ],
  'what was made for a call of mine goes with it when I am given the call of the other': [
    'A1 calls B',
    '&0 B1 calls A',
  ],
  'a network that is back is no reason to restart ICE again and again': [
    'B1 comes',
    'A1 calls B',
    'B1 accepts',
    'A1 misses 14000',
  ],
  'a page that was loaded anew before it had heard of its call begins anew': [
    'B1 comes',
    'lose answer',
    'A1 calls B',
    'B1 accepts',
    'A1 reloads',
  ],
  'candidates of an offer that was ignored are not used for the answer after it': [
    'B1 comes',
    'A1 calls B',
    'B1 accepts',
    '&3 restart c1',
    'B1 adds',
  ],
  'who gives up calling somebody does not decline the call of that one': [
    'B1 comes',
    'A1 calls B',
    '&12 B1 calls A',
    '&3 B1 accepts',
    'wait 2000',
    'A1 talks',
    'B1 talks',
  ],
  'a hang-up over a socket that is dead is said again': [
    'B1 comes',
    'A1 calls B',
    'B1 accepts',
    'B1 loses 500',
    'B1 hangs up',
    'wait 47000',
  ],
};

describe('devices with the SDK, in time', () => {
  test.each(Object.entries(TIMELY))('[C12, C48] %s', async (_, steps) => {
    expect(await complainClient(steps)).toBeUndefined();
  });
});

describe('schedules that found a fault in the SDK', () => {
  test.each(Object.entries(REPLAYS))('[C11, C12, C55] %s', async (_, steps) => {
    expect(await complainClient(steps)).toBeUndefined();
  });
});
