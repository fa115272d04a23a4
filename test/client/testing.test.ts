import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { listDevices, signOthersOut } from '../../client/src/devices.ts';
import { readPushState } from '../../client/src/push.ts';
import { readQr, showQr } from '../../client/src/qr.ts';
import { signIn } from '../../client/src/sign-in.ts';
import { TestStage } from './testing-support.ts';

let stage: TestStage;

beforeEach(() => {
  stage = new TestStage();
});

afterEach(() => stage.end());

describe('signing in on the test server', () => {
  test('Somebody signs in by the code that was sent to their number', async () => {
    const client = stage.open();
    const { step, phone, code } = signIn(client);
    await phone('8 (900) 000-00-01');
    expect(step.get()).toMatchObject({ step: 'code', masked: '+790***01' });
    const sent = stage.server.code('+7 900 000-00-01') ?? '';
    expect(sent).toMatch(/^\d{6}$/);

    await code(sent === '000000' ? '111111' : '000000');
    expect(step.get()).toMatchObject({ step: 'code', error: { code: 'wrong_code' } });
    await code(sent);
    expect(step.get()).toEqual({ step: 'done' });
    expect(stage.server.code('+79000000001')).toBeUndefined();
    const profile = await client.request('getProfile');
    expect(profile).toMatchObject({ phone: '+79000000001', displayName: '' });
  });

  test('A code is worth nothing after five minutes, and no other number has it', async () => {
    const client = stage.open();
    const { step, phone, code } = signIn(client);
    await phone('nobody');
    expect(step.get()).toMatchObject({ step: 'phone', error: { code: 'invalid_phone' } });
    await phone('+79000000001');
    const sent = stage.server.code('+79000000001') ?? '';
    expect(stage.server.code('+79000000002')).toBeUndefined();
    await stage.clock.pass(300_000);
    expect(stage.server.code('+79000000001')).toBeUndefined();
    await code(sent);
    expect(step.get()).toMatchObject({ error: { code: 'wrong_code' } });
  });

  test('A QR code signs in once it is confirmed by the phone, and is refused by it', async () => {
    const { client: phone, userId } = await stage.deviceOf('Anna');
    const desktop = stage.open();
    const qr = stage.keep(showQr(desktop));
    await stage.clock.pass(0);
    const shown = qr.state.get();
    const read = readQr(phone, shown.state === 'shown' ? shown.url : '');
    expect(await read?.about()).toMatchObject({ ageSeconds: 0, expiresInSeconds: 300 });
    await read?.deny();
    await stage.clock.pass(2_000);
    expect(qr.state.get()).toEqual({ state: 'denied' });

    qr.again();
    await stage.clock.pass(0);
    const again = qr.state.get();
    await readQr(phone, again.state === 'shown' ? again.url : '')?.confirm();
    await stage.clock.pass(2_000);
    expect(qr.state.get()).toEqual({ state: 'done' });
    expect(desktop.session.get()).toMatchObject({ state: 'signed_in', userId });
    expect((await listDevices(phone)).map(({ method }) => method)).toEqual(['qr', 'code']);
  });

  test('Whoever signs others out ends their sessions and their sockets', async () => {
    const first = await stage.deviceOf('Anna');
    const second = await stage.deviceOf('Anna');
    expect(second.userId).toBe(first.userId);
    expect(await signOthersOut(second.client)).toBe(1);
    await stage.clock.pass(1_000);
    expect(first.client.session.get()).toEqual({ state: 'signed_out', why: 'revoked' });
    expect(second.inbox.link.get()).toEqual({ state: 'online' });
  });
});

describe('the API of the test server', () => {
  test('What it does not have is answered in the envelope, and says so', async () => {
    const { client } = await stage.deviceOf('Anna');
    const tried = await client.attempt('searchPeople', { q: 'anna' });
    expect(tried).toMatchObject({
      ok: false,
      error: {
        code: 'not_found',
        status: 404,
        message: 'The test server does not have GET /api/users/search',
      },
    });
  });

  test('Inputs are checked by the contract, and tokens are asked for', async () => {
    const { client, username } = await stage.deviceOf('Anna');
    await stage.deviceOf('Bob');
    const refusals = [
      client.attempt('updateProfile', { username: 'admin' }),
      client.attempt('updateProfile', { username: 'bob' }),
      client.attempt('startCall', { to: 'bob', offer: 1 as unknown as string }),
      client.attempt('startCall', { to: username }),
      client.attempt('startCall', { to: 'nobody' }),
      client.attempt('callTicket', { id: 'nothing' }),
      stage.open().attempt('getProfile'),
    ];
    const codes = (await Promise.all(refusals)).map((one) => (one.ok ? 'ok' : one.error.code));
    expect(codes).toEqual([
      'username_reserved',
      'username_taken',
      'invalid_field',
      'call_to_oneself',
      'user_not_found',
      'call_not_found',
      'no_token',
    ]);
  });

  test('Nothing is pushed', async () => {
    const { client } = await stage.deviceOf('Anna');
    vi.stubGlobal('Notification', { permission: 'granted' });
    const registration = { pushManager: {} as PushManager };
    expect(await readPushState(client, registration)).toBe('off');
  });
});

