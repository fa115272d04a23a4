import { describe, expect, test } from 'vitest';
import { Inbox, profile } from './inbox.ts';

const invited = { group: true, to: ['cyd', 'bob'], invitation: 1 };
const again = { ...invited, invitation: 2 };
const RINGS = { outcome: 'ok', devices: 1 };

const bobWithPhone = () => {
  const bob = new Inbox().device('phone');
  bob.got('phone');
  return bob;
};

describe('an invitation into a call that goes on', () => {
  test('[C62] rings again for who has declined it or was in the call; late words do not', () => {
    const bob = bobWithPhone();
    bob.ring('c', invited);
    bob.active('c', { epoch: 1 });
    bob.tell({ type: 'stop', call: 'c', epoch: 1, invitation: 1, reason: 'hung_up' });
    bob.got('phone');
    bob.ring('c', invited);
    expect(bob.got('phone'), 'the first came twice').toEqual([]);
    expect(bob.ring('c', again)).toMatchObject(RINGS);
    expect(bob.got('phone')).toMatchObject([{ type: 'ring', call: 'c' }]);
    bob.tell({ type: 'stop', call: 'c', epoch: 1, invitation: 1, reason: 'hung_up' });
    bob.active('c', { epoch: 1 });
    expect(bob.got('phone'), 'both came twice').toEqual([]);
    bob.active('c', { epoch: 2, device: 'phone' });
    expect(bob.got('phone')).toMatchObject([{ type: 'in_call', inCall: { call: 'c' } }]);
  });

  test('[C62] rings on when the end of a time before all invitations comes late', () => {
    const bob = bobWithPhone();
    const end = { type: 'stop', call: 'c', epoch: 1, reason: 'hung_up' } as const;
    bob.ring('c', { group: true, to: ['cyd', 'bob'] });
    bob.active('c', { epoch: 1 });
    bob.tell(end);
    bob.got('phone');
    bob.ring('c', invited);
    expect(bob.got('phone')).toMatchObject([{ type: 'ring', call: 'c' }]);
    bob.tell(end);
    expect(bob.got('phone')).toEqual([]);
  });

  test('[C62] that was refused does not ring when it comes once more after its end', () => {
    const bob = bobWithPhone();
    bob.ring('c', invited);
    bob.tell({ type: 'stop', call: 'c', epoch: 0, invitation: 1, reason: 'missed' });
    const refused = { ...again, expiresAt: bob.now + 45_000 };
    expect(bob.ring('c', refused)).toMatchObject({ outcome: 'limited' });
    bob.tell({ type: 'stop', call: 'c', epoch: 0, invitation: 2, reason: 'failed' });
    bob.got('phone');
    bob.wait(11_000).ring('c', refused);
    expect(bob.got('phone')).toEqual([]);
  });

  test('[M42, C62] of a blocked one does not let late words say that its callee is in the call', () => {
    const bob = bobWithPhone();
    bob.ring('c', invited);
    bob.active('c', { epoch: 1 });
    bob.tell({ type: 'stop', call: 'c', epoch: 1, invitation: 1, reason: 'hung_up' });
    bob.got('phone');
    bob.ring('c', { ...again, unheard: true });
    bob.active('c', { epoch: 1 });
    expect(bob.got('phone')).toEqual([]);
    bob.active('c', { epoch: 2 });
    expect(bob.got('phone')).toMatchObject([{ type: 'in_call', inCall: { call: 'c' } }]);
  });

  test('[C62] a refusal names the invitation that it refuses', () => {
    const bob = bobWithPhone();
    bob.ring('c', again);
    bob.posts.length = 0;
    bob.say('phone', { type: 'decline', call: 'c' });
    expect(JSON.stringify(bob.posts)).toContain('{"type":"decline","invitation":2}');
  });

  test('[C62] is late after the end that its room has told of it', () => {
    const bob = bobWithPhone();
    bob.tell({ type: 'stop', call: 'c', invitation: 1, reason: 'missed' });
    bob.ring('c', invited);
    expect(bob.got('phone')).toEqual([]);
    bob.ring('c', again);
    expect(bob.got('phone')).toMatchObject([{ type: 'ring' }]);
  });

  test('[C62] goes before a call that its callee makes to people who are in that call', () => {
    for (const to of [['alice'], ['cyd'], ['cyd', 'alice']]) {
      const bob = bobWithPhone();
      bob.dial('own', { to });
      bob.acts();
      expect(bob.ring('c', invited), to.join()).toMatchObject(RINGS);
      expect(bob.acts()).toEqual(['phone hangup']);
    }
  });

  test('[C3, C58] finds its callee busy who calls somebody else, or is in another call', () => {
    const calling = bobWithPhone();
    calling.dial('own', { to: ['dan'] });
    expect(calling.ring('c', invited)).toEqual({ outcome: 'busy' });
    const talks = bobWithPhone();
    talks.active('other', { peers: ['alice', 'cyd'] });
    expect(talks.ring('c', invited)).toEqual({ outcome: 'busy' });
  });

  test('[C60] waits as calls do after those that were not answered', () => {
    const bob = bobWithPhone();
    bob.ring('c', invited);
    bob.tell({ type: 'stop', call: 'c', invitation: 1, reason: 'missed' });
    expect(bob.ring('c', again)).toEqual({ outcome: 'limited', retryAfterSeconds: 10 });
    expect(bob.ring('d', { from: profile('cyd') })).toMatchObject(RINGS);
  });

  test('[C60] counts as a call of the one who invites', () => {
    const bob = bobWithPhone();
    for (let n = 0; n < 60; n++) expect(bob.tell({ type: 'invite' })).toEqual({ outcome: 'ok' });
    expect(bob.tell({ type: 'invite' })).toEqual({ outcome: 'limited', retryAfterSeconds: 60 });
    expect(bob.dial('c')).toEqual({ outcome: 'limited', retryAfterSeconds: 60 });
  });

  test('[M42, C62] of somebody who is blocked is silent; that of somebody else rings', () => {
    const bob = bobWithPhone();
    bob.ring('c', { ...invited, unheard: true });
    expect(bob.got('phone')).toEqual([]);
    bob.ring('c', { ...again, from: profile('cyd') });
    expect(bob.got('phone')).toMatchObject([{ type: 'ring', from: profile('cyd') }]);
  });
});
