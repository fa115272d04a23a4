import { afterAll, describe, expect, test } from 'vitest';
import { legacyClient } from '../support/calls/device.ts';
import { recordsOf } from '../support/calls/history.ts';
import { dropAll } from '../support/calls/listener.ts';
import { newDevices, two } from '../support/calls/scenes.ts';
import { leaveAll, SocketClient } from '../support/calls/socket-client.ts';

afterAll(leaveAll);
afterAll(dropAll);

/** Brings as many people into one call that the first made, each with the machine of the SDK. */
const gather = async (count: number) => {
  const devices = await newDevices(count);
  const [caller, ...callees] = devices;
  if (!caller) throw new Error('Nobody calls');
  const call = await caller.call(callees.map(({ user }) => user));
  const [first = '', ...others] = callees.map(({ user }) => user.id);
  const clients = [
    SocketClient.calling(caller, call, [first, ...others]),
    ...callees.map((device) => SocketClient.accepting(device, call.callId, true)),
  ];
  const all = ({ talks, people }: SocketClient) =>
    talks && people.length === count - 1 && people.every(({ state }) => state === 'joined');
  await Promise.all(clients.map((one) => one.until(all)));
  return { devices, clients, call, caller, callees };
};

describe('a call of eight', () => {
  test('[C8, C11, C14] a call of eight is a mesh: each gets what is for it, in order', async () => {
    const { devices, clients, call } = await gather(8);
    for (const [from, client] of clients.entries()) {
      for (const [to, { user }] of devices.entries()) {
        if (from === to) continue;
        client.signal({ kind: 'offer', sdp: `v=0 ${from} to ${to}` }, user.id);
        client.signal({ kind: 'candidate', candidate: { candidate: `${from} to ${to}` } }, user.id);
      }
    }
    await Promise.all(
      clients.map((one) =>
        one.until(({ delivered, pending }) => delivered.length === 14 && pending === 0),
      ),
    );
    for (const [to, client] of clients.entries()) {
      const texts = Map.groupBy(client.delivered, ({ from }) =>
        devices.findIndex(({ user }) => user.id === from),
      );
      expect([...texts.keys()].toSorted()).toEqual(
        [0, 1, 2, 3, 4, 5, 6, 7].filter((from) => from !== to),
      );
      for (const [from, heard] of texts) {
        expect(heard.map(({ signal }) => signal)).toEqual([
          { kind: 'offer', sdp: `v=0 ${from} to ${to}` },
          { kind: 'candidate', candidate: { candidate: `${from} to ${to}` } },
        ]);
      }
      expect(client.errors).toEqual([]);
    }
    // Of any two exactly one is polite, so that exactly one offers.
    for (const [index, client] of clients.entries()) {
      for (const [other, { user }] of devices.entries()) {
        if (other === index) continue;
        const towards = (one: SocketClient | undefined, id: string | undefined) =>
          one?.people.find((somebody) => somebody.user === id)?.polite;
        const mine = towards(client, user.id);
        const theirs = towards(clients[other], devices[index]?.user.id);
        expect([mine, theirs].toSorted()).toEqual([false, true]);
      }
    }
    for (const client of clients.slice(1)) client.hangUp();
    await clients[0]?.until(({ over }) => over === 'hung_up');
    const [record] = await recordsOf(devices[7] ?? gone(), call.callId);
    expect(record).toMatchObject({ group: true, reason: 'hung_up', missed: false });
    expect(record?.peers).toHaveLength(7);
  });

  test('[C8] a call of eight has no ninth', async () => {
    const devices = await newDevices(9);
    const to = devices.slice(1).map(({ user }) => user.id);
    const answer = await devices[0]?.send('POST', '/api/calls', { to });
    expect([answer?.status, answer?.body.code]).toEqual([400, 'invalid_field']);
  });
});

const gone = (): never => {
  throw new Error('There is nobody');
};

