import { describe, expect, test } from 'vitest';
import { messagesIn } from '../answering.ts';
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

describe('a session that is revoked', () => {
  test('[A38] a revoked session loses its sockets at once, legacy ones too, and alone', () => {
    const bob = new Inbox().device('phone').device('tablet').legacy('pc', { sid: 'phone' });
    expect(bob.tell({ type: 'revoked', sids: ['phone', 'unknown'] })).toEqual({ outcome: 'done' });
    expect(bob.closed).toEqual(['phone unauthorized', 'pc unauthorized']);
    expect(bob.connected).toEqual(['tablet']);
    expect(bob.acts()).toEqual([]);
  });

  test('[A37, A38] all others are revoked but the session that signs them out', () => {
    const until = { until: 2_000_000 };
    const bob = new Inbox()
      .device('phone', until)
      .device('tablet', until)
      .legacy('pc', until)
      .device('tv', until);
    bob.active('call', { device: 'tv' });
    bob.device('new', { until: 2_000_001 });
    bob.tell({ type: 'revoked', sids: ['gone'], others: { but: 'phone', until: 2_000_000 } });
    expect(bob.closed).toEqual(['tablet unauthorized', 'pc unauthorized', 'tv unauthorized']);
    expect(bob.connected).toEqual(['phone', 'new']);
    expect(bob.answer().acts()).toContain('tv revoke');
    expect(bob.device('gone').connected).toEqual(['phone', 'new']);
  });

  test('[A38] the newest 256 revoked sessions are remembered', () => {
    const bob = new Inbox();
    for (let n = 0; n < 300; n++) bob.tell({ type: 'revoked', sids: [`s${n}`] });
    expect(bob.state.ended.map(({ sid }) => sid)).toEqual(
      Array.from({ length: 256 }, (_, n) => `s${n + 44}`),
    );
  });

  test('[A38] a revoked session is not let in for two minutes, whoever takes it for alive', () => {
    const bob = new Inbox().device('phone').device('tablet');
    bob.tell({ type: 'revoked', sids: ['phone'] });
    bob.device('phone').legacy('pc', { sid: 'phone' }).restart().device('phone');
    expect(bob.closed).toEqual(
      Array.from(['phone', 'phone', 'pc', 'phone'], (name) => `${name} unauthorized`),
    );
    bob.wait(119_999).device('phone');
    expect(bob.connected).toEqual(['tablet']);
    expect(bob.wait(1).device('phone').connected).toEqual(['tablet', 'phone']);
  });

  test('[A38] a revoked session stays remembered when another goes, but not for ever', () => {
    const bob = new Inbox();
    for (const sid of ['one', 'two']) bob.tell({ type: 'revoked', sids: [sid] });
    expect(bob.device('one').device('two').connected).toEqual([]);
    bob.wait(120_000).tell({ type: 'revoked', sids: ['three'] });
    expect(bob.state.ended.map(({ sid }) => sid)).toEqual(['three']);
  });

  test('[A38] a revoked session is put out of a call that it enters with an older ticket', () => {
    const bob = new Inbox().device('tablet');
    bob.tell({ type: 'revoked', sids: ['phone'] });
    bob.ring('call');
    expect(bob.active('call', { device: 'phone' })).toEqual({ outcome: 'ok' });
    expect(bob.acts()).toEqual(['phone revoke']);
  });

  test('[A38] a revoked session of another device does not harm the one in the call', () => {
    const bob = new Inbox().device('tablet');
    bob.tell({ type: 'revoked', sids: ['phone'] });
    bob.ring('call');
    bob.active('call', { device: 'tablet' });
    expect(bob.acts()).toEqual([]);
  });

  test('[A38] a revoked legacy device calls nobody, also when the Worker was asked before', () => {
    const bob = new Inbox().legacy('asked').legacy('waits');
    for (const name of ['asked', 'waits'])
      bob.say(name, { event: 'call:offer', payload: { userId: 'alice' } });
    bob.tell({ type: 'revoked', sids: ['session of asked', 'session of waits'] });
    bob.dial('c', { device: 'ws-asked' });
    expect(bob.answer({ outcome: 'ok', call: 'c' }).posts).toMatchObject([
      { message: { type: 'call', device: 'ws-asked' } },
      { message: { device: 'ws-asked', action: { type: 'hangup' } } },
    ]);
  });

  test('[A38, C25] every call that a revoked session may be in hears of it', () => {
    const bob = new Inbox().legacy('pc', { sid: 'old session' });
    bob.ring('one');
    bob.ring('two', { group: true });
    bob.ring('past');
    bob.stop('past');
    bob.tell({ type: 'revoked', sids: ['gone', 'old session'] });
    const told = bob.posts.map(({ to, message }) =>
      message.type === 'act' && to !== 'worker'
        ? `${to.id} ${message.device} ${message.action.type}`
        : to,
    );
    expect(told).toEqual(['one gone revoke', 'two gone revoke']);
    bob.answer();
    expect(
      bob.posts.flatMap(messagesIn).map((told) => ('device' in told ? told.device : '')),
    ).toEqual(['gone', 'gone', 'old session', 'ws-pc', 'old session', 'ws-pc']);
  });

  test('[A38, C16] a call hears of a revoked session though the host dies meanwhile', () => {
    const bob = new Inbox().device('phone');
    bob.active('call');
    bob.tell({ type: 'revoked', sids: ['phone'] });
    bob.acts();
    expect(bob.restart().acts()).toEqual(['phone revoke']);
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