describe('calls on the test server', () => {
  test('A call rings on all devices of the callee until one of them declines it', async () => {
    const anna = await stage.deviceOf('Anna');
    const phone = await stage.deviceOf('Bob');
    const laptop = await stage.deviceOf('Bob');
    const { callId, state } = await stage.dial(anna.client, phone.username);
    expect(state).toBe('ringing');
    for (const { inbox } of [phone, laptop])
      expect(inbox.rings.get()).toMatchObject([{ call: callId, from: { displayName: 'Anna' } }]);

    await phone.inbox.decline(callId);
    await stage.clock.pass(0);
    expect(laptop.inbox.rings.get()).toEqual([]);
    expect([phone.stopped, laptop.stopped]).toEqual([['declined'], ['declined']]);
    const { calls } = await anna.client.request('listCalls', {});
    expect(calls).toMatchObject([{ callId, direction: 'outgoing', reason: 'declined' }]);
  });

  test('A call that nobody takes is missed once its time has passed', async () => {
    const anna = await stage.deviceOf('Anna');
    const bob = await stage.deviceOf('Bob');
    const { callId } = await stage.dial(anna.client, bob.userId);
    const until = bob.inbox.rings.get()[0]?.until ?? 0;
    await stage.clock.pass(until - stage.clock.now() - 1_000);
    expect(bob.inbox.rings.get()).toHaveLength(1);
    await stage.clock.pass(10_000);
    expect(bob.inbox.rings.get()).toEqual([]);
    expect(bob.missed).toEqual([callId]);
    const { calls } = await bob.client.request('listCalls', {});
    expect(calls).toMatchObject([{ callId, direction: 'incoming', missed: true }]);
    const gone = await bob.client.attempt('callTicket', { id: callId });
    expect(gone).toMatchObject({ ok: false, error: { code: 'call_not_found' } });
  });

  test('Two who call each other at once are in one call', async () => {
    const anna = await stage.deviceOf('Anna');
    const bob = await stage.deviceOf('Bob');
    const both = await Promise.all([
      anna.client.request('startCall', { to: bob.userId }),
      bob.client.request('startCall', { to: anna.userId }),
    ]);
    expect(new Set(both.map(({ callId }) => callId)).size).toBe(1);
    expect(new Set(both.map(({ role }) => role))).toEqual(new Set(['caller', 'callee']));
  });

  test('A cut network comes back, and what rings meanwhile rings then', async () => {
    const anna = await stage.deviceOf('Anna');
    const bob = await stage.deviceOf('Bob');
    stage.server.cut(bob.userId);
    await stage.clock.pass(1_000);
    expect(bob.inbox.link.get()).toMatchObject({ state: 'retrying' });
    expect(await bob.client.attempt('updateProfile', {})).toMatchObject({
      ok: false,
      error: { code: 'no_answer' },
    });
    const { callId } = await stage.dial(anna.client, bob.userId);
    expect(bob.inbox.rings.get()).toEqual([]);
    stage.server.mend(bob.userId);
    await stage.clock.pass(15_000);
    expect(bob.inbox.link.get()).toEqual({ state: 'online' });
    expect(bob.inbox.rings.get()).toMatchObject([{ call: callId }]);
  });

  test('A ticket lets in once, where it is for', async () => {
    const anna = await stage.deviceOf('Anna');
    const bob = await stage.deviceOf('Bob');
    const { ticket, url, callId } = await stage.dial(anna.client, bob.userId);
    const closing = (address: string) =>
      new Promise<number>((resolve) => {
        const socket = new stage.server.WebSocket(`ws://aist.test${address}`);
        socket.onopen = () => socket.send(JSON.stringify({ type: 'hello', version: 1 }));
        socket.onclose = ({ code }) => resolve(code);
      });
    expect(await closing(`/parties/inbox/${anna.userId}?ticket=${ticket}`)).toBe(4003);
    expect(await closing(`${url}?ticket=made-up`)).toBe(4001);
    expect(await closing(`/nowhere/${callId}`)).toBe(1006);
    const first = closing(`${url}?ticket=${ticket}`);
    await stage.clock.pass(0);
    expect(await closing(`${url}?ticket=${ticket}`)).toBe(4001);
    await anna.inbox.hangUp(callId);
    expect(await first).toBe(1000);
  });
});

test('A server that was disposed of has no timers, and nothing gets through', async () => {
  const anna = await stage.deviceOf('Anna');
  const bob = await stage.deviceOf('Bob');
  await stage.dial(anna.client, bob.userId);
  expect(stage.clock.timers).toBeGreaterThan(0);
  stage.server.dispose();
  await stage.clock.pass(1_000);
  expect(anna.inbox.link.get()).toMatchObject({ state: 'retrying' });
  stage.disposeOfClients();
  await stage.clock.pass(0);
  expect(stage.clock.timers).toBe(0);
  await expect(stage.server.fetch(`${stage.server.url}/api/profile`)).rejects.toThrow(TypeError);
});
