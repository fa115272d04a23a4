import { describe, expect, test } from 'vitest';
import { callRoomDefinition } from '../../../party/call/room.ts';
import type { CallRoom } from './call.ts';
import { answer, offer, ringing, talking } from './call.ts';

const unreachable = () => undefined;
const legacyCallee = () => ({ outcome: 'ok', devices: 1, old: true });

describe('a legacy client in a call', () => {
  const legacyCall = (answers = {}) =>
    ringing({ ring: legacyCallee, ...answers }, { offer: offer() }).enter('alice');
  const signalled = (room: CallRoom) =>
    room.messages('signal').map(({ device, seq }) => `${device} ${seq}`);

  test('[C37] a legacy client hears the offer once as it rings, and accepts by its inbox', () => {
    const room = legacyCall().act('bob', { type: 'accept' });
    expect(signalled(room)).toEqual(['undefined 1']);
    expect(room.is).toBe('accepted');
    room.act('bob', { type: 'signal', seq: 1, signal: answer() });
    expect(room.signals('alice')).toEqual([[1, 'answer']]);
  });

  test('[C37] a legacy client that comes late is handed what there is so far', () => {
    const room = ringing({}, { offer: offer() }).act('bob', { type: 'listen' });
    expect(signalled(room)).toEqual(['ws-bob 1']);
  });

  test('[C15, C37] what the inbox of a legacy client has counts as acknowledged', () => {
    const room = legacyCall().act('bob', { type: 'accept' });
    expect(room.heard('alice', 'acked')).toMatchObject([{ seq: 1 }]);
    room.signal('alice', 2);
    expect(room.heard('alice', 'acked')).toEqual([{ type: 'acked', seq: 2 }]);
    expect(signalled(room)).toEqual(['undefined 1', 'ws-bob 2']);
  });

  test('[C10] a call is lost when a signal cannot be handed to a legacy client for 10 s', () => {
    const room = legacyCall().act('bob', { type: 'accept' });
    Object.assign(room.answers, { signal: unreachable });
    room.signal('alice', 2).wait(9_999);
    expect(room.is).toBe('ended lost');
  });

  test('[C39] a legacy client is out at once when it is gone, without grace', () => {
    expect(legacyCall().act('bob', { type: 'accept' }).act('bob', { type: 'hangup' }).is).toBe(
      'ended hung_up',
    );
  });

  test('[C18] a legacy client ends nothing that another device of its user is in', () => {
    const room = talking()
      .act('bob', { type: 'hangup' })
      .act('bob', { type: 'signal', seq: 1, signal: answer() });
    room.act('bob', { type: 'signal', seq: 1, signal: answer() }, 'bob');
    expect(room.is).toBe('accepted');
    expect(room.signals('alice')).toEqual([]);
  });

  test('a legacy client keeps the room awake every 5 s, a current one does not', () => {
    const woken = ({ state, now }: CallRoom) => (callRoomDefinition.deadline(state) ?? 0) - now;
    expect(woken(legacyCall().act('bob', { type: 'accept' }))).toBe(5_000);
    expect(woken(talking())).toBe(300_000);
  });

  test('the room looks for silent sockets of current clients without writing anything', () => {
    const { state, now } = talking();
    expect(callRoomDefinition.reminder?.(state)).toBe(now + 15_000);
  });

  test('[C39] a call with a legacy client is lost with its host', () => {
    const room = legacyCall().act('bob', { type: 'accept' }).restart();
    expect(room.is).toBe('ended lost');
    expect(room.records).toMatchObject([
      { reason: 'lost', callees: [{ user: 'bob', joined: true }] },
    ]);
  });
});
