import { describe, expect, test } from 'vitest';
import type { KeptOutbox, Outbox, Posted } from '../../party/outbox.ts';
import {
  drop,
  due,
  durable,
  EMPTY_OUTBOX,
  isEmpty,
  isFull,
  itemsIn,
  post,
  QUEUE_LIMIT,
  restart,
  retry,
  takeAnswer,
  withdraw,
} from '../../party/outbox.ts';
import { BATCH_LIMIT, LATER } from '../../party/wire/batch.ts';
import type { ToInbox } from '../../party/wire/messages.ts';

const anna = { party: 'inbox', id: 'anna' } as const;
const boris = { party: 'inbox', id: 'boris' } as const;
const stop = (call: string): ToInbox => ({ type: 'stop', call, reason: 'missed' });
const done = { outcome: 'done' };

const put = (
  outbox: Outbox,
  to: typeof anna | typeof boris | 'worker',
  call: string,
  more: { durable?: boolean; until?: number; size?: number } = {},
) => {
  const { durable = true, until = null, size = 0 } = more;
  return post(outbox, { to, message: stop(call), durable, until, size });
};

/** Posts several messages, one after the other. */
const putAll = (calls: readonly string[], more: Parameters<typeof put>[3] = {}): Outbox =>
  calls.reduce((outbox, call) => put(outbox, anna, call, more).outbox, EMPTY_OUTBOX);

const callOf = (message: object): string => ('call' in message ? String(message.call) : '?');

/** The calls that are told, request by request. */
const sent = ({ effects }: Posted): string[] =>
  effects.map((effect) => {
    if (effect.type !== 'post') return effect.type;
    const { message } = effect;
    return message.type === 'batch' ? message.messages.map(callOf).join('+') : callOf(message);
  });

const waiting = (outbox: Outbox): string[] => itemsIn(outbox).map(({ message }) => callOf(message));

