import { afterAll, describe, expect, test } from 'vitest';
import type { Device } from '../support/calls/device.ts';
import { deviceOf, legacyClient } from '../support/calls/device.ts';
import { dropAll } from '../support/calls/listener.ts';
import { newDevices } from '../support/calls/scenes.ts';
import { newChat } from '../support/chats/chats.ts';
import { runningApi } from '../support/client.ts';
import type { Browser } from '../support/push.ts';
import { subscribedBrowser, untilPushed } from '../support/push.ts';
import { stack } from '../support/stack.ts';

afterAll(dropAll);

const api = runningApi();

/** `a`, and `b` with a browser that has subscribed; no device of `b` is connected. */
const away = async () => {
  const [a, b] = await newDevices(2);
  if (!a || !b) throw new Error('There are no two');
  return { a, b, browser: await subscribedBrowser(api, b.token) };
};

/** Ends a call before it is answered. */
const giveUp = async ({ line }: Awaited<ReturnType<Device['dial']>>) => {
  line.say({ type: 'hangup' });
  await line.next({ type: 'state', state: 'ended', reason: 'cancelled' });
};

/** The calls and chats that were pushed, in order, each with its kind. */
const aboutOf = async (browser: Browser) =>
  (await browser.pushes()).map(({ payload }) => [
    payload.kind,
    payload.kind === 'message' ? payload.chat : payload.call,
  ]);

const write = async (from: Device, chat: string, text: string) =>
  expect((await from.send('POST', `/api/chats/${chat}/messages`, { text })).status).toBe(201);

describe('a call to somebody without a device', () => {
  test('[P5] is pushed at once, and as missed when the caller gives up', async () => {
    const { a, b, browser } = await away();
    const call = await a.dial(b.user, { video: true });
    const [ring] = await untilPushed(browser, ['call']);
    expect(ring).toMatchObject({ urgency: 'high', payload: { call: call.callId, video: true } });
    expect(ring?.ttl).toBeGreaterThan(35);
    expect(ring?.ttl).toBeLessThanOrEqual(45);
    await giveUp(call);
    const [, missed] = await untilPushed(browser, ['call', 'missed']);
    expect(missed).toMatchObject({ topic: ring?.topic, payload: { call: call.callId } });
  });

  test('[P5] says that another device answered it, but not on the one that did', async () => {
    const { a, b, browser } = await away();
    const other = await deviceOf(b.user);
    const others = await subscribedBrowser(api, other.token);
    const call = await a.dial(b.user);
    await Promise.all([untilPushed(browser, ['call']), untilPushed(others, ['call'])]);
    const inbox = await b.inbox();
    expect(inbox.frames[0]).toMatchObject({ rings: [{ call: call.callId }] });
    await b.accept(call.callId);
    const [, stopped] = await untilPushed(others, ['call', 'stopped']);
    expect(stopped?.payload).toMatchObject({ reason: 'answered_elsewhere' });
    call.line.say({ type: 'hangup' });
    await call.line.closed;
    const next = await a.dial(b.user);
    await inbox.next({ type: 'ring', call: next.callId });
    expect(await aboutOf(browser)).toEqual([['call', call.callId]]);
  });

  test('[P5] says that it was declined on another device', async () => {
    const { a, b, browser } = await away();
    const other = await deviceOf(b.user);
    const call = await a.dial(b.user);
    await untilPushed(browser, ['call']);
    const inbox = await other.inbox();
    inbox.say({ type: 'decline', call: call.callId });
    await call.line.next({ type: 'state', state: 'ended', reason: 'declined' });
    const [, stopped] = await untilPushed(browser, ['call', 'stopped']);
    expect(stopped?.payload).toMatchObject({ call: call.callId, reason: 'declined' });
  });

  test('[C8, P5] is pushed to each of a group who is away', async () => {
    const { a, b, browser } = await away();
    const [c] = await newDevices(1);
    if (!c) throw new Error('Nobody else is called');
    const inbox = await c.inbox();
    const others = await subscribedBrowser(api, c.token);
    const call = await a.dial([b.user, c.user]);
    const [ring] = await untilPushed(browser, ['call']);
    expect(ring?.payload).toMatchObject({ group: true });
    await inbox.next({ type: 'ring', call: call.callId });
    await giveUp(call);
    await untilPushed(browser, ['call', 'missed']);
    expect(await others.pushes()).toEqual([]);
  });

  test('[M42, P4] whom they have blocked is not pushed', async () => {
    const { a, b, browser } = await away();
    expect((await b.send('PUT', `/api/users/${a.user.id}/block`)).status).toBe(200);
    await giveUp(await a.dial(b.user));
    expect((await b.send('DELETE', `/api/users/${a.user.id}/block`)).status).toBe(200);
    const call = await a.dial(b.user);
    await untilPushed(browser, ['call']);
    expect(await aboutOf(browser)).toEqual([['call', call.callId]]);
  });
});

