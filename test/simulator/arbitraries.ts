import fc from 'fast-check';
import { DEVICES } from './world.ts';

/**
 * What a hostile client sends to a call and to its inbox: all of it is JSON, some of it a frame.
 */
const user = fc.constantFrom('A', 'B', 'C', 'X', '__proto__', 'constructor', 'toString', '');
const seq = fc.constantFrom(1, 2, 3, 7, 64, 1_000_000_000, 0, -1, 1.5);
const signal = fc.oneof(
  fc.record({
    kind: fc.constantFrom('offer', 'answer'),
    sdp: fc.constantFrom('', 'v=0', 'x'.repeat(500)),
  }),
  fc.record({
    kind: fc.constant('candidate'),
    candidate: fc.constantFrom(null, { candidate: '' }, { candidate: 'x' }),
  }),
);
const seen = fc.dictionary(user, fc.record({ epoch: seq, seq }), { maxKeys: 3 });
const hostileCallFrame = fc.oneof(
  fc.record({ type: fc.constantFrom('accept', 'decline', 'hangup', 'move', 'ping', 'welcome') }),
  fc.record({
    type: fc.constant('hello'),
    version: fc.constantFrom(1, 2),
    resume: fc.record({ seen, acked: seq }),
    early: fc.boolean(),
  }),
  fc.record({ type: fc.constant('signal'), seq, to: user, signal }),
  fc.record({ type: fc.constant('signal'), seq, signal }),
  fc.record({ type: fc.constant('ack'), seen }),
  fc.json({ maxDepth: 2 }).map((text): unknown => JSON.parse(text)),
);
const hostileInboxFrame = fc.oneof(
  fc.record({
    type: fc.constantFrom('hello', 'decline', 'hangup'),
    version: fc.constantFrom(1, 2),
    call: user,
  }),
  fc.record({ type: fc.constantFrom('decline', 'hangup'), call: fc.constantFrom('c1', 'c2') }),
  fc.record({
    event: fc.constantFrom('call:offer', 'call:answer', 'call:ice', 'call:hangup', 'ping'),
    payload: fc.record({
      userId: user,
      sdp: fc.constantFrom(1, 'v=0', null),
      candidate: fc.constantFrom({}, null, 'x'),
    }),
  }),
  fc.json({ maxDepth: 2 }).map((text): unknown => JSON.parse(text)),
);

/** Mostly two users, so that they meet more often. */
const device = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom('A1', 'B1') },
  { weight: 3, arbitrary: fc.constantFrom('A2', 'Ao', 'B2', 'Bo') },
  { weight: 2, arbitrary: fc.constantFrom('C1', 'Co', 'D1') },
);
const callee = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom('A', 'B') },
  { weight: 1, arbitrary: fc.constantFrom('C', 'D') },
);
const call = fc.constantFrom('c1', 'c1', 'c1', 'c2', 'c3');
const message = fc.constantFrom(
  ...[
    'create',
    'permit',
    'act',
    'dial',
    'ring',
    'active',
    'stop',
    'signal',
    'record',
    'call',
    'revoked',
  ],
);
const target = fc.constantFrom('A', 'B', 'C', 'c1', 'c1', 'c2', 'worker');
const ms = fc.constantFrom(0, 3, 40, 500, 3_000, 6_000, 20_000);

const deed = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .constantFrom('calls', 'offers')
      .chain((how) => callee.map((to) => `${how} ${to}`)),
  },
  {
    weight: 1,
    arbitrary: fc
      .subarray(['A', 'B', 'C', 'D'], { minLength: 2 })
      .map((to) => `calls ${to.join(' ')}`),
  },
  { weight: 8, arbitrary: fc.constantFrom('accepts', 'accepts', 'accepts', 'accepts last') },
  { weight: 6, arbitrary: fc.constantFrom('prepares', 'moves') },
  { weight: 4, arbitrary: fc.constantFrom('declines', 'refuses', 'hangs up', 'hangs up') },
  {
    weight: 6,
    arbitrary: fc.constantFrom(
      'drops',
      'stalls',
      'loses call',
      'loses inbox',
      'reloads',
      'reloads',
    ),
  },
  { weight: 3, arbitrary: fc.constantFrom('comes', 'goes', 'vanishes', 'rejoins', 'rejoins') },
  {
    weight: 5,
    arbitrary: fc.constantFrom(
      'negotiates',
      'negotiates early',
      'trickles',
      'doubles',
      'swaps',
      'skips',
    ),
  },
  { weight: 4, arbitrary: fc.constantFrom('crashes', 'takes over', 'takes over', 'ends other') },
  { weight: 1, arbitrary: fc.constantFrom('is slow 40', 'is slow 400', 'is revoked') },
);
const hostile = fc.oneof(
  fc.tuple(device, hostileCallFrame).map(([who, frame]) => `${who} says ${JSON.stringify(frame)}`),
  fc
    .tuple(device, hostileInboxFrame)
    .map(([who, frame]) => `${who} tells ${JSON.stringify(frame)}`),
);
/** One step of a script. */
export const step = fc.oneof(
  { weight: 40, arbitrary: fc.tuple(device, deed).map(([who, what]) => `${who} ${what}`) },
  {
    weight: 4,
    arbitrary: fc
      .tuple(fc.constantFrom('lose', 'refuse', 'deafen'), message)
      .map((words) => words.join(' ')),
  },
  {
    weight: 4,
    arbitrary: fc
      .tuple(fc.constantFrom('delay', 'double'), message, ms)
      .map((words) => words.join(' ')),
  },
  {
    weight: 3,
    arbitrary: fc.oneof(call, fc.constantFrom('A', 'B', 'C')).map((name) => `restart ${name}`),
  },
  { weight: 1, arbitrary: fc.constantFrom('A', 'B', 'C').map((name) => `sleep ${name}`) },
  { weight: 1, arbitrary: call.map((name) => `intrude ${name}`) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(target, fc.constantFrom(300, 8_000, 70_000))
      .map(([to, time]) => `cut ${to} ${time}`),
  },
  {
    weight: 4,
    arbitrary: fc
      .constantFrom(300, 1_000, 5_000, 19_000, 26_000, 46_000, 95_000)
      .map((time) => `wait ${time}`),
  },
);
const timed = fc
  .tuple(fc.constantFrom('', '', '', '& ', '&1 ', '&2 ', '&4 ', '&9 ', '&400 '), step)
  .map(([when, what]) => `${when}${what}`);

