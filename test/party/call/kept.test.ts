import { describe, expect, test } from 'vitest';
import type { KeptCall } from '../../../party/call/kept.ts';
import { readCall, writeCall } from '../../../party/call/kept.ts';
import { CallRoom } from './call.ts';
import { WRITTEN_GROUP, WRITTEN_LEGACY, WRITTEN_RINGING } from './written-before.ts';

/** The host of a room that wrote this has died. */
const restarted = (written: object): CallRoom => {
  const room = new CallRoom();
  room.written = written;
  return room.restart();
};

/** What a host reads of what was written: JSON. */
const fromStorage = (written: object): KeptCall => JSON.parse(JSON.stringify(written));

const members = (written: object) => readCall(fromStorage(written)).members;

/** The names of all fields that JSON has of a value. */
const fieldsOf = (value: object) => Object.keys(JSON.parse(JSON.stringify(value))).sort();

describe('[C12] a room that begins with what the version before wrote', () => {
  test('reads a callee for whom a legacy device rings', () => {
    expect(members(WRITTEN_RINGING)).toMatchObject([
      { state: 'joined', device: 'alice', legacy: false, greeted: false, awayAt: 1_000_000 },
      {
        state: 'ringing',
        here: true,
        unreachable: false,
        listening: true,
        listened: ['ws-bob'],
        rung: true,
        missed: false,
      },
    ]);
  });

  test('reads a ringing callee of the time before it was noted who has listened', () => {
    const written = structuredClone(WRITTEN_RINGING) as { members: { listened?: unknown }[] };
    for (const member of written.members) delete member.listened;
    expect(members(written)[1]).toMatchObject({ state: 'ringing', listened: [] });
  });

  test('reads who is away, who rings, and who has left', () => {
    expect(members(WRITTEN_GROUP)).toMatchObject([
      { state: 'joined', device: 'alice', greeted: true, awayAt: undefined, epoch: 1, place: 0 },
      { state: 'joined', device: 'bob', greeted: true, awayAt: 1_000_000, epoch: 1, place: 4 },
      { state: 'ringing', here: true, unreachable: false, rung: true },
      { state: 'left', hasJoined: false, unreachable: true, missed: false },
    ]);
  });

  test('has the TURN credentials that are to be revoked', () => {
    expect(readCall(fromStorage(WRITTEN_GROUP)).turnCredentials).toEqual([
      { name: 'credential', user: 'alice' },
    ]);
  });

  test('writes no field under another name', () => {
    for (const written of [WRITTEN_RINGING, WRITTEN_LEGACY, WRITTEN_GROUP]) {
      const again = writeCall(readCall(fromStorage(written)));
      expect(fieldsOf(again)).toEqual(fieldsOf(written));
      expect(again.members.map(fieldsOf)).toEqual(written.members.map(fieldsOf));
    }
  });

  test('[C54] has been moved by nobody lately', () => {
    expect(members(WRITTEN_GROUP).map(({ moves }) => moves)).toEqual(Array(4).fill(undefined));
    const ticket = { id: 'bob2', until: 1_060_000 };
    const room = restarted(WRITTEN_GROUP).join('bob2', { ticket, takeOver: true });
    room.hello('bob2').say('bob2', { type: 'move' });
    expect(room.state.call?.members[1]).toMatchObject({ device: 'bob2', moves: [room.now] });
  });

  test('goes on with the group: who is away comes back, who rings accepts', () => {
    const room = restarted(WRITTEN_GROUP);
    // The tickets `t1` to `t3` are among those that were used.
    const join = (name: string) => room.join(name, { ticket: { id: name, until: 1_060_000 } });
    join('alice').hello('alice', { acked: 0, seen: {} });
    join('bob').hello('bob', { acked: 0, seen: {} });
    join('cyd').hello('cyd').say('cyd', { type: 'accept' });
    room.leave('alice').wait(21_000);
    expect(room.is).toBe('accepted');
    room.say('bob', { type: 'hangup' });
    expect(room.is).toBe('ended hung_up');
    expect(room.records).toMatchObject([
      {
        callees: [
          { user: 'bob', joined: true, missed: false },
          { user: 'cyd', joined: true, missed: false },
          { user: 'dan', joined: false, missed: false },
        ],
        turn: ['credential'],
      },
    ]);
  });

  test('[C39] ends the call of a legacy device, which cannot come back', () => {
    expect(restarted(WRITTEN_LEGACY).is).toBe('ended lost');
  });
});
