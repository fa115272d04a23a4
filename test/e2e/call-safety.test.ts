import type { Page } from 'playwright-core';
import { afterAll, describe, expect, test } from 'vitest';
import type { CallClientFrame, CallServerFrame } from '../../src/contract/sockets/call.ts';
import { startMediaLine } from '../support/media-line.ts';
import { openBrowser, servePage } from './browsers.ts';
import { keepConnections } from './keep-connections.ts';
import type { Middle } from './middle.ts';
import type { PageOfTests } from './page.ts';
import { beginCall, hangUp, hears, openDevice, read, rings, shows } from './people.ts';

declare const middle: Middle;
declare const page: PageOfTests;
declare const lineCounts: () => number[];
declare const captures: () => number;

const served = await servePage('middle');
const browser = await openBrowser(served.url);
afterAll(async () => {
  await browser.close();
  served.close();
});

const NOTHING = { kind: 'candidate', candidate: null } as const;

/** Puts somebody between a page and the server: all that it signals, and hears, goes by them. */
const putInTheMiddle = async (page: Page, { page: between }: { page: Page }): Promise<void> => {
  await page.route('**/api/calls', async (route) => {
    const body = route.request().postDataJSON();
    if (typeof body?.offer !== 'string') return route.continue();
    const offer = await between.evaluate((sdp) => middle.offer(sdp), body.offer);
    return route.continue({ postData: JSON.stringify({ ...body, offer }) });
  });
  await page.routeWebSocket(/\/parties\/call\//, (socket) => {
    const server = socket.connectToServer();
    let work: Promise<unknown> = Promise.resolve();
    const enqueue = (next: () => Promise<unknown>) => {
      work = work.then(next);
    };
    socket.onMessage((text) => {
      enqueue(async () => {
        if (text === 'ping') return server.send(text);
        const frame = JSON.parse(String(text)) as CallClientFrame;
        if (frame.type !== 'signal' || frame.signal.kind !== 'candidate') return server.send(text);
        const candidate = frame.signal.candidate as RTCIceCandidateInit | null;
        if (candidate) await between.evaluate((one) => middle.candidate('caller', one), candidate);
        return server.send(JSON.stringify({ ...frame, signal: NOTHING }));
      });
    });
    server.onMessage((text) => {
      enqueue(async () => {
        if (text === 'pong') return socket.send(text);
        const frame = JSON.parse(String(text)) as CallServerFrame;
        if (frame.type !== 'signal') return socket.send(text);
        const signals: unknown[] = [];
        for (const signal of frame.signals) {
          if (signal.kind !== 'candidate') {
            const sdp = await between.evaluate((given) => middle.answer(given), signal.sdp);
            signals.push({ kind: 'answer', sdp });
          } else {
            const candidate = signal.candidate as RTCIceCandidateInit | null;
            if (candidate)
              await between.evaluate((one) => middle.candidate('callee', one), candidate);
            signals.push(NOTHING);
          }
        }
        return socket.send(JSON.stringify({ ...frame, signals }));
      });
    });
  });
};

describe('a call that rings', () => {
  test('[C48] it is prepared, and the caller learns no address and hears nothing before accept', async () => {
    const media = startMediaLine();
    const caller = await openDevice({ media });
    const callee = await openDevice({ media, prepare: keepConnections });
    await caller.page.evaluate((to) => page.call(to, { camera: true }), callee.userId);
    await rings(callee);
    // The answer is ready: sound, picture, and the channel beside them.
    await expect.poll(() => callee.page.evaluate(() => lineCounts())).toEqual([3]);
    await shows(caller, 'ringing');
    expect((await read(caller)).people).toMatchObject([{ state: 'ringing', pictures: 0 }]);
    expect(media.packets).toBe(0);
    // Nothing is captured: the browser has not even been asked.
    expect(await callee.page.evaluate(() => captures())).toBe(0);
    await callee.page.evaluate(() => page.accept({ camera: true }));
    for (const one of [caller, callee]) {
      await shows(one, 'talking');
      await hears(one, { pictures: true });
    }
    expect(media.packets).toBeGreaterThan(0);
    await hangUp(callee);
    await shows(caller, 'ended hung_up');
    media.close();
  });
});

describe('the safety emoji in real calls', () => {
  test('Both sides show the same four', async () => {
    const both = [await openDevice(), await openDevice()] as const;
    await beginCall(...both, false);
    await expect.poll(async () => (await read(both[0])).safety?.length).toBe(4);
    await expect.poll(async () => (await read(both[1])).safety?.length).toBe(4);
    const [hers, his] = [await read(both[0]), await read(both[1])];
    expect(hers.safety).toEqual(his.safety);
    expect(hers.people?.[0]?.safety).toEqual(hers.safety);
    await hangUp(both[0]);
  });

  test('They differ when somebody in the middle hears all and hands all on', async () => {
    const caller = await openDevice({ prepare: (page) => putInTheMiddle(page, browser) });
    const callee = await openDevice();
    await beginCall(caller, callee, true);
    // The attack works: both see and hear each other, through whoever is in the middle.
    for (const one of [caller, callee]) await hears(one, { pictures: true });
    await expect.poll(async () => (await read(caller)).safety?.length).toBe(4);
    await expect.poll(async () => (await read(callee)).safety?.length).toBe(4);
    expect((await read(caller)).safety).not.toEqual((await read(callee)).safety);
    await hangUp(caller);
  });
});
