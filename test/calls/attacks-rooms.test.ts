import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sign } from '../../party/wire/signature.ts';
import { CallServerFrame } from '../../src/contract/sockets/call.ts';
import { PING } from '../../src/contract/sockets/protocol.ts';
import type { Device, LegacyLine } from '../support/calls/device.ts';
import { deviceOf, legacyClient, newDevice, openLegacy } from '../support/calls/device.ts';
import { recordsOf } from '../support/calls/history.ts';
import { dropAll, openLine } from '../support/calls/listener.ts';
import { newUser } from '../support/calls/people.ts';
import { recordOf } from '../support/calls/records.ts';
import { aCallWorks, newDevices, ringing, talking, two } from '../support/calls/scenes.ts';
import { runningApi } from '../support/client.ts';
import { repeated } from '../support/races.ts';
import { stack } from '../support/stack.ts';

afterAll(dropAll);

const { ROOMS_URL, ROOMS_SECRET, JWT_SECRET } = stack.settings;
const SECRET = String(ROOMS_SECRET ?? JWT_SECRET);
/** A secret that nobody knows. */
const STRANGE = 'another-secret-0123456789012345';
const FULL = { code: 4429, reason: 'Too many connections' };

describe('five hundred sockets of one user', () => {
  /** Opens a legacy socket; answers it once the inbox has let it in, or its close code. */
  const enter = async (token: string): Promise<LegacyLine | number> => {
    const line = await openLegacy(token);
    line.say(PING[0]);
    return Promise.race([
      line.next({ type: 'pong' }).then(() => line),
      line.closed.then(({ code }) => code),
    ]);
  };

  test('[C27] of five hundred legacy sockets of a user eight live, three of a session at most', async () => {
    const a = await newDevice();
    const b = await newUser();
    const sessions = await Promise.all(repeated(3, () => deviceOf(b)));
    const inside = new Map<LegacyLine, string>();
    const codes = new Set<number>();
    const crowd = async (token: string) => {
      const entered = await enter(token).catch(() => enter(token));
      if (typeof entered === 'number') {
        codes.add(entered);
        return;
      }
      inside.set(entered, token);
      void entered.closed.then(({ code }) => {
        inside.delete(entered);
        codes.add(code);
      });
    };
    for (let round = 0; round < 25; round++) {
      const tokens = Array.from({ length: 20 }, (_, n) => sessions[n % 3]?.token ?? '');
      await Promise.all(tokens.map(crowd));
    }
    await expect.poll(() => inside.size).toBe(8);
    const held = Map.groupBy(inside.values(), (token) => token);
    expect(Math.max(...Array.from(held.values(), (of) => of.length))).toBe(3);
    expect([...codes]).toEqual([FULL.code]);

    const legacy = await legacyClient(a.user);
    const sdp = { type: 'offer', sdp: 'v=0' };
    legacy.say({ event: 'call:offer', payload: { userId: b.id, sdp } });
    const lines = [...inside.keys()];
    for (const line of lines) await line.next({ event: 'call:offer' });
    lines[0]?.say({ event: 'call:answer', payload: { sdp: { type: 'answer', sdp: 'v=0' } } });
    await legacy.next({ event: 'call:answer' });
    legacy.say({ event: 'call:hangup' });
    await lines[0]?.next({ event: 'call:hangup' });
  });

  test('[C27] a legacy socket that leaves makes room for one of another session', async () => {
    const user = await newUser();
    const tokens = (await Promise.all(repeated(4, () => deviceOf(user)))).map(({ token }) => token);
    const lines: LegacyLine[] = [];
    for (let n = 0; n < 8; n++) {
      const entered = await enter(tokens[n % 3] ?? '');
      if (typeof entered !== 'number') lines.push(entered);
    }
    expect(lines).toHaveLength(8);
    expect(await enter(tokens[3] ?? '')).toBe(FULL.code);
    lines[0]?.close();
    const outcome = async () => typeof (await enter(tokens[3] ?? ''));
    await expect.poll(outcome).toBe('object');
  });

  test('[C19] of five hundred sockets of one device the newest lives', async () => {
    const { a, b, inbox } = await two();
    let newest = inbox;
    for (const _ of repeated(4, () => 0)) {
      const before = newest;
      newest = await b.inbox();
      expect((await before.closed).code).toBe(4008);
    }
    await a.call(b.user);
    await newest.next({ type: 'ring' });
  });

  test('[C27] the room of a call takes eight sockets of one user', async () => {
    const { b, call, caller } = await ringing();
    const devices = await Promise.all(repeated(9, () => deviceOf(b.user)));
    const lines = [];
    for (const device of devices.slice(0, 8)) lines.push(await device.join(call.callId));
    expect(await (await devices[8]?.knock(call.callId))?.closed).toEqual(FULL);
    lines[7]?.say({ type: 'accept' });
    await caller.next({ type: 'peer', peer: { state: 'joined' } });
  });
});

