import { describe, expect, test } from 'vitest';
import { Inbox } from './inbox.ts';

const eight = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
const full = () => eight.reduce((bob, name) => bob.device(name), new Inbox());

describe('devices at an inbox', () => {
  test('a device is welcomed when it says hello, and again when it repeats it', () => {
    const bob = new Inbox().device('phone').say('phone', { type: 'hello', version: 1 });
    const welcome = { type: 'welcome', version: 1, rings: [] };
    expect(bob.got('phone')).toEqual([welcome, welcome]);
  });

  test('a device is told which version is not spoken here', () => {
    const bob = new Inbox().join('phone').say('phone', { type: 'hello', version: 2 });
    expect(bob.closed).toEqual(['phone version']);
    expect(bob.got('phone')).toEqual([]);
  });

  test('a device must say hello before it can decline a call', () => {
    const bob = new Inbox().join('phone');
    bob.ring('c');
    bob.say('phone', { type: 'decline', call: 'c' });
    expect(bob.got('phone')).toMatchObject([{ type: 'error', code: 'hello_first' }]);
    expect(bob.acts()).toEqual([]);
  });

  test('a device has its pings answered, also those that the host does not know', () => {
    expect(new Inbox().join('phone').text('phone', ' {"type": "ping"}').got('phone')).toEqual([
      { type: 'pong' },
    ]);
  });

  test('[C24] a device cannot speak the legacy dialect', () => {
    const bob = new Inbox()
      .device('phone')
      .step({ type: 'frame', id: 'phone', frame: { event: 'call:hangup' } });
    bob.got('phone');
    bob.say('phone', { event: 'call:offer', payload: { userId: 'alice' } });
    expect(bob.posts).toEqual([]);
  });

  test('[C19] a device is replaced by its newer socket, also where all places are taken', () => {
    const bob = full();
    bob.join('newer', { device: 'a' });
    expect(bob.closed).toEqual(['a replaced']);
    expect(bob.connected).toEqual(['b', 'c', 'd', 'e', 'f', 'g', 'h', 'newer']);
    bob.say('newer', { type: 'hello', version: 1 });
    expect(bob.ring('call')).toMatchObject({ devices: 8 });
  });

  test('[C27] a ninth device is not let in', () => {
    const bob = full().device('ninth').legacy('tenth');
    expect(bob.closed).toEqual(['ninth full', 'tenth full']);
    expect(bob.connected).toEqual(eight);
  });

  test('[C27] a device takes the place of one that has been silent for 90 s', () => {
    const bob = full().wait(60_000);
    bob.say('b', { type: 'ping' }).wait(29_999).device('ninth');
    expect(bob.closed).toEqual(['ninth full']);
    bob.wait(1).device('ninth');
    expect(bob.closed.slice(1)).toEqual(
      ['a', 'c', 'd', 'e', 'f', 'g', 'h'].map((name) => `${name} silent`),
    );
    expect(bob.connected).toEqual(['b', 'ninth']);
  });

  test('[C27] a device may be silent while nobody needs its place', () => {
    const bob = new Inbox().device('phone').wait(86_400_000).device('tablet');
    expect(bob.connected).toEqual(['phone', 'tablet']);
  });

  test('[C27, C39] a legacy device that is put out for its silence is out of its call', () => {
    const bob = new Inbox().legacy('pc');
    bob.ring('call');
    bob.say('pc', { event: 'call:answer', payload: { sdp: { type: 'answer', sdp: 'v=0' } } });
    bob.active('call', { device: 'ws-pc' });
    for (const name of eight.slice(1)) bob.device(name);
    bob.answer().acts();
    bob.wait(60_000);
    bob.active('call', { device: 'ws-pc' });
    for (const name of eight.slice(1)) bob.say(name, { type: 'ping' });
    bob.wait(30_000).device('ninth');
    expect(bob.closed).toEqual(['pc silent']);
    expect(bob.acts()).toEqual(['ws-pc hangup']);
  });

  test('[C27] of devices that are all silent for 90 s, the one in a call goes last', () => {
    const bob = new Inbox().legacy('pc');
    bob.ring('call');
    bob.say('pc', { event: 'call:answer', payload: { sdp: { type: 'answer', sdp: 'v=0' } } });
    bob.active('call', { device: 'ws-pc', until: bob.now + 200_000 });
    for (const name of eight.slice(1)) bob.device(name);
    bob.answer().acts();
    bob.wait(90_000).device('ninth');
    expect(bob.closed).toEqual(eight.slice(1).map((name) => `${name} silent`));
    expect(bob.connected).toEqual(['pc', 'ninth']);
    expect(bob.acts()).toEqual([]);
  });

  test('a device that has gone hears nothing, and counts no longer', () => {
    const bob = new Inbox().device('phone').device('tablet').leave('phone');
    expect(bob.ring('call')).toMatchObject({ devices: 1 });
    expect(bob.leave('phone').connected).toEqual(['tablet']);
  });

  test('every socket of a legacy client is a device of its own', () => {
    const bob = new Inbox().legacy('one', { sid: 'same' }).legacy('two', { sid: 'same' });
    expect(bob.closed).toEqual([]);
    expect(bob.ring('call')).toEqual({ outcome: 'ok', devices: 2, old: true });
  });
});

