import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, expect } from 'vitest';
import { newUser } from '../support/calls/people.ts';
import type { Line } from '../support/line.ts';
import { startLine } from '../support/line.ts';
import type { MediaLine } from '../support/media-line.ts';
import { stack } from '../support/stack.ts';
import { legacyToken } from '../support/tokens.ts';
import { servePage, startChromium } from './browsers.ts';
import { leadMediaThrough } from './media-hook.ts';
import type { PageOfTests } from './page.ts';

declare const page: PageOfTests;

const served = await servePage('page');
const chromium = await startChromium();
const lines: Line[] = [];
afterAll(async () => {
  await chromium.close();
  await Promise.all(lines.map((line) => line.close()));
  served.close();
});

/** Who somebody is, on however many devices. */
export interface Account {
  readonly userId: string;
  /** A token of another session: another device. */
  token(): Promise<string>;
}

/** Somebody with an account of their own. */
export const createAccount = async (): Promise<Account> => {
  const { id: userId } = await newUser();
  let issuedAt = Math.floor(Date.now() / 1_000);
  return { userId, token: () => legacyToken(userId, { issuedAt: issuedAt-- }) };
};

/** A device: a browser of its own, with a line of its own to the stack. */
export interface Device {
  readonly userId: string;
  readonly page: Page;
  readonly context: BrowserContext;
  readonly line: Line;
}

/** How to open a device. */
export interface DeviceOptions {
  readonly account?: Account;
  /** Leads media through a line that can be cut. */
  readonly media?: MediaLine;
  /** Is called before the page begins. */
  readonly prepare?: (page: Page) => Promise<void>;
}

/** Opens a device, which listens once this resolves. */
export const openDevice = async (options: DeviceOptions = {}): Promise<Device> => {
  const account = options.account ?? (await createAccount());
  const line = await startLine(stack.apiUrl);
  lines.push(line);
  const context = await chromium.newContext({ permissions: ['microphone', 'camera'] });
  const tab = await context.newPage();
  if (options.media) await leadMediaThrough(tab, options.media);
  await options.prepare?.(tab);
  await tab.goto(served.url);
  const device = { userId: account.userId, page: tab, context, line };
  const where = { api: line.url, token: await account.token() };
  await tab.evaluate((where) => page.start(where), where);
  await expect.poll(async () => (await read(device)).inbox).toBe('online');
  return device;
};

/** What a device shows. */
export const read = (device: Device) => device.page.evaluate(() => page.read());

/** Waits until the call of a device is in a state; `ended` with its reason. */
export const shows = (device: Device, state: string) =>
  expect
    .poll(async () => {
      const { state } = await read(device);
      return state && 'reason' in state ? `${state.state} ${state.reason}` : state?.state;
    })
    .toBe(state);

/** Waits until somebody rings at a device. */
export const rings = (device: Device) =>
  expect.poll(async () => (await read(device)).rings?.length).toBe(1);

/** Ends the call of a device. */
export const hangUp = (device: Device) => device.page.evaluate(() => page.device()?.hangUp());

/** Two devices begin to talk: the first one calls. */
export const beginCall = async (caller: Device, callee: Device, camera: boolean): Promise<void> => {
  const media = { camera };
  const whom = [callee.userId, media] as const;
  await caller.page.evaluate(([to, media]) => page.call(to, media), whom);
  await rings(callee);
  await callee.page.evaluate((media) => page.accept(media), media);
  for (const one of [caller, callee]) await shows(one, 'talking');
};

/** What has arrived so far, from all people together. */
export const received = async (device: Device) => {
  const report = await device.page.evaluate(() => page.report());
  const people = report?.people ?? [];
  return {
    frames: people.reduce((sum, one) => sum + one.framesDecoded, 0),
    seconds: people.reduce((sum, one) => sum + one.audioSeconds, 0),
  };
};

/** Waits until media arrive that had not arrived before: sound, and pictures if there are any. */
export const hears = async (device: Device, { pictures = false } = {}): Promise<void> => {
  const before = await received(device);
  await expect
    .poll(async () => (await received(device)).seconds)
    .toBeGreaterThan(before.seconds + 0.5);
  if (pictures)
    await expect
      .poll(async () => (await received(device)).frames)
      .toBeGreaterThan(before.frames + 5);
};