const cast = fc
  .subarray(DEVICES.slice(0, 9), { minLength: 1 })
  .map((names) => names.map((name) => `${name} comes`));

/** Scripts: who is there, and what happens. */
export const script = fc
  .tuple(cast, fc.array(timed, { maxLength: 24, size: 'max' }))
  .map(([names, steps]) => [...names, ...steps]);

/**
 * Scripts with clients that break the protocol. What is said to and by them may be lost, but they
 * must not harm others.
 */
export const hostileScript = fc
  .tuple(
    cast,
    fc.array(fc.oneof({ weight: 3, arbitrary: timed }, { weight: 1, arbitrary: hostile }), {
      maxLength: 24,
      size: 'max',
    }),
  )
  .map(([names, steps]) => [...names, ...steps]);

/** Scripts of a group call: who is called, and what happens. */
export const groupScript = fc
  .tuple(
    fc.subarray(['B', 'C', 'D', 'E', 'F', 'G', 'H'], { minLength: 2 }),
    fc.array(
      fc
        .tuple(
          fc.constantFrom('', '', '& ', '&2 ', '&5 '),
          fc.oneof(
            {
              weight: 8,
              arbitrary: fc
                .tuple(fc.constantFrom(...'ABCDEFGH'), deed)
                .map(([who, what]) => `${who}1 ${what}`),
            },
            { weight: 1, arbitrary: fc.constantFrom('A2 moves', 'B2 moves', 'B2 prepares') },
            { weight: 1, arbitrary: step },
          ),
        )
        .map(([when, what]) => `${when}${what}`),
      { maxLength: 24, size: 'max' },
    ),
  )
  .map(([users, steps]) => [
    ...users.map((name) => `${name}1 comes`),
    `A1 calls ${users.join(' ')}`,
    ...users.slice(0, -1).map((name) => `&30 ${name}1 accepts`),
    ...steps,
  ]);

/**
 * Scripts of two who dial each other on a slow network that loses answers, but not for longer than
 * a caller waits.
 */
export const glareScript = fc
  .record({
    one: fc.constantFrom('A1', 'Ao'),
    other: fc.constantFrom('B1', 'Bo'),
    how: fc.constantFrom('calls', 'offers'),
    isFirst: fc.boolean(),
    gap: fc.nat(14),
    others: fc.subarray(['A2 comes', 'B2 comes', 'A1 is slow 40', 'Bo is slow 9', 'B1 is slow 13']),
    faults: fc.array(
      fc
        .tuple(
          fc.constantFrom('delay', 'double'),
          fc.constantFrom('create', 'dial', 'ring', 'call'),
          fc.nat(900),
        )
        .map((words) => `& ${words.join(' ')}`),
      { maxLength: 3 },
    ),
  })
  .map(({ one, other, how, isFirst, gap, others, faults }) => {
    const [first, then] = isFirst
      ? [`${one} ${how} B`, `${other} calls A`]
      : [`${other} ${how} A`, `${one} calls B`];
    return [
      `${one} comes`,
      `${other} comes`,
      ...others,
      'wait 100',
      ...faults,
      first,
      `&${gap} ${then}`,
    ];
  });

/**
 * Scripts of a group of three: two or all of them call the others, or one calls whoever calls all.
 */
export const groupGlareScript = fc
  .record({
    callers: fc.shuffledSubarray(['A', 'B', 'C'], { minLength: 2 }),
    isPair: fc.boolean(),
    gaps: fc.array(fc.nat(14), { minLength: 3, maxLength: 3 }),
    slow: fc.subarray(['A1 is slow 40', 'B1 is slow 13', 'C1 is slow 9']),
    faults: fc.array(
      fc
        .tuple(
          fc.constantFrom('delay', 'double'),
          fc.constantFrom('create', 'dial', 'ring'),
          fc.nat(900),
        )
        .map((words) => `& ${words.join(' ')}`),
      { maxLength: 3 },
    ),
  })
  .map(({ callers, isPair, gaps, slow, faults }) => {
    const [first = 'A', second = 'B'] = callers;
    const others = (one: string) => ['A', 'B', 'C'].filter((user) => user !== one).join(' ');
    const calls = isPair
      ? [`${first}1 calls ${others(first)}`, `${second}1 calls ${first}`]
      : callers.map((one) => `${one}1 calls ${others(one)}`);
    const timed = calls.map((call, index) => `&${gaps[index]} ${call}`);
    return ['A1 comes', 'B1 comes', 'C1 comes', ...slow, 'wait 100', ...faults, ...timed];
  });
