import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeCandidate } from '../../../party/call/room.ts';
import { CallClientFrame } from '../../../src/contract/sockets/call.ts';

const said = {
  candidate: 'candidate:1 1 udp 1 198.51.100.7 46154 typ host',
  sdpMid: '0',
  sdpMLineIndex: 0,
};
const frameOf = (candidate: unknown) => ({
  type: 'signal',
  seq: 1,
  signal: { kind: 'candidate', candidate },
});

/** Any JSON, more often than not something nearly right. */
const odd = fc.oneof(
  fc.constantFrom(
    null,
    true,
    '',
    'x',
    'x'.repeat(64),
    'x'.repeat(65),
    0,
    -0,
    1,
    -1,
    1.5,
    2 ** 53,
    [],
    {},
  ),
  fc.jsonValue(),
);
const mostly = <Value>(right: Value) => fc.oneof({ weight: 6, arbitrary: fc.constant(right) }, odd);
const record = (shape: Record<string, unknown>) =>
  fc.record(
    Object.fromEntries(Object.entries(shape).map(([name, value]) => [name, mostly(value)])),
    {
      requiredKeys: [],
    },
  );
const frames = fc
  .record(
    {
      type: mostly('signal'),
      seq: mostly(7),
      to: mostly('u1'),
      epoch: mostly(2),
      more: odd,
      signal: fc.oneof(
        odd,
        fc.record(
          {
            kind: mostly('candidate'),
            sdp: mostly('v=0'),
            candidate: fc.oneof(odd, record({ ...said, usernameFragment: 'abcd', more: 1 })),
          },
          { requiredKeys: [] },
        ),
      ),
    },
    { requiredKeys: [] },
  )
  // As it arrives over the wire.
  .map((frame): object => JSON.parse(JSON.stringify(frame)));

describe('frames that are read without the schema', () => {
  test.each([
    ['as browsers write it', frameOf(said)],
    ['with the end of candidates', frameOf({ ...said, candidate: '', usernameFragment: null })],
    ['with the text alone', frameOf({ candidate: said.candidate })],
    ['in a group call', { ...frameOf(said), to: 'u1' }],
    ['for an epoch', { ...frameOf(said), epoch: 2 }],
    ['with what nobody knows', { ...frameOf({ ...said, more: 1 }), more: 1 }],
  ])('%s', (_, frame) => {
    expect(decodeCandidate(frame)).toEqual(CallClientFrame.parse(frame));
  });

  test('the quick reader says what the schema says, or nothing', () => {
    fc.assert(
      fc.property(frames, (frame) => {
        const read = decodeCandidate(frame);
        if (read === undefined) return;
        expect(read).toStrictEqual(CallClientFrame.parse(frame));
        expect(JSON.stringify(read)).toBe(JSON.stringify(CallClientFrame.parse(frame)));
      }),
      { numRuns: 5_000 },
    );
  });
});
