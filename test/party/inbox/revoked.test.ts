import { describe, expect, test } from 'vitest';
import { messagesIn } from '../answering.ts';
import { Inbox } from './inbox.ts';

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
    const bob = new Inbox().legacy('pc', { sid: 'legacy session' });
    bob.ring('one');
    bob.ring('two', { group: true });
    bob.ring('past');
    bob.stop('past');
    bob.tell({ type: 'revoked', sids: ['gone', 'legacy session'] });
    const told = bob.posts.map(({ to, message }) =>
      message.type === 'act' && to !== 'worker'
        ? `${to.id} ${message.device} ${message.action.type}`
        : to,
    );
    expect(told).toEqual(['one gone revoke', 'two gone revoke']);
    bob.answer();
    expect(
      bob.posts.flatMap(messagesIn).map((told) => ('device' in told ? told.device : '')),
    ).toEqual(['gone', 'gone', 'legacy session', 'ws-pc', 'legacy session', 'ws-pc']);
  });

  test('[A38, C16] a call hears of a revoked session though the host dies meanwhile', () => {
    const bob = new Inbox().device('phone');
    bob.active('call');
    bob.tell({ type: 'revoked', sids: ['phone'] });
    bob.acts();
    expect(bob.restart().acts()).toEqual(['phone revoke']);
  });
});
