import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createLink, linkDeadline, showLink, stepLink } from '../../client/src/link/machine.ts';
import type { Link, LinkEvent } from '../../client/src/link/types.ts';
import { CALL_LINK, INBOX_LINK, LINK_MS } from '../../client/src/link/types.ts';

const CODES = [1000, 1005, 1006, 1009, 1011, 4001, 4003, 4008, 4029, 4400, 4408, 4409, 4429];
const plain = fc
  .constantFrom('start', 'stop', 'wake', 'offline', 'time' as const)
  .map((type) => ({ type }));

/** What happens, and when; `lag` says how many attempts ago it was meant for. */
const happening = fc.record({
  afterMs: fc.oneof(fc.nat(20), fc.nat(2_000), fc.nat(60_000), fc.nat(4_000_000)),
  lag: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.nat(3)),
  event: fc.oneof(
    plain,
    fc.constantFrom('opened', 'heard' as const).map((type) => ({ type, attempt: 0 })),
    fc.constant({ type: 'ticket', attempt: 0, url: 'wss://room' } as const),
    fc.constantFrom(...CODES).map((code) => ({ type: 'closed', attempt: 0, code }) as const),
    fc.record({
      type: fc.constant('refused' as const),
      attempt: fc.constant(0),
      code: fc.constant('internal'),
      status: fc.constantFrom(0, 401, 404, 409, 429, 500, 503),
      retryAfter: fc.option(fc.nat(100_000)),
    }),
  ),
});

type Happening = typeof happening extends fc.Arbitrary<infer Value> ? Value : never;

const toEvent = ({ event, lag }: Happening, attempt: number, now: number): LinkEvent => {
  if (!('attempt' in event)) return event;
  const meant = { ...event, attempt: attempt - lag };
  if (meant.type !== 'refused') return meant;
  const { retryAfter, ...refused } = meant;
  return { ...refused, retryAt: retryAfter === null ? undefined : now + retryAfter };
};

/** What the world has under way: attempts that wait for a ticket, or have a socket. */
type Busy = Map<number, 'ticket' | 'socket'>;

const follow = (state: Link, event: LinkEvent, { now, busy }: { now: number; busy: Busy }) => {
  if (event.type === 'closed' && busy.get(event.attempt) === 'socket') busy.delete(event.attempt);
  if (event.type === 'refused' && busy.get(event.attempt) === 'ticket') busy.delete(event.attempt);
  const step = stepLink(state, event, now);
  for (const effect of step.effects) {
    const { type, attempt } = effect;
    if (type === 'close') busy.delete(attempt);
    if (type === 'send') expect(busy.get(attempt), 'it has a socket').toBe('socket');
    if (type === 'open') {
      expect(busy.get(attempt), 'it has waited for a ticket').toBe('ticket');
      busy.set(attempt, 'socket');
    }
    if (type === 'ask') {
      expect(busy.size, 'nothing else is under way').toBe(0);
      busy.set(attempt, 'ticket');
    }
  }
  return step;
};

const checkTimes = (before: Link, after: Link, [event, now]: [LinkEvent, number]) => {
  const deadline = linkDeadline(after);
  expect(deadline === undefined).toBe(after.phase === 'off');
  if (after.phase !== 'waiting' || before.phase === after.phase) return;
  const pause = after.until - now;
  const asked = event.type === 'refused' ? (event.retryAt ?? 0) - now : 0;
  if (event.type === 'wake') return;
  expect(pause).toBeGreaterThanOrEqual(LINK_MS.firstPause / 2);
  expect(pause).toBeLessThanOrEqual(Math.max(LINK_MS.longestPause, asked));
};

describe('a link, whatever happens in whatever order', () => {
  test('It has one request or socket at most, a deadline unless it is off, and bounded pauses', () => {
    fc.assert(
      fc.property(
        fc.array(happening, { maxLength: 60 }),
        fc.constantFrom(CALL_LINK, INBOX_LINK),
        fc.nat(),
        (happenings, rules, seed) => {
          let state = createLink(rules, seed);
          let now = 1_800_000_000_000;
          const busy: Busy = new Map();
          for (const given of happenings) {
            now += given.afterMs;
            const event = toEvent(given, state.attempt, now);
            const before = state;
            const step = follow(state, event, { now, busy });
            state = step.state;
            checkTimes(before, state, [event, now]);
            const isOld = 'attempt' in event && event.attempt !== before.attempt;
            if (isOld) expect(step).toEqual({ state: before, effects: [] });
            if (event.type === 'stop') expect(busy.size).toBe(0);
            if (before.phase === 'off' && event.type !== 'start') expect(step.effects).toEqual([]);
            expect(JSON.parse(JSON.stringify(state))).toEqual(state);
            expect(showLink(state).state === 'off').toBe(state.phase === 'off');
          }
        },
      ),
      { numRuns: 3_000 },
    );
  });

  test('Left to its timers alone it never rests longer than half a minute', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(200), (seed, steps) => {
        let state = stepLink(createLink(INBOX_LINK, seed), { type: 'start' }, 0).state;
        let now = 0;
        for (let step = 0; step < steps; step++) {
          const deadline = linkDeadline(state) ?? 0;
          expect(deadline - now).toBeLessThanOrEqual(30_000);
          expect(deadline).toBeGreaterThanOrEqual(now);
          now = deadline;
          const after = stepLink(state, { type: 'time' }, now).state;
          expect(after, 'a deadline that has come changes something').not.toEqual(state);
          state = after;
        }
        expect(state.attempt).toBeGreaterThan(steps / 4);
      }),
      { numRuns: 200 },
    );
  });
});