describe('a group call', () => {
  test('[C8] a group call goes on when somebody leaves, and takes them back with the roster', async () => {
    const { devices, clients, call } = await gather(4);
    const [first, second, third, fourth] = clients;
    const leaver = devices[3];
    if (!first || !second || !third || !fourth || !leaver) return gone();
    const isThere = ({ people }: SocketClient, state: string) =>
      people.some((one) => one.user === leaver.user.id && one.state === state);
    fourth.hangUp();
    await fourth.until(({ over }) => over === 'hung_up');
    await first.until((one) => isThere(one, 'left'));
    third.hangUp();
    await first.until(({ people }) => people.filter(({ state }) => state === 'left').length === 2);
    const line = await leaver.join(call.callId);
    const [welcome] = line.frames;
    const states = Object.fromEntries(
      (welcome?.type === 'welcome' ? welcome.peers : []).map(({ user, state }) => [user, state]),
    );
    expect(devices.slice(0, 3).map(({ user }) => states[user.id])).toEqual([
      'joined',
      'joined',
      'left',
    ]);
    line.say({ type: 'accept' });
    await second.until((one) => isThere(one, 'joined'));
    // The device forgot everything, so it negotiates anew.
    expect(second.people.find(({ user }) => user === leaver.user.id)?.epoch).toBe(2);
    second.signal({ kind: 'offer', sdp: 'v=0 again' }, leaver.user.id);
    await line.next({ type: 'signal', signals: [{ kind: 'offer', sdp: 'v=0 again' }] });
  });

  test('[C3, C8] a group call tells the others when somebody declines, and rings on', async () => {
    const { a, b, inbox } = await two();
    const [c] = await newDevices(1);
    if (!c) return gone();
    const call = await a.dial([b.user, c.user]);
    inbox.say({ type: 'decline', call: call.callId });
    await call.line.next({
      type: 'peer',
      peer: { user: b.user.id, state: 'left' },
      reason: 'declined',
    });
    const late = await c.inbox();
    expect(late.frames).toMatchObject([{ rings: [{ call: call.callId, group: true }] }]);
    await call.line.next({
      type: 'peer',
      peer: { user: c.user.id, state: 'ringing', unreachable: undefined },
    });
    call.line.say({ type: 'hangup' });
    await late.next({ type: 'stop', call: call.callId, reason: 'cancelled' });
    expect(await recordsOf(b, call.callId)).toMatchObject([{ reason: 'cancelled', missed: false }]);
    expect(await recordsOf(c, call.callId)).toMatchObject([{ reason: 'cancelled', missed: true }]);
  });

  test('[C8] a group call does not ring legacy devices, whose dialect knows two alone', async () => {
    const { a, b, inbox } = await two();
    const [c] = await newDevices(1);
    if (!c) return gone();
    const legacy = await legacyClient(b.user);
    const { callId } = await a.call([b.user, c.user]);
    await inbox.next({ type: 'ring', call: callId });
    inbox.say({ type: 'decline', call: callId });
    await inbox.next({ type: 'stop', call: callId });
    expect(legacy.frames).toEqual([]);
  });

  test('[C8] a group call wants to know whom a signal is for, and that they have joined', async () => {
    const { a, b } = await two();
    const [c] = await newDevices(1);
    if (!c) return gone();
    const call = await a.dial([b.user, c.user]);
    const line = await b.accept(call.callId);
    const ringing = await c.join(call.callId);
    const offer = { type: 'signal', seq: 1, signal: { kind: 'offer', sdp: 'v=0' } };
    for (const to of [undefined, c.user.id, a.user.id, 'nobody', '__proto__']) {
      call.line.say({ ...offer, to });
      await call.line.next({ type: 'error', code: 'no_such_peer' });
    }
    ringing.say({ ...offer, to: a.user.id });
    await ringing.next({ type: 'error', code: 'not_now' });
    call.line.say({ ...offer, to: b.user.id });
    await line.next({ type: 'signal', from: a.user.id, seq: 1 });
  });
});
