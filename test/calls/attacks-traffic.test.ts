import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { legacyClient } from '../support/calls/device.ts';
import { dropAll } from '../support/calls/listener.ts';
import { aCallWorks, newDevices, two } from '../support/calls/scenes.ts';

afterAll(dropAll);

/** How many candidates go with the offer: as many as may wait for a device. */
const CANDIDATES = 511;
const AGAIN = 60;

describe('a legacy client that calls its caller again and again while it rings', () => {
  test('[C17, C41] a legacy client that calls back in a loop does not have it all sent again', async () => {
    const [a, b] = await newDevices(2);
    if (!a || !b) throw new Error('There are no two');
    const legacy = await legacyClient(b.user);
    const { line } = await a.dial(b.user, { offer: 'v=0 offer' });
    await legacy.next({ event: 'call:offer' });
    for (let seq = 2; seq <= CANDIDATES + 1; seq++) {
      line.say({
        type: 'signal',
        seq,
        signal: { kind: 'candidate', candidate: { candidate: `c${seq}` } },
      });
      if (seq % 50 === 0 && seq > 100) await sleep(1_000);
    }
    const last = { event: 'call:ice', payload: { candidate: { candidate: `c${CANDIDATES + 1}` } } };
    await legacy.next(last);
    for (let n = 0; n < AGAIN; n++)
      legacy.say({ event: 'call:offer', payload: { userId: a.user.id, sdp: {} } });
    const { b: other, a: others } = await two();
    await aCallWorks(others, other);
    line.say({ type: 'hangup' });
    await line.next({ type: 'state', state: 'ended' });
    // Everything that was on its way has arrived by then.
    await sleep(1_000);
    const candidates = legacy.frames.filter(
      (frame) => 'event' in frame && frame.event === 'call:ice',
    );
    expect(candidates.length).toBeLessThanOrEqual(2 * CANDIDATES);
  });
});
