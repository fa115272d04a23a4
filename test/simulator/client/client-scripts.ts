import fc from 'fast-check';

const pair = fc.constantFrom('A1', 'A1', 'A1', 'B1', 'B1', 'B1', 'A2', 'B2');
const ms = fc.constantFrom(500, 2_500, 5_000, 14_000, 19_000, 25_000, 40_000);

const trouble = fc.oneof(
  { weight: 3, arbitrary: fc.constant('drops') },
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.constantFrom('loses', 'misses', 'travels', 'sleeps'), ms)
      .map((words) => words.join(' ')),
  },
  { weight: 2, arbitrary: fc.constant('changes') },
  { weight: 3, arbitrary: fc.constant('reloads') },
  { weight: 4, arbitrary: fc.constant('adds') },
  { weight: 1, arbitrary: fc.constantFrom('is slow 40', 'is slow 400', 'is slow 4') },
);
const deed = fc.oneof(
  { weight: 4, arbitrary: trouble },
  { weight: 2, arbitrary: fc.constantFrom('accepts', 'takes over', 'prepares', 'comes') },
  { weight: 1, arbitrary: fc.constant('hangs up') },
);
const server = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('restart c1', 'restart c1', 'restart c2', 'restart B') },
  { weight: 2, arbitrary: fc.constant('lose answer') },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom('lose', 'refuse', 'deafen'), fc.constantFrom('create', 'permit'))
      .map((words) => words.join(' ')),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom('delay', 'double'), fc.constantFrom('create', 'permit', 'ring'), ms)
      .map((words) => words.join(' ')),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom(300, 2_000, 9_000, 21_000, 47_000).map((time) => `wait ${time}`),
  },
);
const when = fc.constantFrom('', '', '', '& ', '&1 ', '&3 ', '&9 ', '&40 ', '&300 ');
const of = (who: fc.Arbitrary<string>, what: fc.Arbitrary<string>) =>
  fc.tuple(who, what).map((words) => words.join(' '));
const timed = (step: fc.Arbitrary<string>) => fc.tuple(when, step).map((words) => words.join(''));

/** Scripts of two who call each other, with two devices each. */
export const clientScript = fc
  .record({
    second: fc.subarray(['A2 comes', 'B2 comes']),
    prepares: fc.subarray(['B1 prepares', 'B2 prepares']),
    before: fc.array(timed(fc.oneof(server, of(pair, trouble))), { maxLength: 2 }),
    takes: fc.constantFrom('B1 accepts', 'B1 accepts', 'B1 accepts', 'B2 accepts', 'B1 hangs up'),
    steps: fc.array(
      timed(
        fc.oneof(
          { weight: 5, arbitrary: of(pair, deed) },
          { weight: 2, arbitrary: server },
          { weight: 1, arbitrary: fc.constantFrom('A1 calls B', 'B1 calls A', 'A2 calls B') },
        ),
      ),
      { maxLength: 10, size: 'max' },
    ),
  })
  .map(({ second, prepares, before, takes, steps }) => [
    'A1 comes',
    'B1 comes',
    ...second,
    ...prepares,
    ...before,
    'A1 calls B',
    takes,
    ...steps,
  ]);

/** Scripts of two who dial each other at the same moment. */
export const crossingScript = fc
  .tuple(fc.nat(14), fc.array(timed(fc.oneof(server, of(pair, deed))), { maxLength: 5 }))
  .map(([gap, steps]) => ['A1 comes', 'B1 comes', 'A1 calls B', `&${gap} B1 calls A`, ...steps]);

const many = fc.constantFrom('A1', 'B1', 'C1', 'D1');
const invites = fc
  .tuple(fc.constantFrom('A1', 'B1', 'C1'), fc.constantFrom('A', 'B', 'C', 'C', 'D'))
  .map(([by, whom]) => `${by} invites ${whom}`);
const faultOfInvite = fc
  .tuple(fc.constantFrom('delay', 'double', 'lose'), fc.constantFrom('invite', 'ring', 'stop'), ms)
  .map((words) => words.join(' '));

/** Scripts of two who talk, and invite two others, who come and go. */
export const invitingScript = fc
  .array(
    timed(
      fc.oneof(
        { weight: 4, arbitrary: of(many, deed) },
        { weight: 4, arbitrary: invites },
        { weight: 2, arbitrary: fc.constantFrom('C1 accepts', 'D1 accepts', 'C1 hangs up') },
        { weight: 1, arbitrary: fc.constantFrom('C1 calls A', 'C1 calls A B', 'D1 calls C') },
        { weight: 1, arbitrary: faultOfInvite },
        { weight: 1, arbitrary: server },
      ),
    ),
    { maxLength: 12, size: 'max' },
  )
  .map((steps) => [
    'A1 comes',
    'B1 comes',
    'C1 comes',
    'D1 comes',
    'A1 calls B',
    '&40 B1 accepts',
    'A1 invites C',
    ...steps,
  ]);

/** Scripts of a group of four. */
export const groupOfFourScript = fc
  .array(
    timed(fc.oneof({ weight: 4, arbitrary: of(many, deed) }, { weight: 1, arbitrary: server })),
    { maxLength: 8, size: 'max' },
  )
  .map((steps) => [
    'B1 comes',
    'C1 comes',
    'D1 comes',
    'A1 calls B C D',
    '&40 B1 accepts',
    '&9 C1 accepts',
    'D1 accepts',
    ...steps,
  ]);