describe('a call to somebody with a device', () => {
  test('[P4] is not pushed, and neither is its end', async () => {
    const { a, b, browser } = await away();
    const inbox = await b.inbox();
    const first = await a.dial(b.user);
    await inbox.next({ type: 'ring', call: first.callId });
    inbox.drop();
    await inbox.closed;
    await giveUp(first);
    const second = await a.dial(b.user);
    await untilPushed(browser, ['call']);
    expect(await aboutOf(browser)).toEqual([['call', second.callId]]);
  });

  test('[P4] is not pushed either where a legacy client rings', async () => {
    const { a, b, browser } = await away();
    const page = await legacyClient(b.user);
    const first = await a.dial(b.user, { offer: 'v=0' });
    await page.next({ event: 'call:offer' });
    await giveUp(first);
    await page.next({ event: 'call:hangup' });
    page.drop();
    await page.closed;
    const second = await a.dial(b.user);
    await untilPushed(browser, ['call']);
    expect(await aboutOf(browser)).toEqual([['call', second.callId]]);
  });
});

describe('a message to somebody without a device', () => {
  test('[P6] is pushed without what it says, once for a chat in 10 s', async () => {
    const { a, b, browser } = await away();
    const chat = await newChat({ type: 'user' }, [a.user, b.user]);
    await write(a, chat, 'Совершенно секретно');
    const [push] = await untilPushed(browser, ['message']);
    expect(push).toEqual({
      ttl: 86_400,
      urgency: 'normal',
      topic: expect.stringMatching(/^[\w-]{32}$/),
      payload: {
        kind: 'message',
        to: b.user.id,
        at: expect.any(Number),
        chat,
        seq: 1,
        from: expect.stringMatching(/^User /),
      },
    });
    expect(JSON.stringify(push)).not.toContain('секретно');
    await write(a, chat, 'Второе');
    const group = await newChat({ type: 'group', name: 'Аисты' }, [a.user, b.user]);
    await write(a, group, 'Третье');
    const [, other] = await untilPushed(browser, ['message', 'message']);
    expect(other?.payload).toMatchObject({ chat: group, chatName: 'Аисты' });
  });

  test('[P6] is not pushed to who has a device connected, nor to who wrote it', async () => {
    const { a, b, browser } = await away();
    const own = await subscribedBrowser(api, a.token);
    const [chat, later] = [
      await newChat({ type: 'user' }, [a.user, b.user]),
      await newChat({ type: 'group', name: 'Аисты' }, [a.user, b.user]),
    ];
    const inbox = await b.inbox();
    await write(a, chat, 'Здесь');
    await inbox.next({ type: 'message', chat });
    inbox.drop();
    await inbox.closed;
    await write(a, later, 'Там');
    await untilPushed(browser, ['message']);
    expect(await aboutOf(browser)).toEqual([['message', later]]);
    expect(await own.pushes()).toEqual([]);
  });

  test('[M26, P6] is not pushed in a large chat, nor when it is edited or deleted', async () => {
    const { a, b, browser } = await away();
    const large = await newChat({ type: 'group', name: 'Все', large: true }, [a.user, b.user]);
    const chat = await newChat({ type: 'group', name: 'Аисты' }, [a.user, b.user]);
    const page = `/api/chats/${chat}/messages`;
    await write(a, large, 'Всем');
    await write(a, chat, 'Раз');
    await untilPushed(browser, ['message']);
    const { text } = await a.send('GET', `${page}?limit=1`);
    const [{ id }] = JSON.parse(text) as [{ id: string }];
    expect((await a.send('PATCH', `${page}/${id}`, { text: 'Два' })).status).toBe(200);
    expect((await a.send('DELETE', `${page}/${id}`)).status).toBe(200);
    const last = await newChat({ type: 'user' }, [a.user, b.user]);
    await write(a, last, 'Три');
    await untilPushed(browser, ['message', 'message']);
    expect(await aboutOf(browser)).toEqual([
      ['message', chat],
      ['message', last],
    ]);
  });
});

test('[P4] the keys of the server are those that browsers subscribe with', async () => {
  const { body } = await api.send('GET', '/api/push/key');
  expect(body.publicKey).toBe(stack.settings.VAPID_PUBLIC_KEY);
});
