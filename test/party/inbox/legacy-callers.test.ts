import { beforeEach, describe, expect, test } from 'vitest';
import { Inbox, offerOf, profile } from './inbox.ts';

const hangup = { event: 'call:hangup' };
const offer = (userId: string) => ({
  event: 'call:offer',
  payload: { userId, sdp: { type: 'offer', sdp: 'v=1' } },
});
const carol = { from: profile('carol') };
const busy = { outcome: 'busy' };

let bob: Inbox;
beforeEach(() => {
  bob = new Inbox().legacy('pc', { sid: 'page' });
});

/** A legacy client calls alice, and hears nothing more that matters. */
const dial = (call = 'own', device = 'pc') => {
  bob.say(device, offer('alice'));
  const answer = bob.dial(call, { device: `ws-${device}` });
  bob.answerFirst({ outcome: 'ok', call });
  return answer;
};
/** A legacy client calls alice, who accepts. */
const talk = () => {
  dial();
  bob.active('own', { device: 'ws-pc' });
};
const eventOf = (frame: object) => ('event' in frame ? frame.event : frame);
const frames = (name: string) => bob.got(name).map(eventOf);
const acts = () => bob.answer().acts();

describe.each([
  ['calls', dial],
  ['is in a call that they began', talk],
])('a user who %s on a legacy device', (_, begin) => {
  beforeEach(() => {
    bob.device('phone').legacy('page', { sid: 'page' });
    begin();
    bob.got('pc');
    bob.answer().acts();
  });

  test('[C42] a further call rings on the devices that are free, and not on that one', () => {
    expect(bob.ring('further', carol)).toEqual({ outcome: 'ok', devices: 2, old: true });
    bob.signal('further', 1, [offerOf('v=2')], { from: 'carol' });
    const ring = { type: 'ring', call: 'further' };
    const told = bob.got('phone').filter((frame) => !('type' in frame && frame.type === 'in_call'));
    expect(told).toMatchObject([{ type: 'welcome' }, ring]);
    expect([frames('page'), frames('pc')]).toEqual([['call:offer'], []]);
  });

  test.each(['ws-page', 'phone'])(
    '[C42] accepting a further call on %s ends the former call',
    (device) => {
      bob.ring('further', carol);
      expect(bob.active('further', { device, peers: ['carol'] })).toEqual({ outcome: 'ok' });
      expect(acts()).toEqual(['ws-pc hangup']);
      expect(bob.got('pc')).toEqual([hangup]);
      const state = (call: string) => bob.state.calls.find((entry) => entry.call === call)?.state;
      expect([state('own'), state('further')]).toEqual(['over', 'active']);
      // Late words of the former call change nothing.
      bob.active('own', { device: 'ws-pc' });
      expect(state('further')).toBe('active');
    },
  );

  test('[C42] declining a further call leaves the former one', () => {
    bob.ring('further', carol);
    bob.say('phone', { type: 'decline', call: 'further' });
    expect(acts()).toEqual(['phone decline']);
    bob.stop('further', 'declined');
    expect(frames('pc')).toEqual([]);
    expect(bob.ring('other', { from: profile('dave') })).toMatchObject({ outcome: 'ok' });
  });

  test('[C3] the user is busy where no other device can ring', () => {
    bob.leave('phone').leave('page');
    expect(bob.ring('further', carol)).toEqual(busy);
  });

  test('[C42] a further call rings on when the former is answered, or has ended', () => {
    bob.ring('further', carol);
    bob.active('own', { device: 'ws-pc' });
    expect(acts()).toEqual([]);
    bob.stop('own', 'hung_up');
    expect(acts()).toEqual(['ws-pc listen']);
  });

  test('[C41] calling on another socket of the same client ends the former call', () => {
    expect(dial('next', 'page')).toEqual({ outcome: 'ok' });
    expect(acts()).toContain('ws-pc hangup');
    expect(bob.got('pc')).toEqual([hangup]);
  });

  test('[C3] nothing more is offered once they are in a call that they did not begin', () => {
    bob.ring('further', carol);
    bob.active('further', { device: 'phone', peers: ['carol'] });
    expect(bob.ring('third', { from: profile('dave') })).toEqual(busy);
  });
});

describe('users who are busy as ever', () => {
  test('[C3] a user who calls from a current device is busy', () => {
    bob.device('phone');
    bob.dial('own');
    expect(bob.ring('further', carol)).toEqual(busy);
    bob.active('own');
    expect(bob.ring('further', carol)).toEqual(busy);
  });

  test('[C3] a user who was called is busy, on a legacy device too', () => {
    bob.device('phone');
    bob.ring('theirs');
    bob.active('theirs', { device: 'ws-pc' });
    expect(bob.ring('further', carol)).toEqual(busy);
  });
});

