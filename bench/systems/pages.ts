import { join } from 'node:path';
import type { Browser as Chromium, Page } from 'playwright-core';
import { servePage } from '../../test/e2e/browsers.ts';
import { leadMediaThrough } from '../../test/e2e/media-hook.ts';
import type { Line } from '../../test/support/line.ts';
import { startLine } from '../../test/support/line.ts';
import type { MediaLine } from '../../test/support/media-line.ts';
import { startMediaLine } from '../../test/support/media-line.ts';
import type { MediaHook } from '../pages/hook.ts';
import { installHook } from '../pages/hook.ts';
import type { MeasuredPage } from '../pages/page.ts';
import { pause } from '../pause.ts';
import type { User } from '../users.ts';

declare const page: MeasuredPage;
declare const media: MediaHook;

const FOLDER = join(import.meta.dirname, '..', 'pages');

/** How long is waited for what has to come, in milliseconds. */
const PATIENCE_MS = 30_000;

/** Waits until something holds in a page; returns whether it came to that in time. */
const until = async (holds: () => Promise<boolean>, ms = PATIENCE_MS): Promise<boolean> => {
  for (const deadline = performance.now() + ms; performance.now() < deadline; await pause(20))
    if (await holds()) return true;
  return false;
};

/** How to open two pages that call each other. */
export interface PagesOptions {
  readonly name: string;
  readonly script: 'sdk' | 'peer';
  readonly chromium: Chromium;
  /** The server, which is `delayMs` away, each way. */
  readonly url: string;
  readonly delayMs: number;
  readonly users: readonly [User, User];
  /** Whether media take a line of their own, so that another network can be played. */
  readonly leadsMedia: boolean;
}

/** What pages have around them. */
interface Around {
  readonly lines: readonly [Line, Line];
  readonly media: MediaLine;
  readonly stopServing: () => void;
}

/** Two pages in browsers of their own that call each other, and the lines that they use. */
export class Pages {
  readonly name: string;
  readonly #pages: readonly [Page, Page];
  readonly #lines: readonly [Line, Line];
  readonly #media: MediaLine;
  readonly #users: readonly [User, User];
  readonly #stopServing: () => void;

  private constructor(
    { name, users }: PagesOptions,
    pages: readonly [Page, Page],
    { lines, media, stopServing }: Around,
  ) {
    this.#stopServing = stopServing;
    this.name = name;
    this.#pages = pages;
    this.#lines = lines;
    this.#media = media;
    this.#users = users;
  }

  static async open(options: PagesOptions): Promise<Pages> {
    const { chromium, script, url, delayMs, users, leadsMedia } = options;
    const served = await servePage(script, FOLDER);
    const through = startMediaLine();
    const open = async (user: User): Promise<readonly [Page, Line]> => {
      const line = await startLine(url, delayMs);
      const context = await chromium.newContext({ permissions: ['microphone', 'camera'] });
      const tab = await context.newPage();
      await tab.addInitScript(installHook);
      if (leadsMedia) await leadMediaThrough(tab, through);
      await tab.goto(served.url);
      await tab.evaluate((where) => page.start(where), { url: line.url, ...user });
      return [tab, line];
    };
    const [one, other] = [await open(users[0]), await open(users[1])];
    const around = {
      lines: [one[1], other[1]],
      media: through,
      stopServing: served.close,
    } as const;
    return new Pages(options, [one[0], other[0]], around);
  }

  /** Makes a call that rings; returns once it could be accepted for a second. */
  async #ring(): Promise<void> {
    const [caller, callee] = this.#pages;
    for (const one of this.#pages) await one.evaluate(() => media.forget());
    await caller.evaluate((to) => page.call(to), this.#users[1].id);
    if (!(await until(() => callee.evaluate(() => page.rings()))))
      throw new Error(`${this.name}: it does not ring`);
    // People need a second and more to answer; what is prepared meanwhile is prepared.
    await pause(1_000);
  }

  /** Accepts a call; returns the milliseconds until both sides saw a picture. */
  async #accept(): Promise<number> {
    const began = await this.#pages[1].evaluate(() => {
      const now = performance.timeOrigin + performance.now();
      void page.accept();
      return now;
    });
    const firsts = () =>
      Promise.all(this.#pages.map((one) => one.evaluate(() => media.firstPicture() ?? 0)));
    if (!(await until(async () => (await firsts()).every((at) => at > 0)))) {
      const known = await Promise.all(
        this.#pages.map((one) => one.evaluate(() => page.describe())),
      );
      const packets = this.#media.packets;
      throw new Error(`${this.name}: no picture came: ${JSON.stringify({ packets, known })}`);
    }
    return Math.max(...(await firsts())) - began;
  }

  async #hangUp(): Promise<void> {
    await this.#pages[0].evaluate(() => page.hangUp());
    for (const one of this.#pages) await until(() => one.evaluate(() => page.isIdle()));
  }

  /** Makes a call and ends it; returns the milliseconds from accept to pictures on both sides. */
  async measureStart(): Promise<number> {
    await this.#ring();
    const ms = await this.#accept();
    await this.#hangUp();
    return ms;
  }

  #pictures(): Promise<readonly number[]> {
    return Promise.all(this.#pages.map((one) => one.evaluate(() => media.pictures())));
  }

  /**
   * Takes both the network of a call, and gives them another one: other addresses, and sockets that
   * are dead. Returns the milliseconds until both see pictures again; undefined when none came.
   */
  async measureReturn(patienceMs: number): Promise<number | undefined> {
    await this.#ring();
    await this.#accept();
    await pause(2_000);
    const began = performance.now();
    this.#media.forget();
    for (const line of this.#lines) line.drop();
    // What was under way is still shown; after a second without a picture there is none of it.
    await pause(1_000);
    const before = await this.#pictures();
    const isBack = await until(
      async () => (await this.#pictures()).every((now, at) => now > (before[at] ?? 0) + 3),
      patienceMs,
    );
    const ms = performance.now() - began;
    await this.#hangUp();
    return isBack ? ms : undefined;
  }

  async close(): Promise<void> {
    this.#stopServing();
    this.#media.close();
    for (const one of this.#pages) await one.context().close();
    await Promise.all(this.#lines.map((line) => line.close()));
  }
}
