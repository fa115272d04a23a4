import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { QrMessage } from '../../src/contract/sockets/qr.ts';
import type { CallLine } from '../support/calls/device.ts';
import { deviceOf, legacyClient } from '../support/calls/device.ts';
import { AT_ONCE_MS, dropAll, openLine } from '../support/calls/listener.ts';
import { ringing, talking, two } from '../support/calls/scenes.ts';
import type { Closed } from '../support/calls/web-socket.ts';
import { runningApi } from '../support/client.ts';
import { showQr } from '../support/qr.ts';
import { repeated } from '../support/races.ts';
import { stack } from '../support/stack.ts';

afterAll(dropAll);

/** Closes a socket, and returns the code of an answer that came at once. */
const answerTo = (closed: Promise<Closed>): Promise<number | 'nothing'> =>
  Promise.race([closed.then(({ code }) => code), sleep(AT_ONCE_MS, 'nothing' as const)]);

/** Opens each kind of socket, in each of its states. */
const SOCKETS = {
  'an inbox': async () => (await two()).inbox,
  'the inbox of a legacy client': async () => legacyClient((await two()).b.user),
  'a call': async () => (await talking()).callee,
  'a call, before hello': async () => {
    const { b, call } = await ringing();
    return b.knock(call.callId);
  },
  'a QR sign-in': async () => {
    const { room } = await showQr(runningApi());
    return openLine(`${stack.apiUrl}/parties/qr/${room}`, QrMessage);
  },
};

describe.each(Object.entries(SOCKETS))('a close that a client sends to %s', (_, open) => {
  test('[C20] a close is answered at once when it is empty', async () => {
    const line = await open();
    expect(await answerTo(line.requestClose())).toBe(1000);
  });

  test.each([1000, 3000, 4999])(
    '[C20] a close is answered at once when it has the code %i',
    async (code) => {
      const line = await open();
      expect([code, 1000]).toContain(await answerTo(line.requestClose(code)));
    },
  );
});

describe('a client that comes back from its empty close', () => {
  test('[C12, C20] a client that comes back from its empty close is in its call still', async () => {
    const { b, call, caller, callee } = await talking();
    expect(await answerTo(callee.requestClose())).toBe(1000);
    const back = await b.join(call.callId, { seen: {}, acked: 0 });
    await caller.next({ type: 'peer', peer: { state: 'away' } });
    await caller.next({ type: 'peer', peer: { state: 'joined' } });
    caller.say({ type: 'hangup' });
    await back.next({ type: 'state', state: 'ended', reason: 'hung_up' });
  });
});

/** Sends up to so many frames, and returns whether the connection ended meanwhile. */
const flood = async (line: Pick<CallLine, 'say' | 'holdOpen'>): Promise<boolean> => {
  let isCut = false;
  const cut = line.holdOpen().then(() => {
    isCut = true;
  });
  for (let n = 0; n < 200 && !isCut; n += 1) {
    for (const _ of repeated(200, () => 0)) line.say('{"type":"ping"}');
    await Promise.race([cut, sleep(5)]);
  }
  await Promise.race([cut, sleep(AT_ONCE_MS)]);
  return isCut;
};

describe('a client that sends on and on after it was put out', () => {
  test('[C26] a client that sends on after its close is cut off from the room of its call', async () => {
    const { caller, callee } = await talking();
    expect(await flood(callee)).toBe(true);
    await caller.next({ type: 'peer', peer: { state: 'away' } });
    caller.say({ type: 'ping' });
    await caller.next({ type: 'pong' }, AT_ONCE_MS);
  });

  test('[C26] a client that sends on after its close changes nothing in an inbox', async () => {
    const { a, b, inbox } = await two();
    const other = await (await deviceOf(b.user)).inbox();
    await flood(inbox);
    other.say({ type: 'ping' });
    await other.next({ type: 'pong' }, AT_ONCE_MS);
    const call = await a.call(b.user);
    await other.next({ type: 'ring', call: call.callId });
    inbox.say({ type: 'decline', call: call.callId });
    await b.accept(call.callId);
    expect(inbox.frames).not.toContainEqual(expect.objectContaining({ type: 'ring' }));
  });
});
