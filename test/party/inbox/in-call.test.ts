import { describe, expect, test } from 'vitest';
import { Inbox } from './inbox.ts';

const ringing = { call: 'c', role: 'caller', state: 'ringing' };
const accepted = { call: 'c', role: 'caller', state: 'accepted' };
const over = { type: 'in_call' };
const inCall = (of: object, device: string, to: string) => ({
  type: 'in_call',
  inCall: { ...of, session: device, here: device === to },
});

/** Bob's phone and tablet have said hello, and a third device has not. */
const bobWithDevices = () => {
  const bob = new Inbox().device('phone').device('tablet').join('mute').legacy('page');
  for (const name of bob.connected) bob.got(name);
  return bob;
};

/** Expects the same news on both devices, as each of them sees it, and none elsewhere. */
const expectNews = (bob: Inbox, device: string, ...calls: object[]) => {
  for (const to of ['phone', 'tablet'])
    expect(bob.got(to), to).toEqual(calls.map((of) => inCall(of, device, to)));
  expect([bob.got('mute'), bob.got('page')]).toEqual([[], []]);
};
const expectOver = (bob: Inbox) =>
  expect(['phone', 'tablet', 'mute', 'page'].map((to) => bob.got(to))).toEqual([
    [over],
    [over],
    [],
    [],
  ]);

describe('[C57] devices that are connected', () => {
  test('[C57] hear that their user calls, is answered, moves the call and is done', () => {
    const bob = bobWithDevices();
    bob.dial('c');
    expectNews(bob, 'phone', ringing);
    bob.active('c', { role: 'caller', epoch: 1 });
    expectNews(bob, 'phone', accepted);
    bob.active('c', { role: 'caller', epoch: 2, device: 'tablet', moved: true });
    expectNews(bob, 'tablet', accepted);
    bob.tell({ type: 'stop', call: 'c', epoch: 2, reason: 'hung_up' });
    expectOver(bob);
  });

  test('[C34, C57] hear that an unanswered call was taken over, and was ended', () => {
    const bob = bobWithDevices();
    bob.dial('c');
    expectNews(bob, 'phone', ringing);
    const until = bob.now + 50_000;
    bob.tell({ type: 'moved', call: 'c', device: 'tablet', epoch: 2, to: ['alice'], until });
    expectNews(bob, 'tablet', ringing);
    bob.say('phone', { type: 'hangup', call: 'c' });
    expectOver(bob);
  });

  test('[C57] hear of one call that takes the place of another, once', () => {
    const bob = bobWithDevices();
    bob.dial('own');
    expectNews(bob, 'phone', { ...ringing, call: 'own' });
    bob.active('c', { role: 'callee', device: 'tablet' });
    expectNews(bob, 'tablet', { ...accepted, role: 'callee' });
  });

  test('[C57] hear nothing of what comes again, nor of what only rings', () => {
    const bob = bobWithDevices();
    bob.active('c', { role: 'caller', epoch: 1 });
    expectNews(bob, 'phone', accepted);
    bob.wait(1_000).active('c', { role: 'caller', epoch: 1 });
    bob.active('c', { role: 'caller', epoch: 2, until: bob.now + 99_000 });
    for (const ring of ['d', 'e']) bob.ring(ring);
    bob.stop('d');
    expectNews(bob, 'phone');
    for (let times = 0; times < 2; times++) bob.stop('c');
    expectOver(bob);
  });

  test('[C10, C57] hear when a call is forgotten of which its room says nothing more', () => {
    const bob = bobWithDevices();
    bob.active('c', { role: 'caller' });
    expectNews(bob, 'phone', accepted);
    bob.wait(120_000);
    expectOver(bob);
  });

  test('[C57] hear of the call of a legacy device, also when the host loses that device', () => {
    for (const lose of [(bob: Inbox) => bob.leave('page'), (bob: Inbox) => bob.restart(['page'])]) {
      const bob = bobWithDevices().leave('mute');
      bob.say('page', { event: 'call:offer', payload: { userId: 'alice', sdp: 'v=0' } });
      bob.dial('c', { device: 'ws-page' });
      bob.answer({ outcome: 'ok', call: 'c' });
      expectNews(bob, 'session of page', ringing);
      lose(bob);
      expectOver(bob);
    }
  });

  test('[C57] hear what has changed since they slept, and nothing for having slept', () => {
    const bob = bobWithDevices().leave('mute');
    bob.active('c', { role: 'caller' });
    expectNews(bob, 'phone', accepted);
    bob.restart();
    expectNews(bob, 'phone');
    bob.stop('c');
    expectOver(bob);
  });
});

describe('[C57] a device that waits for its welcome', () => {
  test('[M22, C57] is told by the welcome, and then of what changes', () => {
    const bob = new Inbox().join('phone').say('phone', { type: 'hello', version: 1, since: 0 });
    bob.dial('c');
    expect(bob.got('phone')).toEqual([]);
    bob.wait(2_000);
    expect(bob.got('phone')).toMatchObject([{ type: 'welcome', inCall: { call: 'c' } }]);
    bob.stop('c');
    expect(bob.got('phone')).toEqual([over]);
  });

  test('[M22, C57] is welcomed with what was so, and told at once what changes as it is', () => {
    const bob = new Inbox().join('phone').say('phone', { type: 'hello', version: 1, since: 0 });
    bob.dial('c');
    bob.now += 2_000;
    bob.stop('c');
    expect(bob.got('phone')).toMatchObject([{ type: 'welcome', inCall: { call: 'c' } }, over]);
  });
});
