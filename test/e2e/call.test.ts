import { afterAll, describe, expect, test } from 'vitest';
import { runningApi } from '../support/client.ts';
import { signIn } from '../support/sign-in.ts';
import { stack } from '../support/stack.ts';
import type { Browser } from './browsers.ts';
import { openBrowser, servePage } from './browsers.ts';

const api = runningApi();
const page = await servePage('page');
const opened: Browser[] = [];
afterAll(async () => {
  for (const browser of opened) await browser.close();
  page.close();
});

/** What the page offers, see page.js. */
interface Client {
  listen(where: { api: string; token: string }): Promise<void>;
  call(to: string, video: boolean): Promise<void>;
  accept(): Promise<void>;
  hangUp(): void;
  received(): Promise<{ frames: number; samples: number; packets: number }>;
}
declare const client: Client;

/** Somebody at a browser. */
const person = async () => {
  const token = await signIn(api);
  const { body } = await api.send('GET', '/api/profile', { token });
  const browser = await openBrowser(page.url);
  opened.push(browser);
  await browser.page.evaluate((where) => client.listen(where), { api: stack.apiUrl, token });
  return { userId: String(body.userId), page: browser.page };
};
type Person = Awaited<ReturnType<typeof person>>;

const shows = ({ page }: Person, state: string) =>
  expect.poll(() => page.textContent('#state')).toBe(state);

const receivedBy = ({ page }: Person) => page.evaluate(() => client.received());

/** Two people who have begun to talk. */
const inCall = async ([caller, callee]: readonly [Person, Person], video: boolean) => {
  await shows(callee, 'listening');
  await caller.page.evaluate(([to, video]) => client.call(to, video), [
    callee.userId,
    video,
  ] as const);
  await shows(callee, 'ringing');
  await callee.page.evaluate(() => client.accept());
  for (const one of [caller, callee]) await shows(one, 'accepted');
};

describe('two browsers', () => {
  test.each([
    ['a video call', true, 'caller'],
    ['a voice call', false, 'callee'],
  ] as const)(
    '[C1] two browsers make %s: media flows both ways, and a hangup on one side ends it',
    async (_, video, who) => {
      const both = [await person(), await person()] as const;
      await inCall(both, video);
      for (const one of both) {
        const before = await receivedBy(one);
        // Each kind of media keeps coming: it is decoded, not only sent.
        await expect
          .poll(async () => (await receivedBy(one)).samples)
          .toBeGreaterThan(before.samples + 48_000);
        if (!video) expect((await receivedBy(one)).frames).toBe(0);
        else
          await expect
            .poll(async () => (await receivedBy(one)).frames)
            .toBeGreaterThan(before.frames + 20);
      }
      await both[who === 'caller' ? 0 : 1].page.evaluate(() => client.hangUp());
      for (const one of both) await shows(one, 'ended: hung_up');
    },
  );
});
