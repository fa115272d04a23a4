import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Inbox, profile } from './inbox.ts';

const ok = { outcome: 'ok' };
const nobody = { outcome: 'ok', devices: 0, old: false };
const busy = { outcome: 'busy' };
const instead = (call: string) => ({ outcome: 'instead', call });

type People = Readonly<Record<string, Inbox>>;

/** A call's room as far as it asks inboxes, one step after the other; each step may come twice. */
class Calling {
  readonly call: string;
  readonly to: readonly string[];
  /** The call that this one gave way to. */
  insteadOf: string | undefined;
  readonly #people: People;
  readonly #caller: string;
  #steps: (() => unknown)[];

  constructor(people: People, caller: string, to: readonly string[]) {
    this.call = `of ${caller}`;
    this.to = to;
    this.#people = people;
    this.#caller = caller;
    this.#steps = [
      () => this.#inbox(caller).dial(this.call, { to: [...to] }),
      ...to.map((user) => () => this.#ring(user)),
    ];
  }

  get isOver() {
    return this.#steps.length === 0;
  }

  step(twice: boolean): void {
    const step = this.#steps.shift();
    const answer = step?.();
    if (twice && step) expect(step()).toEqual(answer);
    const call = typeof answer === 'object' && answer && 'call' in answer ? answer.call : undefined;
    if (typeof call !== 'string') return;
    this.insteadOf = call;
    this.#steps = [this.#caller, ...this.to].map((user) => () => this.#inbox(user).stop(this.call));
  }

  #inbox(user: string): Inbox {
    const inbox = this.#people[user];
    if (!inbox) throw new Error(`There is no ${user}`);
    return inbox;
  }

  #ring(user: string) {
    const { call, to } = this;
    const [from, group] = [profile(this.#caller), to.length > 1];
    return this.#inbox(user).ring(call, { from, group, to: [...to] });
  }
}

const NAMES = ['alice', 'bob', 'carol'];
const people = (): People =>
  Object.fromEntries(NAMES.map((name) => [name, new Inbox(name).device(`of ${name}`)]));
const others = (user: string) => NAMES.filter((name) => name !== user);

/** The calls that are left when all have asked all whom they ask, in whatever order. */
const play = (calls: readonly Calling[], steps: readonly { which: number; twice: boolean }[]) => {
  for (const { which, twice } of steps) calls[which % calls.length]?.step(twice);
  for (const call of calls) while (!call.isOver) call.step(false);
  return calls.filter(({ insteadOf }) => insteadOf === undefined);
};

const alive = (all: People) =>
  Object.values(all).map(({ state }) =>
    state.calls.filter((entry) => entry.state !== 'over').map(({ call }) => call),
  );

const schedule = fc.array(fc.record({ which: fc.nat(5), twice: fc.boolean() }), { maxLength: 18 });

describe('calls that cross in a group', () => {
  test.each([
    ['two call the others at the same moment', ['alice', 'bob']],
    ['two others do', ['carol', 'bob']],
    ['all three do', ['carol', 'alice', 'bob']],
  ])('[C7] a group in which %s ends up in exactly one call', (_, callers) => {
    fc.assert(
      fc.property(schedule, (steps) => {
        const all = people();
        const calls = callers.map((caller) => new Calling(all, caller, others(caller)));
        const [winner, ...more] = play(calls, steps);
        expect(more).toEqual([]);
        expect(alive(all)).toEqual(NAMES.map(() => [winner?.call]));
        const given = calls.flatMap(({ insteadOf }) => insteadOf ?? []);
        if (callers.length === 2) expect(given).toEqual([winner?.call]);
      }),
      { numRuns: 300 },
    );
  });

  test('[C7] one whom the group calls and who calls its caller ends up in its call', () => {
    fc.assert(
      fc.property(schedule, fc.boolean(), (steps, isFirst) => {
        const all = people();
        const pair = ['carol', 'alice'] as const;
        const group = ['alice', ['bob', 'carol']] as const;
        const calls = [new Calling(all, group[0], group[1]), new Calling(all, pair[0], [pair[1]])];
        const [winner] = play(isFirst ? calls : calls.toReversed(), steps);
        if (calls[1]?.insteadOf === undefined) {
          // This call rang before the other was dialled, which learned of it.
          expect(all['alice']?.acts()).toEqual(['phone decline']);
          return;
        }
        expect(winner?.call).toBe('of alice');
        expect(calls[1]?.insteadOf).toBe('of alice');
        expect(alive(all)).toEqual(NAMES.map(() => ['of alice']));
      }),
      { numRuns: 300 },
    );
  });
});

