import { describe, expect, test } from 'vitest';
import type { Outbox, Posted } from '../../../party/outbox.ts';
import { answered, due, durable, EMPTY_OUTBOX, post, restart, retry, withdraw } from '../../../party/outbox.ts';
import type { ToInbox } from '../../../src/contract/room-messages.ts';

const anna = { party: 'inbox', id: 'anna' } as const;
const boris = { party: 'inbox', id: 'boris' } as const;
const stop = (call: string): ToInbox => ({ type: 'stop', call, reason: 'missed' });

const put = (
  outbox: Outbox,
  to: typeof anna | typeof boris,
  call: string,
  more: { durable?: boolean; until?: number } = {},
) => post(outbox, { to, message: stop(call), durable: more.durable ?? true, until: more.until ?? null });

/** The numbers of what is sent. */
const sent = ({ effects }: Posted) => effects.map((effect) => (effect.type === 'post' ? effect.n : effect.type));

describe('an outbox', () => {
  test('sends at once, but to one target one after the other', () => {
    const first = put(EMPTY_OUTBOX, anna, 'a');
    const second = put(first.outbox, anna, 'b');
    const third = put(second.outbox, boris, 'c');
    expect([sent(first), sent(second), sent(third)]).toEqual([[1], [], [3]]);
    const after = answered(third.outbox, 1, true, 0);
    expect([sent(after), after.over, after.item?.message]).toEqual([[2], true, stop('a')]);
    expect(answered(after.outbox, 1, true, 0)).toMatchObject({ item: undefined, effects: [] });
  });

  test('takes back what waits, for its turn or to be tried again, and nothing that is under way', () => {
    const { outbox } = put(put(put(EMPTY_OUTBOX, anna, 'a').outbox, anna, 'b').outbox, anna, 'c');
    expect(withdraw(outbox, 1)).toEqual({ outbox, effects: [] });
    const numbers = (posted: Posted) => posted.outbox.items.map(({ n }) => n);
    const without = withdraw(outbox, 2);
    expect([numbers(without), sent(without)]).toEqual([[1, 3], []]);
    const failed = answered(without.outbox, 1, false, 0);
    const after = withdraw(failed.outbox, 1);
    expect([numbers(after), sent(after)]).toEqual([[3], [3]]);
    expect(withdraw(after.outbox, 1)).toEqual({ outbox: after.outbox, effects: [] });
  });

  test('tries again what was not answered, each time after twice as long, and keeps the order meanwhile', () => {
    let { outbox } = put(put(EMPTY_OUTBOX, anna, 'a').outbox, anna, 'b');
    const waits: number[] = [];
    let now = 0;
    for (let i = 0; i < 13; i++) {
      const failed = answered(outbox, 1, false, now);
      expect([sent(failed), failed.over]).toEqual([[], false]);
      const at = due(failed.outbox) ?? 0;
      waits.push(at - now);
      expect(sent(retry(failed.outbox, at - 1))).toEqual([]);
      const again = retry(failed.outbox, at);
      expect(sent(again)).toEqual([1]);
      // Under way, it is not sent a second time.
      expect([due(again.outbox), sent(retry(again.outbox, at + 1))]).toEqual([undefined, []]);
      ({ outbox } = again);
      now = at;
    }
    expect(waits.slice(0, 4)).toEqual([250, 500, 1_000, 2_000]);
    expect(waits.slice(-2)).toEqual([300_000, 300_000]);
    expect(sent(answered(outbox, 1, true, now))).toEqual([2]);
  });

  test('gives up what would come too late, and goes on with what follows', () => {
    const { outbox } = put(put(EMPTY_OUTBOX, anna, 'a', { until: 251 }).outbox, anna, 'b');
    const once = answered(outbox, 1, false, 0);
    expect(once.over).toBe(false);
    const twice = answered(retry(once.outbox, 250).outbox, 1, false, 250);
    expect([twice.over, sent(twice)]).toEqual([true, [2]]);
  });

  test('outlives its host in what is durable, and sends that once more, in order', () => {
    const first = put(EMPTY_OUTBOX, anna, 'a', { durable: false });
    const { outbox } = put(put(put(first.outbox, anna, 'b').outbox, anna, 'c').outbox, boris, 'd');
    const back = restart(JSON.parse(JSON.stringify(durable(outbox))));
    expect(sent(back)).toEqual([2, 4]);
    expect(sent(answered(back.outbox, 2, true, 0))).toEqual([3]);
    // No number is used twice.
    const all = answered(back.outbox, 4, true, 0).outbox;
    expect(sent(put(all, boris, 'e'))).toEqual([5]);
  });
});
