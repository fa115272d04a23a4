import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Device, deviceOf, openLegacy } from '../support/calls/device.ts';
import { recordsOf } from '../support/calls/history.ts';
import { dropAll } from '../support/calls/listener.ts';
import type { User } from '../support/calls/people.ts';
import { cannedRooms } from '../support/calls/rooms.ts';
import { newDevices, ringing } from '../support/calls/scenes.ts';
import { localApi, runningApi } from '../support/client.ts';
import { freshPhone } from '../support/fresh.ts';
import { signIn } from '../support/sign-in.ts';

afterAll(dropAll);

const UNAUTHORIZED = { code: 4001, reason: 'Unauthorized' };

/** Somebody who has signed in with a phone number, as people do. */
const signedIn = async (): Promise<Device> => {
  const phone = freshPhone();
  const token = await signIn(runningApi(), phone);
  const user: User = { id: String(decodeJwt(token).userId), username: '', displayName: '', phone };
  return new Device(user, token);
};

const sidOf = ({ token }: Device): string => String(decodeJwt(token).sid);

const only = ([first]: readonly Device[]): Device => {
  if (!first) throw new Error('There is nobody');
  return first;
};

describe('when a session ends', () => {
  // Each test signs one of them out.
  let people: Device[];
  beforeAll(async () => {
    people = [await signedIn(), await signedIn(), await signedIn()];
  });
  const next = (): Device => people.pop() ?? only([]);

  test('[A37, C25] a session that DELETE ends loses its sockets, and the call that it is in', async () => {
    const [a, b] = [next(), only(await newDevices(1))];
    const [inbox, call] = [await a.inbox(), await a.dial(b.user)];
    const callee = await b.accept(call.callId);
    await call.line.next({ type: 'peer', peer: { state: 'joined' } });
    const ticket = await a.callTicket(call.callId);
    const answer = await (await deviceOf(a.user)).send('DELETE', `/api/sessions/${sidOf(a)}`);
    expect(answer.status, answer.text).toBe(200);
    expect(await Promise.all([inbox.closed, call.line.closed])).toEqual([
      UNAUTHORIZED,
      UNAUTHORIZED,
    ]);
    await callee.next({ type: 'state', state: 'ended', reason: 'hung_up' });
    expect(await recordsOf(b, call.callId)).toMatchObject([{ reason: 'hung_up' }]);
    expect(await (await a.knock(ticket)).closed).toEqual(UNAUTHORIZED);
    expect((await a.send('POST', '/api/calls/inbox')).status).toBe(401);
  });

  test('[A37, C25] a session that logout ends has its call cancelled', async () => {
    const [a, b] = [next(), only(await newDevices(1))];
    const [mine, theirs, call] = [await a.inbox(), await b.inbox(), await a.dial(b.user)];
    await theirs.next({ type: 'ring', call: call.callId });
    expect((await a.send('POST', '/api/auth/logout')).status).toBe(200);
    expect(await Promise.all([mine.closed, call.line.closed])).toEqual([
      UNAUTHORIZED,
      UNAUTHORIZED,
    ]);
    await theirs.next({ type: 'stop', call: call.callId, reason: 'cancelled' });
  });

  test('[A37, C25] a session that ends where it rings leaves the other devices ringing', async () => {
    const a = only(await newDevices(1));
    const b = next();
    const other = await deviceOf(b.user);
    const [inbox, otherInbox, call] = [await b.inbox(), await other.inbox(), await a.dial(b.user)];
    await inbox.next({ type: 'ring', call: call.callId });
    const room = await b.join(call.callId);
    expect((await other.send('DELETE', '/api/sessions')).body).toMatchObject({
      ok: true,
      revoked: 1,
    });
    expect(await Promise.all([inbox.closed, room.closed])).toEqual([UNAUTHORIZED, UNAUTHORIZED]);
    await other.accept(call.callId);
    await call.line.next({ type: 'peer', peer: { state: 'joined' } });
    await otherInbox.next({ type: 'in_call', inCall: { call: call.callId, here: true } });
    expect(otherInbox.frames.map(({ type }) => type)).toEqual(['welcome', 'ring', 'in_call']);
  });
});

describe('[A38, C25] a legacy session that ends loses its sockets, and the call it has answered', () => {
  test('[A38, C25] a legacy session that ends loses its sockets, and its call', async () => {
    const { b, caller } = await ringing({ offer: 'v=0' });
    const device = await deviceOf(b.user);
    const both = [await openLegacy(device.token), await openLegacy(device.token)];
    const [legacy] = both;
    await legacy?.next({ event: 'call:offer' });
    legacy?.say({ event: 'call:answer', payload: { sdp: { type: 'answer', sdp: 'v=0' } } });
    await caller.next({ type: 'peer', peer: { state: 'joined' } });
    expect((await device.send('POST', '/api/auth/logout')).status).toBe(200);
    expect(await Promise.all(both.map(({ closed }) => closed))).toEqual([
      UNAUTHORIZED,
      UNAUTHORIZED,
    ]);
    await caller.next({ type: 'state', state: 'ended', reason: 'hung_up' });
    expect(await (await openLegacy(device.token)).closed).toEqual(UNAUTHORIZED);
  });
});

describe('[C25] when a session ends and the inbox cannot be told', () => {
  /** Starts a Worker on the same stores that reaches no room. */
  const mute = localApi({}, Date.now, cannedRooms());

  test('[A38, C25] a session whose end no room heard of loses its socket at the next ring', async () => {
    const [a, b] = await newDevices(2);
    if (!a || !b) throw new Error('There are no two');
    const lost = await deviceOf(b.user);
    const inbox = await lost.inbox();
    const { status } = await mute.post('/api/auth/logout', {}, { token: lost.token });
    expect(status).toBe(200);
    const call = await a.dial(b.user);
    expect(await inbox.closed).toEqual(UNAUTHORIZED);
    const kept = await b.inbox();
    await b.accept(call.callId);
    await call.line.next({ type: 'peer', peer: { state: 'joined' } });
    kept.say({ type: 'ping' });
    await kept.next({ type: 'pong' });
  });

  test('[A38, C25] the next device that joins has the sockets of ended sessions closed', async () => {
    const b = only(await newDevices(1));
    const lost = await deviceOf(b.user);
    const sockets = [await openLegacy(lost.token), await openLegacy(lost.token)];
    expect((await mute.send('DELETE', '/api/sessions', { token: b.token })).status).toBe(200);
    const kept = await b.inbox();
    expect(await Promise.all(sockets.map(({ closed }) => closed))).toEqual([
      UNAUTHORIZED,
      UNAUTHORIZED,
    ]);
    kept.say({ type: 'ping' });
    await kept.next({ type: 'pong' });
  });
});