describe('a user who is called by a group', () => {
  const rung = () => {
    const bob = new Inbox('bob').device('phone');
    bob.ring('group', { group: true, to: ['bob', 'carol'] });
    return bob;
  };

  test("[C7] calling the group's caller, or all of its people, leads to that call", () => {
    expect(rung().dial('mine')).toEqual(instead('group'));
    expect(rung().dial('mine', { to: ['carol', 'alice'] })).toEqual(instead('group'));
  });

  test('[C7] calling others, others besides, or some of the group makes a call', () => {
    for (const to of [['carol'], ['dora'], ['alice', 'dora'], ['alice', 'carol', 'dora']]) {
      expect(rung().dial('mine', { to })).toEqual(ok);
    }
  });

  test("[C7] any device of theirs gets the group's call, also after a sleep", () => {
    expect(rung().restart().dial('mine', { device: 'tablet' })).toEqual(instead('group'));
  });

  test("a user who declined the group's call makes one of their own, until it is over", () => {
    const bob = rung().say('phone', { type: 'decline', call: 'group' });
    expect(bob.dial('mine', { to: ['alice', 'carol'] })).toEqual(ok);
    const carol = rung();
    carol.stop('group');
    expect(carol.dial('mine')).toEqual(ok);
  });

  test('a user can still call the caller of a room that does not name its other callees', () => {
    const bob = new Inbox('bob').device('phone');
    bob.ring('group', { group: true });
    expect(bob.dial('mine')).toEqual(instead('group'));
    expect(bob.dial('mine', { to: ['alice', 'carol'] })).toEqual(ok);
  });
});

describe('a user who is called by somebody', () => {
  test("calling one's caller among others declines their call, and theirs alone", () => {
    const bob = new Inbox('bob').device('phone');
    bob.ring('alone');
    bob.ring('of others', { from: profile('dora') });
    expect(bob.dial('mine', { to: ['alice', 'carol'] })).toEqual(ok);
    const acts = bob.posts.map(({ to, message }) => [to, message.type === 'act' && message.action]);
    expect(acts).toEqual([[{ party: 'call', id: 'alone' }, { type: 'decline' }]]);
  });
});

describe('a user who calls a group', () => {
  const calling = () => {
    const bob = new Inbox('bob').device('phone');
    expect(bob.dial('own', { to: ['alice', 'carol'] })).toEqual(ok);
    return bob;
  };

  test("[C7] a caller whom a member of the group calls gets them into the group's call", () => {
    const bob = calling();
    expect(bob.ring('theirs', { from: profile('alice') })).toEqual(instead('own'));
    expect(bob.ring('other', { from: profile('dora') })).toEqual(busy);
  });

  test('[C7] of two who call the same group the smaller id goes on', () => {
    const to = ['bob', 'carol'];
    expect(calling().ring('theirs', { group: true, to })).toMatchObject({ outcome: 'ok' });
    const from = profile('carol');
    const answer = calling().ring('theirs', { from, group: true, to: ['bob', 'alice'] });
    expect(answer).toEqual(instead('own'));
  });

  test('[C3] a caller whom a group of others calls, or one with others, is busy', () => {
    for (const to of [['bob', 'dora'], ['bob', 'carol', 'dora'], ['bob']]) {
      expect(calling().ring('theirs', { group: true, to })).toEqual(busy);
    }
  });

  test('calling the same group again on the same device gives the call that there is', () => {
    const bob = calling();
    expect(bob.dial('again', { to: ['carol', 'alice'], device: 'phone' })).toEqual(instead('own'));
    bob.active('own', { peers: ['alice', 'carol'] });
    expect(bob.dial('again', { to: ['carol', 'alice'] })).toEqual(instead('own'));
    expect(bob.dial('again', { to: ['carol'] })).toMatchObject({ outcome: 'in_call' });
  });

  test('[C33] a caller who left a group that still talks is led back', () => {
    const bob = new Inbox('bob').device('phone');
    bob.active('group', { peers: ['alice', 'carol'] });
    const to = ['bob', 'carol'];
    expect(bob.ring('anew', { group: true, to })).toEqual(instead('group'));
    expect(bob.ring('pair')).toEqual(busy);
  });

  test('[C7] whoever is only called by another of the same people is reached once', () => {
    const carol = new Inbox('carol');
    expect(
      carol.ring('of bob', { from: profile('bob'), group: true, to: ['alice', 'carol'] }),
    ).toEqual(nobody);
    expect(carol.ring('of alice', { group: true, to: ['bob', 'carol'] })).toEqual(nobody);
    const late = new Inbox('carol');
    late.ring('of alice', { group: true, to: ['bob', 'carol'] });
    const answer = late.ring('of bob', {
      from: profile('bob'),
      group: true,
      to: ['alice', 'carol'],
    });
    expect(answer).toEqual(instead('of alice'));
  });
});
