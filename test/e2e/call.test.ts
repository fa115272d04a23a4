import { describe, expect, test } from 'vitest';
import type { PageOfTests } from './page.ts';
import { beginCall, hangUp, hears, openDevice, read, received, rings, shows } from './people.ts';

declare const page: PageOfTests;

describe('a call between two browsers', () => {
  test.each([
    ['a video call', true, 0],
    ['a voice call', false, 1],
  ] as const)(
    '[C1] two browsers make %s: media flow both ways, and a hang-up on one side ends it',
    async (_, camera, who) => {
      const both = [await openDevice(), await openDevice()] as const;
      await beginCall(...both, camera);
      for (const one of both) await hears(one, { pictures: camera });
      if (!camera) for (const one of both) expect((await received(one)).frames).toBe(0);
      const talking = await read(both[0]);
      const microphone = { on: true, problem: undefined };
      expect(talking).toMatchObject({ microphone, camera: { on: camera }, audioLocked: false });
      expect(talking.people).toMatchObject([
        { microphone: true, camera, pictures: camera ? 1 : 0 },
      ]);
      await hangUp(both[who]);
      for (const one of both) await shows(one, 'ended hung_up');
      const report = await both[0].page.evaluate(() => page.report());
      expect(report?.people).toMatchObject([
        { route: 'direct', codecs: expect.arrayContaining(['audio/opus']) },
      ]);
      expect(report?.timeline.map(({ what }) => what)).toContain('media 1 connected');
      // Neither an address nor anybody's id.
      expect(JSON.stringify(report)).not.toMatch(/\d+\.\d+\.\d+\.\d+|[\da-f]*:[\da-f]+:[\da-f]+:/);
      for (const { userId } of both) expect(JSON.stringify(report)).not.toContain(userId);
      const { state } = await read(both[1 - who] ?? both[0]);
      expect(state).toMatchObject({ by: 'them' });
    },
  );

  test('[C3] a call that is declined ends on both sides at once', async () => {
    const [caller, callee] = [await openDevice(), await openDevice()];
    await caller.page.evaluate((to) => page.call(to), callee.userId);
    await rings(callee);
    await shows(caller, 'ringing');
    await callee.page.evaluate(() => page.decline());
    await shows(caller, 'ended declined');
    expect((await read(callee)).rings).toEqual([]);
  });

  test('[C12] a page that is loaded anew in mid-call comes back, and media flow again', async () => {
    const both = [await openDevice(), await openDevice()] as const;
    await beginCall(...both, true);
    await both[1].page.reload();
    await shows(both[1], 'talking');
    await shows(both[0], 'talking');
    for (const one of both) await hears(one, { pictures: true });
    expect((await read(both[0])).shown).not.toContain('ended lost');
    await hangUp(both[0]);
    for (const one of both) await shows(one, 'ended hung_up');
  });

  test('What is switched off is told to the other side, and comes on again', async () => {
    const both = [await openDevice(), await openDevice()] as const;
    await beginCall(...both, true);
    const sees = (microphone: boolean, camera: boolean) =>
      expect.poll(async () => (await read(both[1])).people).toMatchObject([{ microphone, camera }]);
    await sees(true, true);
    await both[0].page.evaluate(() => page.device()?.microphone(false));
    await both[0].page.evaluate(() => page.device()?.camera(false));
    await sees(false, false);
    expect((await read(both[0])).camera).toMatchObject({ on: false, problem: undefined });
    await both[0].page.evaluate(() => page.device()?.microphone(true));
    await both[0].page.evaluate(() => page.device()?.camera(true));
    await sees(true, true);
    await hears(both[1], { pictures: true });
    await hangUp(both[0]);
  });

  test('[C8] three talk in a group, and two go on when one leaves', async () => {
    const three = [await openDevice(), await openDevice(), await openDevice()] as const;
    const [first, second, third] = three;
    const ids: [string, string] = [second.userId, third.userId];
    await first.page.evaluate((to) => page.call(to, { camera: true }), ids);
    for (const one of [second, third]) {
      await rings(one);
      await one.page.evaluate(() => page.accept({ camera: true }));
    }
    const talksToTwo = (one: (typeof three)[number]) =>
      expect
        .poll(async () => (await read(one)).people?.map(({ state }) => state))
        .toEqual(['talking', 'talking']);
    for (const one of three) await talksToTwo(one);
    for (const one of three) await hears(one, { pictures: true });
    await hangUp(third);
    await shows(third, 'ended hung_up');
    for (const one of [first, second]) {
      await expect
        .poll(async () => (await read(one)).people?.map(({ state }) => state).sort())
        .toEqual(['left', 'talking']);
      await hears(one, { pictures: true });
    }
    await hangUp(first);
    await shows(second, 'ended hung_up');
  });
});
