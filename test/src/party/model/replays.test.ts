import { describe, expect, test } from 'vitest';
import { complaint } from './replay.ts';

/** Schedules that broke a promise once: shortest scripts of script.ts, as the property test prints them. */
const REPLAYS: Record<string, readonly string[]> = {
  'of two who join one after the other, one is polite': [
    'C1 comes',
    'E1 comes',
    'A1 calls C E H',
    '&30 C1 accepts',
    '&30 E1 accepts',
  ],
  'what is said to somebody who has just left holds nothing up': [
    'D1 comes',
    'G1 comes',
    'A1 calls D G H',
    '&30 D1 accepts',
    '&30 G1 accepts',
    'D1 hangs up',
    '& A1 negotiates',
    'A1 negotiates',
  ],
  'what somebody said before they left comes to nobody after they have come back': [
    'F1 comes',
    'G1 comes',
    'A1 calls F G H',
    '&30 F1 accepts',
    '&30 G1 accepts',
    'F1 hangs up',
    'A1 drops',
    'F1 rejoins',
  ],
  'somebody who has come back to a call of many is in it, also for their inbox': [
    'B1 comes',
    'E1 comes',
    'G1 comes',
    'A1 calls B E G',
    '&30 B1 accepts',
    '&30 E1 accepts',
    'B1 hangs up',
    'B1 rejoins',
    'G1 calls B',
    'B1 accepts',
  ],
  'somebody about to come back when the call of many ends hears of it': [
    'C1 comes',
    'D1 comes',
    'A1 calls C D',
    '&30 C1 accepts',
    '&30 D1 accepts',
    'C1 hangs up',
    'C1 accepts',
    '&5 A1 accepts',
    '& A1 is revoked',
  ],
  'what was said of one’s signals while one was gone is said again': ['B1 calls A', 'A1 offers B', 'A1 drops'],
  'signals of one who accepts after the host has restarted are acked': ['C1 calls A', 'restart c1', 'A2 offers C'],
  'an old device hears signals of one who has forgotten all': ['Ao comes', 'B1 offers A', 'B1 calls A', 'B1 reloads'],
  'an old device that has come late rings on after the host has restarted': [
    'C1 calls A',
    'Ao comes',
    '& lose signal',
    'restart c1',
  ],
  'an old device that has come late rings on though the inbox is asked once more': [
    'Bo comes',
    'restart B',
    'A1 calls B',
    '&4 restart c1',
    'wait 850',
    'A1 drops',
    'A1 calls B',
  ],
  'an old device rings though its inbox could not be reached for long': [
    'Ao comes',
    'C1 calls A',
    '&9 cut A 12000',
    'wait 13000',
  ],
  'a late word that somebody has left does not count for one who has come back': [
    'D1 comes',
    'A1 calls D G H',
    '&30 D1 accepts',
    'double stop 500',
    'D1 hangs up',
    'D1 accepts',
  ],
  'a record that is kept late ends the room': [
    'A1 comes',
    'C1 offers A',
    'A1 declines',
    '& cut worker 70000',
    'wait 95000',
  ],
  'an old device whose call is refused rings for the one that came meanwhile': ['A2 offers B', 'Bo offers B'],
  'an old device that rings anew hears everything from the beginning': ['Bo offers A', 'Ao calls A'],
  'an old device answers an offer before its own answer has arrived': [
    'Ao comes',
    'B1 calls A',
    'delay act 500',
    'Ao accepts',
    'B1 negotiates',
  ],
  'a room with a record that is not kept does not run hot': ['lose stop', 'A1 calls B', 'wait 46000', 'restart c1'],
  'a record under way outlives the host': ['lose record', 'B1 calls A', 'wait 46000', 'restart c1'],
  'early candidates stay in order when the host restarts': [
    'E1 comes',
    'A1 calls E G',
    '&30 E1 accepts',
    'A1 is slow 40',
    'E1 negotiates early',
    '& restart c1',
    'A1 negotiates',
    'A1 drops',
  ],
  'a posted offer rings once, though the welcome was lost': ['Ao comes', 'B1 offers A', '&18 B1 drops'],
};

describe('a schedule that broke a promise once', () => {
  test.each(Object.entries(REPLAYS))('breaks none now: %s', (_, script) => {
    expect(complaint(script)).toBeUndefined();
  });
});