const numbers = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${index + 1}`);

describe('an outbox', () => {
  test('[C16] a message goes at once, and what waits for its target goes with the answer', () => {
    const first = put(EMPTY_OUTBOX, anna, 'a');
    const second = put(first.outbox, anna, 'b');
    const third = put(second.outbox, boris, 'c');
    const fourth = put(third.outbox, anna, 'd');
    expect([first, second, third, fourth].map(sent)).toEqual([['a'], [], ['c'], []]);
    const after = takeAnswer(fourth.outbox, { n: 1, answer: done }, 0);
    expect(sent(after)).toEqual(['b+d']);
    expect(after.outcomes).toMatchObject([{ item: { message: stop('a') }, over: true }]);
    expect(takeAnswer(after.outbox, { n: 1, answer: done }, 0)).toMatchObject({
      outcomes: [],
      effects: [],
    });
    const last = takeAnswer(
      after.outbox,
      { n: 2, answer: { answers: [done, { outcome: 'busy' }] } },
      0,
    );
    expect(last.outcomes.map(({ answer }) => answer)).toEqual([done, { outcome: 'busy' }]);
    expect(waiting(last.outbox)).toEqual(['c']);
  });

  test('the Worker is told one thing at a time', () => {
    let { outbox } = put(EMPTY_OUTBOX, 'worker', 'a');
    for (const call of ['b', 'c']) ({ outbox } = put(outbox, 'worker', call));
    expect(sent(takeAnswer(outbox, { n: 1, answer: done }, 0))).toEqual(['b']);
  });

  test('[C16] a request brings no more than a room takes', () => {
    const outbox = putAll(numbers(BATCH_LIMIT + 3));
    const [batch] = takeAnswer(outbox, { n: 1, answer: done }, 0).effects;
    expect(batch).toMatchObject({ message: { messages: { length: BATCH_LIMIT } } });
    const long = putAll(['a', 'b', 'c', 'd', 'e'], { size: 100_000 });
    const next = takeAnswer(long, { n: 1, answer: done }, 0);
    expect(sent(next)).toEqual(['b+c']);
    expect(sent(takeAnswer(next.outbox, { n: 2, answer: { answers: [done, done] } }, 0))).toEqual([
      'd+e',
    ]);
    const tooLong = putAll(['a', 'b', 'c'], { size: 300_000 });
    expect(sent(takeAnswer(tooLong, { n: 1, answer: done }, 0))).toEqual(['b']);
  });

  test('[C16] one target has a bounded queue, except for what has to be told', () => {
    let outbox = putAll(numbers(QUEUE_LIMIT), { durable: false });
    expect([isFull(outbox, anna), isFull(outbox, boris)]).toEqual([true, false]);
    const over = put(outbox, anna, 'one more', { durable: false });
    expect(over).toEqual({ outbox, effects: [] });
    ({ outbox } = put(outbox, anna, 'the end'));
    expect(itemsIn(outbox)).toHaveLength(QUEUE_LIMIT + 1);
    ({ outbox } = takeAnswer(outbox, { n: 1, answer: done }, 0));
    expect(isFull(outbox, anna)).toBe(false);
    const long = putAll(['a', 'b', 'c', 'd', 'e', 'f', 'g'], { durable: false, size: 250_000 });
    expect(waiting(long)).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  test('[C16] what waits can be withdrawn, what is under way cannot', () => {
    const outbox = putAll(['a', 'b', 'c']);
    const untouched = withdraw(outbox, 1);
    expect([waiting(untouched.outbox), sent(untouched)]).toEqual([['a', 'b', 'c'], []]);
    // Nobody wants this message any more, so one try is enough.
    expect(waiting(takeAnswer(untouched.outbox, { n: 1, answer: undefined }, 0).outbox)).toEqual([
      'b',
      'c',
    ]);
    const without = withdraw(outbox, 2);
    expect([waiting(without.outbox), sent(without)]).toEqual([['a', 'c'], []]);
    const failed = takeAnswer(without.outbox, { n: 1, answer: undefined }, 0);
    const after = withdraw(failed.outbox, 1);
    expect([waiting(after.outbox), sent(after)]).toEqual([['c'], ['c']]);
    expect(withdraw(after.outbox, 1)).toEqual({ outbox: after.outbox, effects: [] });
  });

  test('[C16] what is of no use any more is dropped, and the rest goes on', () => {
    const outbox = putAll(['a', 'b', 'c', 'd', 'e']);
    const isUseless = ({ message }: { message: object }) => 'abd'.includes(callOf(message));
    const dropped = drop(outbox, anna, isUseless);
    expect([waiting(dropped.outbox), sent(dropped)]).toEqual([['a', 'c', 'e'], []]);
    expect(sent(takeAnswer(dropped.outbox, { n: 1, answer: undefined }, 0))).toEqual(['c+e']);
    const batch = takeAnswer(outbox, { n: 1, answer: done }, 0).outbox;
    const failed = takeAnswer(batch, { n: 2, answer: undefined }, 0).outbox;
    const later = drop(failed, anna, isUseless);
    expect([waiting(later.outbox), sent(later), due(later.outbox)]).toEqual([['c', 'e'], [], 250]);
    expect(sent(retry(later.outbox, 250))).toEqual(['c+e']);
    expect(drop(later.outbox, boris, () => true)).toEqual({ outbox: later.outbox, effects: [] });
  });

  test('[C16] what was not answered is retried in order, each time after twice as long', () => {
    let outbox = putAll(['a', 'b']);
    const waits: number[] = [];
    let now = 0;
    for (let i = 0; i < 13; i++) {
      const failed = takeAnswer(outbox, { n: 1, answer: undefined }, now);
      expect([sent(failed), failed.outcomes.map(({ over }) => over)]).toEqual([
        [],
        i === 0 ? [false] : [false, false],
      ]);
      const at = due(failed.outbox) ?? 0;
      waits.push(at - now);
      expect(sent(retry(failed.outbox, at - 1))).toEqual([]);
      const again = retry(failed.outbox, at);
      expect(sent(again)).toEqual(['a+b']);
      // A message that is under way is not sent a second time.
      expect([due(again.outbox), sent(retry(again.outbox, at + 1))]).toEqual([undefined, []]);
      ({ outbox } = again);
      now = at;
    }
    expect(waits.slice(0, 4)).toEqual([250, 500, 1_000, 2_000]);
    expect(waits.slice(-2)).toEqual([300_000, 300_000]);
    expect(
      isEmpty(takeAnswer(outbox, { n: 1, answer: { answers: [done, done] } }, now).outbox),
    ).toBe(true);
  });

  test('[C16] of several only those without an answer, or to be told later, are retried', () => {
    const { outbox } = takeAnswer(putAll(['a', 'b', 'c', 'd', 'e']), { n: 1, answer: done }, 0);
    const some = takeAnswer(
      outbox,
      { n: 2, answer: { answers: [done, null, LATER, done] } },
      1_000,
    );
    expect(some.outcomes.map(({ over }) => over)).toEqual([true, false, false, true]);
    expect([waiting(some.outbox), sent(some), due(some.outbox)]).toEqual([['c', 'd'], [], 1_250]);
    const { outbox: more } = put(some.outbox, anna, 'f');
    expect(sent(retry(more, 1_250))).toEqual(['c+d+f']);
  });

  test.each([undefined, {}, { answers: 1 }, { answers: [] }, done])(
    '%j is no answer to several',
    (answer) => {
      const { outbox } = takeAnswer(putAll(['a', 'b', 'c']), { n: 1, answer: done }, 0);
      expect(waiting(takeAnswer(outbox, { n: 2, answer: answer }, 0).outbox)).toEqual(['b', 'c']);
    },
  );

  test('[C16] what would come too late is given up, and what follows goes on', () => {
    let { outbox } = put(EMPTY_OUTBOX, anna, 'a', { until: 251 });
    ({ outbox } = put(outbox, anna, 'b'));
    const once = takeAnswer(outbox, { n: 1, answer: undefined }, 0);
    expect(once.outcomes).toMatchObject([{ over: false }]);
    const twice = takeAnswer(retry(once.outbox, 250).outbox, { n: 1, answer: undefined }, 250);
    expect(twice.outcomes).toMatchObject([{ over: true, answer: undefined }, { over: false }]);
    expect([waiting(twice.outbox), sent(twice)]).toEqual([['b'], []]);
  });

  test('[C16] what is durable outlives the host, and is sent once more, in order', () => {
    let { outbox } = put(EMPTY_OUTBOX, anna, 'a', { durable: false });
    for (const call of ['b', 'c']) ({ outbox } = put(outbox, anna, call));
    ({ outbox } = put(outbox, boris, 'd'));
    const back = restart(JSON.parse(JSON.stringify(durable(outbox))));
    expect(sent(back)).toEqual(['b+c', 'd']);
    const after = takeAnswer(back.outbox, { n: 2, answer: { answers: [done, done] } }, 0).outbox;
    // No number is used twice.
    const [effect] = put(takeAnswer(after, { n: 4, answer: done }, 0).outbox, boris, 'e').effects;
    expect(effect).toMatchObject({ n: 5 });
  });

  test('an outbox counts the changes of what outlives its host', () => {
    const steps: Outbox[] = [put(EMPTY_OUTBOX, anna, 'a', { durable: false }).outbox];
    const next = (outbox: Outbox) => steps.push(outbox);
    next(put(steps.at(-1) ?? EMPTY_OUTBOX, anna, 'b').outbox);
    next(takeAnswer(steps.at(-1) ?? EMPTY_OUTBOX, { n: 1, answer: done }, 0).outbox);
    next(takeAnswer(steps.at(-1) ?? EMPTY_OUTBOX, { n: 2, answer: undefined }, 0).outbox);
    next(withdraw(steps.at(-1) ?? EMPTY_OUTBOX, 2).outbox);
    expect(steps.map(({ changes }) => changes)).toEqual([0, 1, 1, 1, 2]);
  });

  test('an outbox reads what was written before there were batches', () => {
    const written: KeptOutbox = JSON.parse(`{"next":4,"items":[
      {"n":1,"to":{"party":"inbox","id":"anna"},
        "message":{"type":"stop","call":"a","reason":"lost"},
        "durable":true,"until":null,"tries":3,"at":12345},
      {"n":3,"to":{"party":"inbox","id":"anna"},
        "message":{"type":"stop","call":"b","reason":"lost"},
        "durable":true,"until":99,"tries":0,"at":null}]}`);
    const back = restart(written);
    expect([sent(back), due(back.outbox)]).toEqual([['a+b'], undefined]);
  });
});

describe('what a step of an outbox costs', () => {
  /** How many messages are read for one post and one answer while so many wait for others. */
  const looksOf = (others: number): number => {
    let looks = 0;
    const counted = (message: ToInbox): ToInbox =>
      new Proxy(message, {
        get: (target, name) => {
          looks++;
          return Reflect.get(target, name);
        },
      });
    let outbox = EMPTY_OUTBOX;
    const letter = { to: anna, durable: false, until: null };
    for (const call of numbers(others))
      ({ outbox } = post(outbox, { ...letter, message: counted(stop(call)) }));
    looks = 0;
    const { outbox: after } = post(outbox, { ...letter, to: boris, message: stop('x') });
    takeAnswer(after, { n: after.next - 1, answer: done }, 0);
    return looks;
  };

  test('[C17] the cost does not grow with what waits', () => {
    expect(looksOf(QUEUE_LIMIT)).toBe(looksOf(1));
  });
});
