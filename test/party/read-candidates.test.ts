import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  readCandidatesToInbox,
  readCandidateToCall,
  readLegacyCandidate,
} from '../../party/read-candidates.ts';
import { ToCall, ToInbox } from '../../party/wire/messages.ts';
import { Signal } from '../../src/contract/sockets/call.ts';

const candidate = {
  candidate: 'candidate:1 1 udp 1 198.51.100.7 46154 typ host',
  sdpMid: '0',
  sdpMLineIndex: 0,
};
const signal = { kind: 'candidate', candidate, raw: { candidate, more: 1 } };
const act = { type: 'act', user: 'u', device: 'ws-1', action: { type: 'signal', seq: 7, signal } };
const told = {
  type: 'signal',
  call: 'c',
  from: 'u',
  video: true,
  device: 'ws-1',
  epoch: 1,
  seq: 7,
  signals: [signal, signal],
};

const odd = fc.oneof(
  fc.constantFrom(
    null,
    true,
    '',
    'x',
    0,
    -1,
    1,
    1.5,
    2 ** 53,
    [],
    {},
    candidate,
    signal,
    act,
    told,
  ),
  fc.jsonValue(),
);

/** JSON that differs in a place or two from what is right. */
const nearly = (right: unknown): fc.Arbitrary<unknown> => {
  if (typeof right !== 'object' || right === null)
    return fc.oneof({ weight: 9, arbitrary: fc.constant(right) }, odd);
  const whole = Array.isArray(right)
    ? fc.tuple(...right.map(nearly))
    : fc.record(
        Object.fromEntries(Object.entries(right).map(([name, value]) => [name, nearly(value)])),
        {
          requiredKeys: Object.keys(right).filter((name) => name === 'type'),
        },
      );
  return fc.oneof({ weight: 9, arbitrary: whole }, odd);
};
const object = (right: object) =>
  nearly(right).map((said): object => Object(JSON.parse(JSON.stringify(said ?? null))));

describe('messages that are read without the schema', () => {
  test('what rooms tell one another of candidates is read quickly', () => {
    expect(readCandidateToCall(act)).toEqual(ToCall.parse(act));
    expect(readCandidatesToInbox(told)).toEqual(ToInbox.parse(told));
    expect(readLegacyCandidate(candidate)).toEqual(Signal.parse({ kind: 'candidate', candidate }));
  });

  test('the quick reader says what the schema says, or nothing', () => {
    fc.assert(
      fc.property(object(act), object(told), (toCall, toInbox) => {
        const [one, other] = [readCandidateToCall(toCall), readCandidatesToInbox(toInbox)];
        if (one) expect(one).toStrictEqual(ToCall.parse(toCall));
        if (other) expect(other).toStrictEqual(ToInbox.parse(toInbox));
      }),
      { numRuns: 5_000 },
    );
  });

  test('[C37] a legacy candidate is read the same way, and what is none is not', () => {
    fc.assert(
      fc.property(nearly(candidate), (said) => {
        expect(readLegacyCandidate(said)).toEqual(
          Signal.safeParse({ kind: 'candidate', candidate: said }).data,
        );
      }),
      { numRuns: 2_000 },
    );
  });
});
