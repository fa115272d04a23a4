import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Inbox, profile } from './inbox.ts';

/** A call's room as far as it asks the two inboxes, step by step; each step may come twice. */
class Calling {
  outcome: unknown;
  readonly call: string;
  readonly #caller: Inbox;
  readonly #callee: Inbox;
  #next: 'dial' | 'ring' | 'withdraw' | 'end' = 'dial';

  constructor(call: string, caller: Inbox, callee: Inbox) {
    this.call = call;
    this.#caller = caller;
    this.#callee = callee;
  }

  get isOver() {
    return this.#next === 'end';
  }

  step(twice: boolean): void {
    if (this.isOver) return;
    const answer = this.#take();
    if (twice) expect(this.#take()).toEqual(answer);
    this.#follow(answer);
  }

  #take(): unknown {
    switch (this.#next) {
      case 'dial':
        return this.#caller.dial(this.call, { to: [this.#callee.user] });
      case 'ring':
        return this.#callee.ring(this.call, { from: profile(this.#caller.user) });
      case 'withdraw':
        // The room of a call tells everybody in it.
        this.#callee.stop(this.call);
        return this.#caller.stop(this.call);
      case 'end':
        return undefined;
    }
  }

  #follow(answer: unknown): void {
    const isOk =
      typeof answer === 'object' &&
      answer !== null &&
      'outcome' in answer &&
      answer.outcome === 'ok';
    if (this.#next === 'dial' || this.#next === 'ring') this.outcome = answer;
    if (this.#next === 'dial' && isOk) this.#next = 'ring';
    else if (this.#next === 'withdraw' || isOk) this.#next = 'end';
    else this.#next = 'withdraw';
  }
}

describe('two users who call each other at the same moment', () => {
  test.each([
    ['alice', 'bob'],
    ['bob', 'alice'],
    ['Zoe', 'adam'],
    ['__proto__', 'constructor'],
  ])('[C7] both end up in one call, however the inboxes are asked: %s and %s', (one, two) => {
    const schedule = fc.array(fc.record({ first: fc.boolean(), twice: fc.boolean() }), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(schedule, (steps) => {
        const [a, b] = [new Inbox(one).device('a'), new Inbox(two).device('b')];
        const calls = [new Calling('from one', a, b), new Calling('from two', b, a)] as const;
        for (const { first, twice } of steps) calls[first ? 0 : 1].step(twice);
        for (const call of calls) while (!call.isOver) call.step(false);
        const winners = calls.filter(
          ({ outcome }) => (outcome as { outcome: string }).outcome === 'ok',
        );
        const losers = calls.filter((call) => !winners.includes(call));
        expect(winners).toHaveLength(1);
        expect(losers[0]?.outcome).toEqual({ outcome: 'instead', call: winners[0]?.call });
        const alive = [a, b].map(({ state }) =>
          state.calls.filter((entry) => entry.state !== 'over'),
        );
        expect(alive.map((entries) => entries.map(({ call }) => call))).toEqual([
          [winners[0]?.call],
          [winners[0]?.call],
        ]);
      }),
      { numRuns: 200 },
    );
  });

  test('[C7] the call with the smaller id wins when both dial before either rings', () => {
    const [a, b] = [new Inbox('alice'), new Inbox('bob')];
    a.dial('of alice', { to: ['bob'] });
    b.dial('of bob', { to: ['alice'] });
    expect(a.ring('of bob', { from: profile('bob') })).toEqual({
      outcome: 'instead',
      call: 'of alice',
    });
    expect(b.ring('of alice', { from: profile('alice') })).toEqual({
      outcome: 'ok',
      devices: 0,
      old: false,
    });
  });
});
