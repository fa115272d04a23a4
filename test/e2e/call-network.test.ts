import { afterAll, describe, expect, test } from 'vitest';
import type { MediaLine } from '../support/media-line.ts';
import { startMediaLine } from '../support/media-line.ts';
import { restartRoom } from '../support/restart.ts';
import type { PageOfTests } from './page.ts';
import type { Device } from './people.ts';
import { beginCall, hangUp, hears, openDevice, read, shows } from './people.ts';

declare const page: PageOfTests;

const opened: MediaLine[] = [];
afterAll(() => {
  for (const line of opened) line.close();
});

/** Two devices that talk, and the line that their media take. */
const talking = async () => {
  const media = startMediaLine();
  opened.push(media);
  const both = [await openDevice({ media }), await openDevice({ media })] as const;
  await beginCall(...both, true);
  for (const one of both) await hears(one, { pictures: true });
  expect(media.packets).toBeGreaterThan(0);
  return { both, media };
};

/** The length of an outage is what these tests are about: nothing else tells when it is over. */
const lasts = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const isReconnecting = (device: Device) =>
  expect.poll(async () => (await read(device)).state?.state).toBe('reconnecting');

describe('a call on a bad network', () => {
  test('[C12] after five seconds without any network a call goes on where it was', async () => {
    const { both, media } = await talking();
    const [mine] = both;
    const { id } = await read(mine);
    mine.line.cut();
    media.cut();
    await mine.context.setOffline(true);
    await lasts(5_000);
    await mine.context.setOffline(false);
    mine.line.mend();
    media.mend();
    for (const one of both) {
      await shows(one, 'talking');
      await hears(one, { pictures: true });
      const after = await read(one);
      expect(after.id).toBe(id);
      expect(after.shown?.filter((state) => state.startsWith('ended'))).toEqual([]);
    }
    await hangUp(mine);
    await shows(both[1], 'ended hung_up');
  });

  test('[C12] after twenty-five seconds offline a call is lost on both sides', async () => {
    const { both, media } = await talking();
    const [mine, theirs] = both;
    mine.line.cut();
    media.cut();
    await mine.context.setOffline(true);
    await isReconnecting(mine);
    const during = (await read(mine)).state;
    expect(during).toMatchObject({ cause: 'my_network', until: expect.any(Number) });
    await isReconnecting(theirs);
    await shows(theirs, 'ended lost');
    await shows(mine, 'ended lost');
    await mine.context.setOffline(false);
    mine.line.mend();
    expect((await read(theirs)).state).toMatchObject({ by: 'them' });
  });

  test('[C10, C11] a room that starts anew in mid-call is found again, and signals arrive', async () => {
    const { both } = await talking();
    const [mine, theirs] = both;
    const { id = '' } = await read(mine);
    await restartRoom(id);
    // A shared screen is negotiated: the signals go through the new room, and none is lost.
    await mine.page.evaluate(() => page.device()?.screen(true));
    await expect.poll(async () => (await read(theirs)).people?.[0]?.hasScreen).toBe(true);
    for (const one of both) {
      await shows(one, 'talking');
      await hears(one, { pictures: true });
    }
    await hangUp(theirs);
    await shows(mine, 'ended hung_up');
  });

  test('[C11] sockets that end without a word come back, and media never stop', async () => {
    const { both } = await talking();
    for (const one of both) one.line.drop();
    for (const one of both) {
      await hears(one, { pictures: true });
      await shows(one, 'talking');
    }
    await hangUp(both[0]);
    await shows(both[1], 'ended hung_up');
  });

  test('When the way of media dies, ICE finds another one, and media come back', async () => {
    const { both, media } = await talking();
    media.forget();
    for (const one of both) await isReconnecting(one);
    expect((await read(both[0])).state).toMatchObject({ cause: 'media' });
    for (const one of both) {
      await shows(one, 'talking');
      await hears(one, { pictures: true });
    }
    await hangUp(both[0]);
    await shows(both[1], 'ended hung_up');
  });
});