describe('who is let in to an inbox', () => {
  test('[C18] only the user whose inbox it is comes in', () => {
    expect(new Inbox().device('phone', { user: 'mallory' }).closed).toEqual(['phone notInCall']);
  });

  test('[C18] nobody comes in whom the Worker has not named', () => {
    const bob = new Inbox().step({ type: 'join', id: 'x', who: undefined, present: [] });
    expect(bob.closed).toEqual(['x unauthorized']);
    expect(bob.connected).toEqual([]);
  });

  test('[C18] a ticket counts once, also after a sleep, and what it let in stays', () => {
    const ticket = { id: 'jti', until: 1_060_000 };
    const bob = new Inbox().device('phone', { ticket }).restart();
    bob.device('thief', { device: 'phone', ticket });
    expect(bob.closed).toEqual(['thief unauthorized']);
    expect(bob.connected).toEqual(['phone']);
  });

  test('[C18] a ticket that has expired does not count at all', () => {
    const bob = new Inbox()
      .wait(60_000)
      .device('phone', { ticket: { id: 'jti', until: 1_060_000 } });
    expect(bob.closed).toEqual(['phone unauthorized']);
  });

  test('[C18] a ticket is not used up where there was no room', () => {
    const ticket = { id: 'jti', until: 1_060_000 };
    const bob = full().device('ninth', { ticket }).leave('a').device('ninth', { ticket });
    expect(bob.closed).toEqual(['ninth full']);
  });

  test('[C18] a ticket is remembered until it expires, and no longer', () => {
    const bob = new Inbox();
    for (let i = 0; i < 20; i++)
      bob.device(`${i}`, { device: 'phone', ticket: { id: `t${i}`, until: bob.now + 60_000 } });
    expect(bob.state.tickets).toHaveLength(20);
    bob.wait(60_000).device('phone', { ticket: { id: 'new', until: bob.now + 60_000 } });
    expect(bob.state.tickets.map(({ id }) => id)).toEqual(['new']);
  });

  test('[C18] at most 1,000 tickets a minute are taken, whatever floods the inbox', () => {
    const bob = new Inbox();
    for (let i = 0; i < 1_000; i++)
      bob.join(`${i}`, { device: 'phone', ticket: { id: `t${i}`, until: bob.now + 60_000 } });
    bob.closed.length = 0;
    bob.join('more', { ticket: { id: 'more', until: bob.now + 60_000 } });
    expect(bob.closed).toEqual(['more full']);
  });

  test('[A38] nobody comes in whose session is over, and who is in is put out when it ends', () => {
    const bob = new Inbox().device('phone', { until: 1_030_000 }).device('tablet').wait(30_000);
    bob.got('phone');
    bob.ring('call');
    expect(bob.closed).toEqual(['phone unauthorized']);
    expect(bob.got('phone')).toEqual([]);
    bob.device('phone', { until: 1_030_000 });
    expect(bob.closed).toEqual(['phone unauthorized', 'phone unauthorized']);
  });
});

describe('devices that come while it rings', () => {
  test('[C5] the first device that comes is told to the call, once and only while it rings', () => {
    const bob = new Inbox();
    for (const call of ['one', 'two', 'three']) bob.ring(call);
    bob.device('phone').device('tablet').ring('four');
    bob.device('tv');
    expect(
      bob.posts.map(({ to, message }) => [to, message.type === 'act' && message.action.type]),
    ).toEqual(['one', 'two', 'three'].map((id) => [{ party: 'call', id }, 'here']));
  });
});

describe('an inbox that slept', () => {
  test('devices stay connected through a sleep, as having said hello', () => {
    const bob = new Inbox().device('phone').restart();
    bob.got('phone');
    expect(bob.ring('call')).toMatchObject({ devices: 1 });
    expect(bob.got('phone')).toMatchObject([{ type: 'ring' }]);
  });

  test('what rings rings on through a sleep', () => {
    const bob = new Inbox().device('phone');
    bob.ring('call');
    bob.restart().got('phone');
    bob.stop('call', 'missed');
    expect(bob.got('phone')).toEqual([{ type: 'stop', call: 'call', reason: 'missed' }]);
  });
});
