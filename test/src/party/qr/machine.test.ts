import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { QrEffect, QrEvent, QrState } from '../../../party/qr.machine.ts';
import { CONNECTION_LIMIT, step } from '../../../party/qr.machine.ts';
import { FRAME_LIMIT } from '../../../src/contract/rooms.ts';

const EXPIRES = 300_000;
const fresh: QrState = { expiresAt: EXPIRES, told: undefined };
const confirmed = { type: 'confirmed' } as const;
const denied = { type: 'denied' } as const;

/** What a room does in the end, when all this happens to it. */
const effectsOf = (events: readonly QrEvent[], now = 0, state: QrState = fresh): readonly QrEffect[] => {
  let effects: readonly QrEffect[] = [];
  for (const event of events) ({ state, effects } = step(state, event, now));
  return effects;
};

describe('a room of a sign-in', () => {
  test('tells everybody what it is told, and keeps it first', () => {
    expect(effectsOf([{ type: 'tell', message: confirmed }])).toEqual([
      { type: 'keep', told: 'confirmed' },
      { type: 'send', message: confirmed },
    ]);
  });

  test('tells whoever comes late the last word, and whoever comes early nothing', () => {
    const join: QrEvent = { type: 'join', id: 'a', connections: 1 };
    expect(effectsOf([join])).toEqual([]);
    expect(effectsOf([{ type: 'tell', message: confirmed }, join])).toEqual([
      { type: 'send', to: 'a', message: confirmed },
    ]);
    expect(effectsOf([{ type: 'tell', message: confirmed }, { type: 'tell', message: denied }, join])).toEqual([
      { type: 'send', to: 'a', message: denied },
    ]);
  });

  test('says nothing twice', () => {
    for (const message of [confirmed, denied]) {
      expect(
        effectsOf([
          { type: 'tell', message },
          { type: 'tell', message },
        ]),
      ).toEqual([]);
    }
  });

  test('takes no more than so many connections', () => {
    const join = (connections: number): QrEvent => ({ type: 'join', id: 'a', connections });
    expect(effectsOf([join(CONNECTION_LIMIT)])).toEqual([]);
    expect(effectsOf([join(CONNECTION_LIMIT + 1)])).toEqual([{ type: 'close', id: 'a', why: 'full' }]);
  });

  test('reads no long frames', () => {
    expect(effectsOf([{ type: 'frame', id: 'a', length: FRAME_LIMIT }])).toEqual([]);
    expect(effectsOf([{ type: 'frame', id: 'a', length: FRAME_LIMIT + 1 }])).toEqual([
      { type: 'close', id: 'a', why: 'tooBig' },
    ]);
  });

  test('puts everybody out when it expires, forgets, and lets nobody in any more', () => {
    expect(effectsOf([{ type: 'alarm' }], EXPIRES)).toEqual([{ type: 'close', why: 'expired' }, { type: 'forget' }]);
    expect(effectsOf([{ type: 'join', id: 'a', connections: 1 }], EXPIRES)).toEqual([
      { type: 'close', id: 'a', why: 'expired' },
    ]);
    expect(effectsOf([{ type: 'tell', message: denied }], EXPIRES)).toEqual([]);
  });

  test('once denied stays denied, in whatever order it is told', () => {
    const event = fc.oneof(
      fc.record({ type: fc.constant('tell' as const), message: fc.constantFrom(confirmed, denied) }),
      fc.record({ type: fc.constant('join' as const), id: fc.string(), connections: fc.nat(20) }),
      fc.record({ type: fc.constant('frame' as const), id: fc.string(), length: fc.nat(5_000) }),
    );
    fc.assert(
      fc.property(fc.array(event), (events) => {
        let state = fresh;
        let last: string | undefined;
        for (const happened of events) {
          const next = step(state, happened, 0);
          for (const effect of next.effects) {
            if (effect.type === 'send' && effect.to === undefined) last = effect.message.type;
          }
          if (state.told === 'denied') expect(next.state.told).toBe('denied');
          state = next.state;
          expect(state.told).toBe(last);
        }
        const wasDenied = events.some((happened) => happened.type === 'tell' && happened.message.type === 'denied');
        expect(state.told === 'denied').toBe(wasDenied);
      }),
    );
  });
});
