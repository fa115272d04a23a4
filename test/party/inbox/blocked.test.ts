import { describe, expect, test } from 'vitest';
import { Inbox, offerOf, profile } from './inbox.ts';

const NO_DEVICES = { outcome: 'ok', devices: 0, old: false };
const OK = { outcome: 'ok' };
const unheard = { unheard: true };

/** Bob has blocked Alice; a new device and a legacy one of his are connected. */
const bobWithDevices = () => {
  const bob = new Inbox().device('phone').legacy('page');
  bob.got('phone');
  return bob;
};

const quiet = (bob: Inbox) =>
  expect([bob.got('phone'), bob.got('page'), bob.acts()]).toEqual([[], [], []]);

describe('[M42] a call by somebody who is blocked', () => {
  test('is answered as if no device were here, and no device hears of it', () => {
    const bob = bobWithDevices();
    expect(bob.ring('c', unheard)).toEqual(NO_DEVICES);
    expect(bob.ring('c', unheard), 'it comes twice').toEqual(NO_DEVICES);
    quiet(bob.wait(44_000));
    bob.stop('c', 'missed');
    quiet(bob);
  });

  test('does not ring on a device that comes, or that begins anew', () => {
    const bob = new Inbox();
    bob.ring('c', unheard);
    bob.device('late').legacy('late page').restart();
    expect(bob.got('late')).toMatchObject([{ type: 'welcome', rings: [] }]);
    expect(bob.got('late')).not.toMatchObject([{ inCall: {} }]);
    expect([bob.got('late page'), bob.acts()]).toEqual([[], []]);
  });

  test('cannot be declined or hung up: it is no call that a device knows', () => {
    const bob = bobWithDevices();
    bob.ring('c', unheard);
    for (const type of ['decline', 'hangup']) {
      bob.say('phone', { type, call: 'c' });
      expect(bob.got('phone')).toMatchObject([{ type: 'error', code: 'not_now' }]);
    }
    bob.say('page', { event: 'call:answer', payload: { sdp: { type: 'answer', sdp: 'v=0' } } });
    expect(bob.acts()).toEqual([]);
  });

  test('[C29] lets its caller wait as one that rang on no device', () => {
    const [blocking, away] = [bobWithDevices(), new Inbox()];
    for (const [n, seconds] of [10, 30, 120, 600].entries()) {
      const answers = [blocking.ring(`c${n}`, unheard), away.ring(`c${n}`)];
      expect(answers[0]).toEqual(answers[1]);
      for (const bob of [blocking, away]) bob.wait(45_000).stop(`c${n}`, 'missed');
      const limited = { outcome: 'limited', retryAfterSeconds: seconds };
      expect([blocking.ring('soon', unheard), away.ring('soon')]).toEqual([limited, limited]);
      for (const bob of [blocking, away]) bob.wait(seconds * 1000);
    }
    quiet(blocking);
  });

  test('[C10, C29] is forgotten by itself when its room says nothing any more', () => {
    const bob = bobWithDevices();
    bob.ring('c', unheard);
    bob.wait(55_000);
    expect(bob.state.calls).toEqual([]);
    expect(bob.ring('soon', unheard)).toEqual({ outcome: 'limited', retryAfterSeconds: 10 });
    quiet(bob);
  });

  test('[C3, C30] makes nobody busy: others ring, and talks and calls go on beside it', () => {
    const bob = bobWithDevices();
    for (let n = 0; n < 100; n++)
      expect(bob.ring(`c${n}`, { from: profile(`crowd${n}`), ...unheard })).toEqual(NO_DEVICES);
    quiet(bob);
    expect(bob.state.calls.length).toBeLessThanOrEqual(64);
    expect(bob.ring('friend', { from: profile('friend') })).toMatchObject({ devices: 2 });
    bob.active('friend', { peers: ['friend'] });
    expect(bob.ring('again', unheard), 'while he talks').toEqual(NO_DEVICES);
    expect(bob.ring('other', { from: profile('other') })).toEqual({ outcome: 'busy' });
    bob.acts();
    bob.stop('friend', 'hung_up');
    expect(bob.acts()).toEqual([]);
  });

  test('[C7] does not change a call that its callee makes, to whomever', () => {
    for (const to of [['alice'], ['cyd'], ['alice', 'cyd']]) {
      const bob = bobWithDevices();
      bob.ring('c', { ...unheard, to: ['bob', 'cyd'], group: true });
      bob.ring('d', unheard);
      expect(bob.dial('own', { to })).toEqual(OK);
      expect(bob.got('phone')).toMatchObject([{ type: 'in_call', inCall: { call: 'own' } }]);
      expect(bob.ring('e', unheard), 'the other way round').toEqual(NO_DEVICES);
      quiet(bob);
      expect(bob.state.calls.find(({ call }) => call === 'own')?.state).toBe('dialling');
    }
  });
});

describe('[M42] the inbox of somebody who calls who has blocked them', () => {
  test('[C7] rings when the callee calls at the same moment, and the blocked call ends', () => {
    for (const names of [
      ['alice', 'bob'],
      ['bob', 'alice'],
    ]) {
      const [caller = '', callee = ''] = names;
      const inbox = new Inbox(caller).device('phone');
      inbox.dial('blocked', { to: [callee], unheard: [callee] });
      inbox.got('phone');
      expect(inbox.ring('theirs', { from: profile(callee) })).toMatchObject({ devices: 1 });
      expect(inbox.got('phone')).toMatchObject([
        { type: 'ring', call: 'theirs' },
        { type: 'in_call' },
      ]);
      expect(inbox.acts()).toEqual(['phone hangup']);
    }
  });

  test('[C7] leads nobody who has blocked the caller into a group that they do not know of', () => {
    const alice = new Inbox('alice').device('phone');
    alice.dial('group', { to: ['bob', 'cyd'], unheard: ['bob'] });
    expect(alice.ring('pair', { from: profile('bob') })).toEqual({ outcome: 'busy' });
    expect(alice.ring('other', { from: profile('cyd') })).toEqual({
      outcome: 'instead',
      call: 'group',
    });
  });

  test('[C7, C42] tells a legacy caller of the end before the other call rings', () => {
    const alice = new Inbox('alice').legacy('page');
    alice.say('page', {
      event: 'call:offer',
      payload: { userId: 'bob', sdp: { type: 'offer', sdp: 'v=0' } },
    });
    alice.dial('blocked', { to: ['bob'], unheard: ['bob'], device: 'ws-page' });
    alice.answerFirst({ outcome: 'ok', call: 'blocked' });
    expect(alice.ring('theirs', { from: profile('bob') })).toMatchObject({ old: true });
    alice.signal('theirs', 1, [offerOf('v=0 theirs')], { from: 'bob' });
    expect(alice.got('page')).toMatchObject([{ event: 'call:hangup' }, { event: 'call:offer' }]);
    expect(alice.acts()).toContain('ws-page hangup');
  });

  test('[C34] knows it still when the call has moved to another device', () => {
    const alice = new Inbox('alice').device('phone').device('tablet');
    alice.dial('blocked', { to: ['bob'], unheard: ['bob'] });
    const until = alice.now + 55_000;
    alice.tell({ type: 'moved', call: 'blocked', device: 'tablet', epoch: 2, to: ['bob'], until });
    expect(alice.ring('theirs', { from: profile('bob') })).toMatchObject({ devices: 2 });
    expect(alice.acts()).toEqual(['tablet hangup']);
  });
});