describe('whoever speaks to rooms past the Worker', () => {
  let a: Device;
  let call: string;
  beforeAll(async () => {
    const scene = await ringing();
    a = scene.a;
    call = scene.call.callId;
  });

  const entrant = () => ({
    user: a.user.id,
    device: 'd',
    sid: 'd',
    old: false,
    until: Date.now() + 1e9,
    role: 'caller',
  });
  const act = () =>
    JSON.stringify({ type: 'act', user: a.user.id, device: 'd', action: { type: 'revoke' } });

  /** Makes headers whose signature does not fit the request. */
  type Forgery = (target: string, body: string) => Promise<Record<string, string>>;

  /** Wrong signatures, by what is wrong with them. */
  const wrong: [string, Forgery][] = [
    ['nothing', async () => ({})],
    ['nonsense', async () => ({ 'X-AIST-Signature': 'nonsense' })],
    [
      'a signature of somebody else',
      (target, body) => sign([STRANGE], { target, body }, Date.now()),
    ],
    [
      'a signature for another room',
      (target, body) => sign([SECRET], { target: `${target}x`, body }, Date.now()),
    ],
    [
      'a signature for something else',
      (target, body) => sign([SECRET], { target, body: `${body} ` }, Date.now()),
    ],
    [
      'a signature for an entrant that is not named',
      async (target, body) => {
        const { 'X-AIST-Entrant': _, ...rest } = await sign(
          [SECRET],
          { target, entrant: entrant(), body },
          Date.now(),
        );
        return rest;
      },
    ],
    [
      'a signature for another entrant',
      async (target, body) => {
        const mine = await sign(
          [SECRET],
          { target, entrant: { ...entrant(), user: 'x' }, body },
          Date.now(),
        );
        const theirs = await sign([STRANGE], { target, entrant: entrant(), body }, Date.now());
        return { ...theirs, 'X-AIST-Signature': String(mine['X-AIST-Signature']) };
      },
    ],
    [
      'a signature of a minute ago',
      (target, body) => sign([SECRET], { target, body }, Date.now() - 60_000),
    ],
    [
      'a signature that holds for years',
      (target, body) => sign([SECRET], { target, body }, Date.now() + 1e11),
    ],
  ];

  test.each(wrong)(
    '[C18] who speaks to rooms past the Worker, with %s, is told nothing, changes nothing',
    async (_, forge) => {
      const told = await runningApi().send('POST', '/api/internal/rooms', {
        body: act(),
        headers: await forge('worker', act()),
      });
      expect([told.status, told.body.ok]).toEqual([401, false]);
      const headers = await forge(`call/${call}`, act());
      const room = await runningApi().send('POST', `/parties/call/${call}`, {
        body: act(),
        headers,
      });
      expect([404, 405]).toContain(room.status);
      const line = await openLine(
        `${stack.apiUrl}/parties/call/${call}`,
        CallServerFrame,
        undefined,
        headers,
      );
      expect((await line.closed).code).toBe(4001);
    },
  );

  // Only rooms on another host have an address of their own.
  if (ROOMS_URL) {
    test.each(wrong)(
      '[C18] who speaks to rooms with %s is turned away by the rooms themselves',
      async (_, forge) => {
        for (const target of [`call/${call}`, `inbox/${a.user.id}`]) {
          const url = `${ROOMS_URL}/parties/${target}`;
          const told = await fetch(url, {
            method: 'POST',
            body: act(),
            headers: await forge(target, act()),
          });
          expect(told.status).toBe(401);
          const headers = await forge(target, '');
          for (const at of [url, `${url}?_pk=x`]) {
            await expect(openLine(at, CallServerFrame, undefined, headers)).rejects.toThrow('401');
          }
        }
      },
    );

    test('[C18] a request signed by the secret of tokens is turned away by rooms elsewhere', async () => {
      const headers = await sign(
        [String(JWT_SECRET)],
        { target: `call/${call}`, body: act() },
        Date.now(),
      );
      const url = `${ROOMS_URL}/parties/call/${call}`;
      expect((await fetch(url, { method: 'POST', body: act(), headers })).status).toBe(401);
    });
  }

  test('[C10] a call works after all of it', async () => {
    const line = await a.join(call);
    expect(line.frames).toMatchObject([{ state: 'ringing', joined: true }]);
    line.say({ type: 'hangup' });
    const [c, d] = await newDevices(2);
    if (c && d) await aCallWorks(c, d);
  });

  test('[C16] who repeats what was signed within its time writes nothing twice', async () => {
    const [c, d] = await newDevices(2);
    if (!c || !d) throw new Error('There are no two');
    const record = recordOf(c.user.id, [d.user.id]);
    const body = JSON.stringify(record);
    const headers = await sign([SECRET], { target: 'worker', body }, Date.now());
    for (const _ of repeated(3, () => 0)) {
      const told = await runningApi().send('POST', '/api/internal/rooms', { body, headers });
      expect([told.status, told.body]).toEqual([200, { outcome: 'done' }]);
    }
    expect(await recordsOf(d, record.call)).toHaveLength(1);
  });
});

