import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Effect } from '../../../party/definition.ts';
import type { QrEvent, QrState } from '../../../party/qr/machine.ts';
import { stepQr } from '../../../party/qr/machine.ts';
import { qrRoomDefinition } from '../../../party/qr/room.ts';
import { DEVICE_LIMIT } from '../../../src/contract/sockets/protocol.ts';

const EXPIRES = 300_000;
const fresh: QrState = { expiresAt: EXPIRES, told: undefined };
const confirmed = { type: 'confirmed' } as const;
const denied = { type: 'denied' } as const;

const tell = (message: typeof confirmed | typeof denied): QrEvent => ({
  type: 'message',
  request: '1',
  message,
});
const join = (connections = 1): QrEvent => {
  const present = Array.from({ length: connections }, (_, i) => ({
    id: String(i),
    who: undefined,
    heardAt: 0,
  }));
  return { type: 'join', id: 'a', who: undefined, present };
};
const replied: Effect = { type: 'reply', request: '1', answer: { outcome: 'done' } };

/** What a room does in the end, when all this happens to it. */
const effectsOf = (
  events: readonly QrEvent[],
  now = 0,
  state: QrState = fresh,
): readonly Effect[] => {
  let effects: readonly Effect[] = [];
  for (const event of events) ({ state, effects } = stepQr(state, event, now));
  return effects;
};

describe('the room of a QR code', () => {
  test('[A33] everybody connected hears what the room is told, which it writes first', () => {
    expect(effectsOf([tell(confirmed)])).toEqual([
      { type: 'keep' },
      { type: 'send', frame: confirmed },
      replied,
    ]);
  });

  test('[A33] whoever comes late hears the last word, and whoever comes early nothing', () => {
    expect(effectsOf([join()])).toEqual([]);
    expect(effectsOf([tell(confirmed), join()])).toEqual([
      { type: 'send', to: 'a', frame: confirmed },
    ]);
    expect(effectsOf([tell(confirmed), tell(denied), join()])).toEqual([
      { type: 'send', to: 'a', frame: denied },
    ]);
  });

  test('the room says nothing twice', () => {
    for (const message of [confirmed, denied])
      expect(effectsOf([tell(message), tell(message)])).toEqual([replied]);
  });

  test('the room takes a bounded number of connections', () => {
    expect(effectsOf([join(DEVICE_LIMIT)])).toEqual([]);
    expect(effectsOf([join(DEVICE_LIMIT + 1)])).toEqual([{ type: 'close', id: 'a', why: 'full' }]);
  });

  test('the room closes all when it expires, forgets, and lets nobody in any more', () => {
    const alarm: QrEvent = { type: 'alarm', present: [] };
    expect(effectsOf([alarm], EXPIRES)).toEqual([
      { type: 'close', why: 'expired' },
      { type: 'forget' },
    ]);
    expect(effectsOf([alarm], EXPIRES - 1)).toEqual([]);
    expect(effectsOf([join()], EXPIRES)).toEqual([{ type: 'close', id: 'a', why: 'expired' }]);
    expect(effectsOf([tell(denied)], EXPIRES)).toEqual([replied]);
  });

  test('the room knows what it was told when it starts again, and when it expires', () => {
    const until = (EXPIRES / 1000).toString(36).padStart(6, '0');
    const id = `${until}-${'n'.repeat(12)}-${'m'.repeat(43)}`;
    expect(qrRoomDefinition.start(id, { kept: undefined, present: [], now: 0 }).state).toEqual(
      fresh,
    );
    const { state } = stepQr(fresh, tell(denied), 0);
    expect(
      qrRoomDefinition.start(id, { kept: qrRoomDefinition.kept(state), present: [], now: 0 }).state,
    ).toEqual(state);
    expect(qrRoomDefinition.deadline(state)).toBe(EXPIRES);
  });

  test('[A31] a request once denied stays denied, in whatever order it is told', () => {
    const event = fc.oneof(
      fc.constantFrom(confirmed, denied).map(tell),
      fc.integer({ min: 1, max: 20 }).map(join),
      fc.string().map((id): QrEvent => ({ type: 'leave', id })),
    );
    fc.assert(
      fc.property(fc.array(event), (events) => {
        let state = fresh;
        let last: unknown;
        for (const happened of events) {
          const next = stepQr(state, happened, 0);
          for (const effect of next.effects)
            if (effect.type === 'send' && effect.to === undefined) last = effect.frame;
          if (state.told === 'denied') expect(next.state.told).toBe('denied');
          state = next.state;
          expect(state.told && { type: state.told }).toEqual(last);
        }
        const wasDenied = events.some(
          (happened) => happened.type === 'message' && happened.message.type === 'denied',
        );
        expect(state.told === 'denied').toBe(wasDenied);
      }),
    );
  });
});
