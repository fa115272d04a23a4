import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { legacyClient } from '../support/calls/device.ts';
import { dropAll } from '../support/calls/listener.ts';
import { newDevices } from '../support/calls/scenes.ts';
import { newChat } from '../support/chats/chats.ts';

afterAll(dropAll);

/** After how long without an event a host puts an inbox to sleep, and somewhat more. */
const ASLEEP_MS = 15_000;

test('[M3, M4, M21] an inbox that sleeps tells its sockets of a message all the same', async () => {
  const [anna, boris] = await newDevices(2);
  if (!anna || !boris) throw new Error('There are no two');
  const chat = await newChat({ type: 'user' }, [anna.user, boris.user]);
  const [line, legacy] = [await boris.inbox(0), await legacyClient(boris.user)];
  for (let n = 1; n <= 2; n++) {
    await sleep(ASLEEP_MS);
    const sent = await anna.send('POST', `/api/chats/${chat}/messages`, { text: `${n}` });
    expect(sent.status).toBe(201);
    expect((await line.next({ type: 'message' })).frame).toMatchObject({
      n,
      message: { text: `${n}` },
    });
    expect((await legacy.next()).frame).toMatchObject({ message: { text: `${n}` } });
  }
  await sleep(ASLEEP_MS);
  legacy.say({ type: 'ping' });
  expect((await legacy.next()).frame).toEqual({ type: 'pong' });
});