describe('a user whose id is', () => {
  test.each(['__proto__', 'ws-abc'])(
    '[C18] a user whose id is %s calls and is called as anybody else',
    async (id) => {
      const odd = await deviceOf(await newUser({ id }));
      const [a] = await newDevices(1);
      if (!a) throw new Error('Nobody calls');
      await aCallWorks(odd, a);
      await aCallWorks(a, odd);
      const { callId } = await odd.call(a.user);
      const late = await a.inbox();
      expect(late.frames).toMatchObject([{ rings: [{ call: callId, from: { user: id } }] }]);
      late.say({ type: 'decline', call: callId });
      expect(await recordsOf(odd, callId)).toMatchObject([{ reason: 'declined' }]);
    },
  );

  test.each(['a/b', 'ж', 'x'.repeat(65)])(
    '[C18] a user whose id is %s, of which no room can be, hurts nobody',
    async (id) => {
      const odd = await deviceOf(await newUser({ id }));
      const { b, callee, caller, a } = await talking();
      const ticket = await odd.send('POST', '/api/calls/inbox');
      const inbox = `${stack.apiUrl}/parties/inbox/${encodeURIComponent(id)}`;
      const url = `${inbox}?ticket=${ticket.body.ticket}`;
      await expect(openLine(url, CallServerFrame).then(({ closed }) => closed)).rejects.toThrow(
        '404',
      );
      expect((await (await openLegacy(odd.token)).closed).code).toBe(4001);
      const [c] = await newDevices(1);
      const out = await c?.send('POST', '/api/calls', { to: id });
      expect([201, 400, 404, 503]).toContain(out?.status);
      caller.say({ type: 'signal', seq: 1, signal: { kind: 'offer', sdp: 'v=0' } });
      await callee.next({ type: 'signal', seq: 1 });
      callee.say({ type: 'hangup' });
      await caller.closed;
      await aCallWorks(b, a);
    },
  );
});
