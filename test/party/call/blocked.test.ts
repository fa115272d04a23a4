import { describe, expect, test } from 'vitest';
import { CallRoom, offer, ringing } from './call.ts';

const BLOCKED = { unheard: ['bob'] };

const nobodyHere = { ring: () => ({ outcome: 'ok', devices: 0, old: false }) };

describe('[M42] a call to somebody who has blocked the caller', () => {
  test('tells both inboxes that it is not heard of', () => {
    const room = ringing(nobodyHere, BLOCKED);
    expect(room.messages('dial')).toMatchObject([{ to: ['bob'], unheard: ['bob'] }]);
    expect(room.messages('ring')).toMatchObject([{ unheard: true }]);
  });

  test('[C4, C5] looks to the caller like one to somebody who is away, and is missed', () => {
    const [blocked, away] = [BLOCKED, {}].map((change) => {
      const room = new CallRoom(nobodyHere);
      const request = room.create({ offer: offer(), ...change });
      room.enter('alice').wait(45_000);
      return { reply: room.reply(request), heard: room.got('alice'), is: room.is };
    });
    expect(blocked).toEqual(away);
    expect(blocked).toMatchObject({ is: 'ended missed' });
  });

  test('[C6, C9] is nobody’s missed call, and the record says who has not heard of it', () => {
    const room = ringing(nobodyHere, BLOCKED).enter('alice').wait(45_000);
    expect(room.records[0]?.callees).toEqual([
      { user: 'bob', joined: false, missed: false, unheard: true },
    ]);
  });

  test('[C12] is that also after its host has died', () => {
    const room = ringing(nobodyHere, BLOCKED).restart().enter('alice').wait(45_000);
    expect(room.records[0]?.callees).toEqual([
      { user: 'bob', joined: false, missed: false, unheard: true },
    ]);
  });

  test('[C8] rings for the others of a group, and who has blocked the caller is away', () => {
    const answers = {
      ring: (user: string) => ({ outcome: 'ok', devices: user === 'bob' ? 0 : 1, old: false }),
    };
    const room = ringing(answers, { callees: ['bob', 'cyd'], ...BLOCKED }).enter('alice');
    expect(room.messages('ring').map(({ unheard }) => unheard)).toEqual([true, undefined]);
    expect(room.heard('alice', 'welcome')).toMatchObject([
      {
        peers: [
          { user: 'bob', unreachable: true },
          { user: 'cyd', state: 'ringing' },
        ],
      },
    ]);
    room.accept('cyd').wait(45_000);
    expect(room.is).toBe('accepted');
    room.say('cyd', { type: 'hangup' });
    expect(room.records[0]?.callees).toEqual([
      { user: 'bob', joined: false, missed: false, unheard: true },
      { user: 'cyd', joined: true, missed: false },
    ]);
  });

  test('[C7, C9] is in the history of who comes into it after all, as other calls are', () => {
    const room = ringing(nobodyHere, { callees: ['bob', 'cyd'], ...BLOCKED }).enter('alice');
    room.accept('bob').say('alice', { type: 'hangup' });
    room.wait(45_000);
    expect(room.records[0]?.callees).toMatchObject([
      { user: 'bob', joined: true, missed: false },
      {},
    ]);
    expect(room.records[0]?.callees[0]).not.toHaveProperty('unheard');
  });
});
