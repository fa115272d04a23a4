import { describe, expect, test } from 'vitest';
import { Inbox } from './inbox.ts';

const SDP = { sdp: { type: 'offer', sdp: 'v=0' } };
const hangup = { event: 'call:hangup' };

/** The call that a device hears its user is in when it comes. */
const told = (bob: Inbox, device: string) => {
  const name = `connection ${bob.connected.length} of ${device}`;
  const [welcome] = bob.device(name, { device, sid: device }).leave(name).got(name);
  return welcome && 'inCall' in welcome ? welcome.inCall : undefined;
};

/** Bob is in a call on his phone, which moves to his tablet. */
const moveTo = (bob: Inbox, device: string, epoch = 2) =>
  bob.active('c', { device, epoch, role: 'callee', moved: true });
const talk = (bob: Inbox, device = 'phone') =>
  bob.active('c', { device, epoch: 1, role: 'callee' });

/** Bob has accepted a call on a legacy client. */
const legacyTalk = () => {
  const bob = new Inbox().legacy('pc');
  bob.ring('c');
  bob.say('pc', { event: 'call:answer', payload: SDP });
  talk(bob, 'ws-pc');
  bob.answer().got('pc');
  bob.posts.length = 0;
  return bob;
};

describe('a call that has moved to another device', () => {
  test('[C33, C52] devices that come hear where it is, also after a sleep', () => {
    const bob = new Inbox();
    talk(bob);
    expect(moveTo(bob, 'tablet')).toEqual({ outcome: 'ok' });
    expect(told(bob, 'tablet')).toMatchObject({ call: 'c', session: 'tablet', here: true });
    expect(told(bob.restart(), 'phone')).toMatchObject({ session: 'tablet', here: false });
  });

  test('[C16, C52] word of it that comes twice, or late, changes nothing', () => {
    const bob = new Inbox();
    talk(bob);
    moveTo(bob, 'tablet');
    moveTo(bob, 'tablet');
    talk(bob);
    expect(told(bob, 'tablet')).toMatchObject({ here: true });
    moveTo(bob, 'phone', 3);
    moveTo(bob, 'tablet', 2);
    expect(told(bob, 'phone')).toMatchObject({ here: true });
    bob.stop('c');
    expect(told(bob, 'phone')).toBeUndefined();
  });

  test('[C52] only the device that has it now may end it here', () => {
    const bob = new Inbox().device('phone').device('tablet');
    talk(bob);
    moveTo(bob, 'tablet');
    bob.say('phone', { type: 'hangup', call: 'c' });
    expect(bob.got('phone').at(-1)).toMatchObject({ type: 'error', code: 'not_now' });
    bob.say('tablet', { type: 'hangup', call: 'c' });
    expect(bob.acts()).toEqual(['tablet hangup']);
  });

  test('[C52] whoever hung up on the former device at the same time is in it, and not free', () => {
    const bob = new Inbox().device('phone');
    talk(bob);
    bob.say('phone', { type: 'hangup', call: 'c' });
    moveTo(bob, 'tablet');
    expect(told(bob, 'tablet')).toMatchObject({ call: 'c', here: true });
    expect(bob.ring('d', { from: { user: 'carol', username: '', displayName: '' } })).toEqual({
      outcome: 'busy',
    });
  });

  test('[C16, C52] it does not come back by word that is late after its end', () => {
    const bob = new Inbox();
    talk(bob);
    moveTo(bob, 'tablet');
    bob.tell({ type: 'stop', call: 'c', epoch: 2, reason: 'hung_up' });
    moveTo(bob, 'tablet');
    expect(told(bob, 'tablet')).toBeUndefined();
  });

  test('[C25, C52] the end of the new session ends it, of the former it does not', () => {
    const bob = new Inbox();
    talk(bob);
    moveTo(bob, 'tablet');
    bob.tell({ type: 'revoked', sids: ['tablet'] });
    expect(bob.acts()).toEqual(['tablet revoke']);
    const late = new Inbox();
    talk(late);
    late.tell({ type: 'revoked', sids: ['tablet'] });
    expect(late.answer().acts()).toEqual(['tablet revoke']);
    moveTo(late, 'tablet');
    expect(late.acts()).toEqual(['tablet revoke']);
  });
});

describe('a call that has moved from a legacy client', () => {
  test('[C37, C52] that client hears call:hangup, and its words count no more', () => {
    const bob = legacyTalk();
    moveTo(bob, 'tablet');
    expect(bob.got('pc')).toEqual([hangup]);
    bob.say('pc', hangup).leave('pc');
    expect(bob.acts()).toEqual([]);
    expect(told(bob, 'tablet')).toMatchObject({ here: true });
  });

  test('[C39, C52] that client may go before the inbox hears of the move', () => {
    const bob = legacyTalk().leave('pc');
    expect(bob.answer().acts()).toEqual(['ws-pc hangup']);
    moveTo(bob, 'tablet');
    expect(told(bob, 'tablet')).toMatchObject({ here: true });
  });

  test('[C3, C42, C52] its user is busy as on every other device, and offered no further calls', () => {
    const bob = new Inbox().legacy('pc').device('tablet').device('phone');
    bob.say('pc', { event: 'call:offer', payload: { userId: 'alice', ...SDP } });
    bob.dial('c', { device: 'ws-pc' });
    bob.answer({ outcome: 'ok', call: 'c' });
    const carol = { from: { user: 'carol', username: '', displayName: '' } };
    bob.active('c', { device: 'ws-pc', epoch: 1, role: 'caller' });
    expect(bob.ring('d', carol)).toMatchObject({ outcome: 'ok' });
    bob.posts.length = 0;
    bob.active('c', { device: 'tablet', epoch: 2, role: 'caller', moved: true });
    expect(bob.acts()).toEqual(['tablet busy']);
    const dan = { from: { user: 'dan', username: '', displayName: '' } };
    expect(bob.ring('e', dan)).toEqual({ outcome: 'busy' });
  });
});
