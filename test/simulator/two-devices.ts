import fc from 'fast-check';
import { step } from './arbitraries.ts';

/** Who is there, and who calls whom: two users with two devices each, one of them maybe legacy. */
const casts = fc.constantFrom(
  ['A1 offers B'],
  ['A1 calls B', '& A1 negotiates early'],
  ['Ao comes', 'Ao calls B'],
  ['Bo comes', 'A1 offers B'],
);

/** How far the call has come when the schedule begins. */
const stages = fc.constantFrom(
  [],
  ['&30 B1 prepares'],
  ['&30 B1 prepares', '& B2 prepares'],
  ['&30 B1 accepts'],
  ['&30 B2 accepts', 'B1 moves'],
  ['&30 B1 accepts', 'A2 moves', '& B2 moves'],
  ['&30 B1 prepares', '&20 B1 accepts'],
  ['&30 B1 prepares', '& B2 accepts'],
  ['&30 Bo accepts'],
);

const deed = fc
  .tuple(
    fc.constantFrom('A1', 'A2', 'B1', 'B2'),
    fc.oneof(
      { weight: 6, arbitrary: fc.constant('moves') },
      { weight: 3, arbitrary: fc.constantFrom('prepares', 'accepts') },
      { weight: 3, arbitrary: fc.constantFrom('negotiates', 'negotiates early', 'trickles') },
      { weight: 2, arbitrary: fc.constantFrom('reloads', 'drops', 'stalls', 'loses call') },
      { weight: 1, arbitrary: fc.constantFrom('doubles', 'swaps', 'skips', 'is slow 40') },
      { weight: 1, arbitrary: fc.constantFrom('vanishes', 'goes', 'comes', 'crashes') },
    ),
  )
  .map((words) => words.join(' '));

const event = fc.oneof(
  { weight: 16, arbitrary: deed },
  { weight: 2, arbitrary: fc.constantFrom('restart c1', 'delay active 500', 'double active 6000') },
  { weight: 1, arbitrary: fc.constantFrom('A1', 'B1', 'Ao', 'Bo').map((who) => `${who} hangs up`) },
  { weight: 1, arbitrary: fc.constantFrom('A1', 'B1', 'B2').map((who) => `${who} is revoked`) },
  { weight: 2, arbitrary: step },
);

/**
 * Scripts of a call between two with two devices each: which prepare their answers while it rings,
 * and move the call to and fro [C48, C51].
 */
export const twoDevicesScript = fc
  .tuple(
    casts,
    stages,
    fc.array(
      fc
        .tuple(fc.constantFrom('', '& ', '& ', '&1 ', '&3 ', '&9 '), event)
        .map(([when, what]) => `${when}${what}`),
      { maxLength: 16, size: 'max' },
    ),
  )
  .map(([cast, stage, events]) => [
    ...['A1', 'A2', 'B1', 'B2'].map((name) => `${name} comes`),
    ...cast,
    ...stage,
    ...events,
  ]);
