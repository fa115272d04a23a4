import { describe, expect, test } from 'vitest';
import { keepConnections } from './keep-connections.ts';
import type { PageOfTests } from './page.ts';
import type { Device } from './people.ts';
import {
  beginCall,
  createAccount,
  hangUp,
  hears,
  openDevice,
  read,
  rings,
  shows,
} from './people.ts';

declare const page: PageOfTests;
declare const lineCounts: () => number[];

const screenOf = (device: Device, on: boolean) =>
  device.page.evaluate((on) => page.device()?.screen(on), on);

describe('the devices of a call', () => {
  test('A screen that is shared twelve times has one line: descriptions do not grow', async () => {
    const mine = await openDevice({ prepare: keepConnections });
    const theirs = await openDevice({ prepare: keepConnections });
    await beginCall(mine, theirs, true);
    const sees = (hasScreen: boolean) =>
      expect.poll(async () => (await read(theirs)).people?.[0]?.hasScreen).toBe(hasScreen);
    const counts: number[][] = [];
    for (let time = 0; time < 12; time++) {
      await screenOf(mine, true);
      await sees(true);
      counts.push(await mine.page.evaluate(() => lineCounts()));
      await screenOf(mine, false);
      await sees(false);
    }
    // Sound, camera, screen, and the channel beside them.
    expect(counts).toEqual(Array.from({ length: 12 }, () => [4]));
    await screenOf(theirs, true);
    await expect.poll(async () => (await read(mine)).people?.[0]?.hasScreen).toBe(true);
    expect(await theirs.page.evaluate(() => lineCounts())).toEqual([4]);
    await hangUp(mine);
  });

  test('A microphone or a camera that is unplugged is replaced by another one', async () => {
    const [mine, theirs] = [await openDevice(), await openDevice()];
    await beginCall(mine, theirs, true);
    await mine.page.evaluate(() => {
      const tracks = page.device()?.me.get().stream.getTracks() ?? [];
      for (const track of tracks) {
        track.stop();
        track.dispatchEvent(new Event('ended'));
      }
    });
    await expect
      .poll(async () => {
        const { microphone, camera } = await read(mine);
        return [microphone?.on, camera?.on, microphone?.problem, camera?.problem];
      })
      .toEqual([true, true, undefined, undefined]);
    await hears(theirs, { pictures: true });
    await hangUp(mine);
  });

  test('A device that is gone is a problem that is shown, and comes back when it is there', async () => {
    const [mine, theirs] = [await openDevice(), await openDevice()];
    await beginCall(mine, theirs, false);
    await mine.page.evaluate(() => {
      const { mediaDevices } = navigator;
      const { getUserMedia, enumerateDevices } = mediaDevices;
      mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotFoundError'));
      mediaDevices.enumerateDevices = async () => [];
      const [track] = page.device()?.me.get().stream.getAudioTracks() ?? [];
      track?.stop();
      track?.dispatchEvent(new Event('ended'));
      Object.assign(globalThis, {
        plugIn: () => {
          mediaDevices.getUserMedia = getUserMedia;
          mediaDevices.enumerateDevices = enumerateDevices;
          mediaDevices.dispatchEvent(new Event('devicechange'));
        },
      });
    });
    await expect
      .poll(async () => (await read(mine)).microphone)
      .toMatchObject({
        on: false,
        problem: 'ended',
      });
    await expect
      .poll(async () => (await read(theirs)).people)
      .toMatchObject([{ microphone: false, state: 'talking' }]);
    await mine.page.evaluate(() => (globalThis as unknown as { plugIn(): void }).plugIn());
    await expect
      .poll(async () => (await read(mine)).microphone)
      .toMatchObject({
        on: true,
        problem: undefined,
      });
    await hears(theirs);
    await hangUp(mine);
  });

  test('Whoever may not use microphone and camera is in the call all the same, and is told', async () => {
    const mine = await openDevice({
      prepare: async (tab) => {
        await tab.addInitScript(() => {
          navigator.mediaDevices.getUserMedia = () =>
            Promise.reject(new DOMException('', 'NotAllowedError'));
        });
      },
    });
    const theirs = await openDevice();
    await beginCall(mine, theirs, true);
    const denied = { on: false, problem: 'denied' };
    expect(await read(mine)).toMatchObject({ microphone: denied, camera: denied });
    const code = await mine.page.evaluate(() =>
      page
        .device()
        ?.camera(true)
        .then(
          () => 'done',
          ({ code }) => code,
        ),
    );
    expect(code).toBe('denied');
    await hears(mine, { pictures: true });
    await hangUp(mine);
  });

  test('Sound that the browser holds back is a click away, and a loudspeaker is chosen', async () => {
    const mine = await openDevice({
      prepare: async (tab) => {
        await tab.addInitScript(() => {
          const { play } = HTMLMediaElement.prototype;
          HTMLMediaElement.prototype.play = () =>
            Promise.reject(new DOMException('', 'NotAllowedError'));
          const click = () => {
            HTMLMediaElement.prototype.play = play;
          };
          Object.assign(globalThis, { click });
        });
      },
    });
    const theirs = await openDevice();
    await beginCall(mine, theirs, false);
    await expect.poll(async () => (await read(mine)).audioLocked).toBe(true);
    const outcomeOf = (what: 'unlock' | 'choose') =>
      mine.page.evaluate((what) => {
        const call = page.device();
        const done = what === 'unlock' ? call?.unlockAudio() : call?.speaker('no such device');
        return done?.then(
          () => 'done',
          ({ code }) => code,
        );
      }, what);
    expect(await outcomeOf('unlock')).toBe('denied');
    await mine.page.evaluate(() => (globalThis as unknown as { click(): void }).click());
    expect(await outcomeOf('unlock')).toBe('done');
    expect((await read(mine)).audioLocked).toBe(false);
    expect(await outcomeOf('choose')).toBe('missing');
    await mine.page.evaluate(() => page.device()?.speaker('default'));
    expect(await mine.page.evaluate(() => page.device()?.me.get().speaker)).toBe('default');
    await hangUp(mine);
  });

  test('[C2] of two devices that ring, one answers, and the other is told so', async () => {
    const caller = await openDevice();
    const account = await createAccount();
    const [first, second] = [await openDevice({ account }), await openDevice({ account })];
    await caller.page.evaluate((to) => page.call(to), account.userId);
    for (const one of [first, second]) await rings(one);
    await first.page.evaluate(() => page.accept());
    await shows(first, 'talking');
    await expect.poll(async () => (await read(second)).rings).toEqual([]);
    await hangUp(caller);
    await shows(first, 'ended hung_up');
  });

  test('[C2] when both devices accept, one has the call, and the other shows where it went', async () => {
    const caller = await openDevice();
    const account = await createAccount();
    const both = [await openDevice({ account }), await openDevice({ account })];
    await caller.page.evaluate((to) => page.call(to), account.userId);
    for (const one of both) await rings(one);
    await Promise.all(both.map((one) => one.page.evaluate(() => page.accept())));
    const states = async () =>
      (await Promise.all(both.map(read))).map(({ state }) =>
        state && 'reason' in state ? state.reason : state?.state,
      );
    await expect
      .poll(async () => (await states()).sort())
      .toEqual(['answered_elsewhere', 'talking']);
    await hangUp(caller);
    await expect
      .poll(async () => (await states()).sort())
      .toEqual(['answered_elsewhere', 'hung_up']);
  });

  test('A running call moves to another device of mine, and the first one says so', async () => {
    const other = await openDevice();
    const account = await createAccount();
    const [first, second] = [await openDevice({ account }), await openDevice({ account })];
    await beginCall(other, first, true);
    const { id = '' } = await read(first);
    await second.page.evaluate((id) => page.moveHere(id, { camera: true }), id);
    await shows(first, 'ended moved');
    for (const one of [second, other]) {
      await shows(one, 'talking');
      await hears(one, { pictures: true });
    }
    expect((await read(first)).state).toMatchObject({ by: 'my_other_device' });
    await hangUp(second);
    await shows(other, 'ended hung_up');
  });

  test('One tab of a browser has the call: the tab that had it before shows that', async () => {
    const [caller, callee] = [await openDevice(), await openDevice()];
    await beginCall(caller, callee, false);
    const { id = '' } = await read(callee);
    const other = await callee.context.newPage();
    await other.goto(callee.page.url());
    const second = { ...callee, page: other };
    await expect.poll(async () => (await read(second)).inbox).toBe('online');
    await other.evaluate((id) => page.comeBack(id), id);
    await shows(second, 'talking');
    await shows(callee, 'ended replaced');
    expect((await read(second)).id).toBe(id);
    await hears(second);
    await hangUp(second);
    await shows(caller, 'ended hung_up');
  });
});