describe('a call by a legacy client', () => {
  const welcome = (name: string) => bob.device(name).got(name);

  test('[C43] the call rings on devices that come in its first 15 s, and on no others', () => {
    bob.ring('c', { old: true });
    bob.wait(14_999);
    expect(welcome('early')).toMatchObject([{ rings: [{ call: 'c' }] }]);
    expect(bob.legacy('early pc').acts()).toContain('ws-early pc listen');
    bob.answer().wait(1);
    expect(welcome('late')).toMatchObject([{ rings: [] }]);
    expect(bob.legacy('late pc').acts()).toEqual([]);
  });

  test('[C43] the call rings on where it rang, when that device comes back', () => {
    bob.device('phone');
    bob.ring('c', { old: true });
    bob.got('phone');
    bob.leave('phone').wait(20_000);
    expect(welcome('phone')).toMatchObject([{ rings: [{ call: 'c' }] }]);
    expect(bob.restart().device('tablet').got('tablet')).toMatchObject([{ rings: [] }]);
  });

  test('[C43] a device that comes late makes nobody reachable', () => {
    bob.leave('pc');
    bob.ring('c', { old: true });
    bob.wait(15_000).device('late');
    expect(bob.acts()).toEqual([]);
  });

  test('[C43] a call by a current client rings on all devices as long as it rings', () => {
    bob.ring('c');
    bob.wait(44_000);
    expect(welcome('late')).toMatchObject([{ rings: [{ call: 'c' }] }]);
  });

  test('devices hear of the call as of any other', () => {
    bob.device('phone').got('phone');
    bob.ring('c', { old: true });
    expect(bob.got('phone')[0]).not.toHaveProperty('old');
  });
});

describe('calling a legacy caller back', () => {
  const instead = (call: string) => ({ outcome: 'instead', call });

  test('[C44] calling back within 2 s is the same call', () => {
    bob.device('phone');
    bob.ring('theirs', { old: true });
    bob.wait(2_000);
    expect(bob.dial('mine')).toEqual(instead('theirs'));
  });

  test('[C44] calling back after 2 s is a new call, and theirs has ended', () => {
    bob.device('phone');
    bob.ring('theirs', { old: true });
    bob.wait(2_001);
    expect(bob.dial('mine')).toEqual({ outcome: 'ok' });
    expect(acts()).toEqual(['phone decline']);
  });

  test('[C7] calling back a current client is the same call at any time', () => {
    bob.device('phone');
    bob.ring('theirs');
    bob.wait(20_000);
    expect(bob.dial('mine')).toEqual(instead('theirs'));
  });

  test('[C44] calling back on a legacy device rings within 2 s, and calls after that', () => {
    bob.ring('theirs', { old: true });
    bob.say('pc', offer('alice'));
    expect(acts()).toEqual(['ws-pc listen']);
    bob.wait(2_001).say('pc', offer('alice'));
    expect(bob.dial('mine', { device: 'ws-pc' })).toEqual({ outcome: 'ok' });
    bob.answer({ outcome: 'ok', call: 'mine' });
    expect(bob.acts()).toEqual(['ws-pc decline']);
    expect(bob.state.sockets).toMatchObject([{ line: { call: 'mine' } }]);
  });

  test('[C44] calling back ends an accepted call only on the device that is in it', () => {
    bob.device('phone').device('tablet');
    bob.ring('theirs', { old: true });
    bob.active('theirs');
    expect(bob.dial('mine', { device: 'tablet' })).toEqual(instead('theirs'));
    expect(bob.dial('mine')).toEqual(instead('theirs'));
    bob.wait(2_001);
    expect(bob.dial('mine', { device: 'tablet' })).toEqual(instead('theirs'));
    expect(bob.dial('mine')).toEqual({ outcome: 'ok' });
    expect(acts()).toEqual(['phone hangup']);
  });

  test('[C44] calling back changes nothing where there may be no call', () => {
    bob.device('phone');
    bob.ring('theirs', { old: true });
    bob.wait(2_001);
    for (let n = 0; n < 60; n++) {
      bob.dial(`c${n}`, { to: ['x', `y${n}`] });
      bob.stop(`c${n}`);
    }
    bob.answer().acts();
    expect(bob.dial('mine')).toMatchObject({ outcome: 'limited' });
    expect(acts()).toEqual([]);
  });

  test.each(['dials', 'is in it'])(
    '[C44] calling back rings for the legacy caller, who %s, in its place',
    (how) => {
      if (how === 'dials') dial();
      else talk();
      bob.answer().acts();
      bob.got('pc');
      bob.wait(2_001);
      expect(bob.ring('back')).toEqual({ outcome: 'ok', devices: 1, old: true });
      bob.signal('back', 1, [offerOf('v=2')]);
      expect(frames('pc')).toEqual(['call:hangup', 'call:offer']);
      expect(acts()).toEqual(['ws-pc hangup']);
    },
  );

  test('[C44] both inboxes decide alike, whatever arrives first', () => {
    for (const [one, other] of [
      ['alice', 'bob'],
      ['bob', 'alice'],
    ] as const) {
      const [legacy, back] = [new Inbox(one).legacy('pc'), new Inbox(other).device('phone')];
      legacy.say('pc', offer(other));
      legacy.dial('legacy call', { device: 'ws-pc', to: [other] });
      const expiresAt = legacy.now + 45_000;
      for (const inbox of [legacy, back]) inbox.wait(2_001);
      expect(back.dial('back', { to: [one] })).toEqual({ outcome: 'ok' });
      const ring = { from: profile(one), old: true, expiresAt };
      expect(back.ring('legacy call', ring)).toEqual(instead('back'));
      expect(legacy.ring('back', { from: profile(other) })).toMatchObject({ outcome: 'ok' });
    }
  });
});
