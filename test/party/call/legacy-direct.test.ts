import { describe, expect, test } from 'vitest';
import { HANGS } from './answers.ts';
import { answer, ice, offer, ringing } from './call.ts';

const ring = () => ({ outcome: 'ok', devices: 1, old: true });
const signal = (seq: number) => ({ type: 'signal', seq, signal: ice(`${seq}`) }) as const;

/** A legacy client has called a legacy one, who has answered. */
const legacyTalk = () =>
  ringing({ ring }, { offer: offer(), old: true, device: 'ws-alice' })
    .act('bob', { type: 'accept' })
    .act('bob', { type: 'signal', seq: 1, signal: answer() });

describe('two legacy clients that talk', () => {
  test('[C47] each is told where the other one is, once a signal of it has arrived', () => {
    const room = legacyTalk();
    const { video } = room.state.call ?? {};
    const told = { call: 'c', epoch: 1, seq: 1, video };
    const toBob = { type: 'direct', ...told, device: 'ws-bob' };
    expect(room.messages('direct')).toEqual([
      { ...toBob, to: { user: 'alice', device: 'ws-alice' } },
    ]);
    room.act('alice', signal(2));
    expect(room.messages('direct').slice(1)).toEqual([
      { ...toBob, device: 'ws-alice', seq: 2, to: { user: 'bob', device: 'ws-bob' } },
    ]);
  });

  test('[C47] nothing is said while a signal of it is on its way', () => {
    const room = legacyTalk();
    Object.assign(room.answers, { signal: () => HANGS });
    room.act('alice', signal(2)).act('alice', signal(3)).settle({ outcome: 'done' });
    const seqs = () =>
      room.messages('direct').flatMap(({ device, seq }) => (device === 'ws-alice' ? [seq] : []));
    expect(seqs()).toEqual([]);
    room.settle({ outcome: 'done' });
    expect(seqs()).toEqual([3]);
  });

  test('[C47] nothing is said of a client that is no legacy one', () => {
    const room = ringing({ ring }, { offer: offer() })
      .enter('alice')
      .act('bob', { type: 'accept' })
      .act('bob', { type: 'signal', seq: 1, signal: answer() });
    room.signal('alice', 2);
    expect(room.messages('direct')).toEqual([]);
  });
});
