import { afterAll, describe, expect, test } from 'vitest';
import { sign } from '../../party/wire/signature.ts';
import { INLINE_ATTACHMENT_LIMIT } from '../../src/contract/http/messages.ts';
import type { Device, InboxLine, LegacyLine } from '../support/calls/device.ts';
import { deviceOf, legacyClient, openLegacy } from '../support/calls/device.ts';
import { dropAll } from '../support/calls/listener.ts';
import { aCallWorks, newDevices } from '../support/calls/scenes.ts';
import { newChat, sql } from '../support/chats/chats.ts';
import { PATIENCE_MS } from '../support/patience.ts';
import { repeated } from '../support/races.ts';
import { stack } from '../support/stack.ts';

afterAll(dropAll);

const PONG = { type: 'pong' };
const HANGUP = { event: 'call:hangup' };
const answer = { event: 'call:answer', payload: { sdp: { type: 'answer', sdp: 'v=0 answer' } } };
const ice = (n: number) => ({
  event: 'call:ice',
  payload: { candidate: { candidate: `c${n}`, sdpMid: '0' } },
});
const offerTo = (userId: string) => ({
  event: 'call:offer',
  payload: { userId, sdp: { type: 'offer', sdp: 'v=0 offer' }, isVideo: false },
});

/** Sends a message by HTTP. */
const send = async (device: Device, chat: string, body: object) => {
  const sent = await device.send('POST', `/api/chats/${chat}/messages`, body);
  expect(sent.status, sent.text).toBe(201);
  return sent.body;
};

/** What a socket has heard since, up to the answer to a ping. */
const heardBy = async (line: InboxLine | LegacyLine) => {
  const from = line.heard.length;
  line.say({ type: 'ping' });
  await line.next(PONG);
  return line.frames.slice(from).filter((frame) => !('type' in frame && frame.type === 'pong'));
};

/** The texts of the messages that a legacy socket has heard of. */
const textsOn = ({ frames }: LegacyLine) =>
  frames.flatMap((frame) => ('chatId' in frame ? [frame.message.text] : []));

/** Two people with a personal chat. */
const pair = async () => {
  const [anna, boris] = await newDevices(2);
  if (!anna || !boris) throw new Error('There are no two');
  return { anna, boris, chat: await newChat({ type: 'user' }, [anna.user, boris.user]) };
};

describe('a message that is sent', () => {
  test('[M21] a message is told at once to the new devices of both, with their numbers', async () => {
    const { anna, boris, chat } = await pair();
    const [own, theirs] = [await anna.inbox(), await boris.inbox()];
    const message = await send(anna, chat, { text: 'Hello', clientId: 'mine' });
    const heard = { type: 'message', n: 1, chat, seq: 1, version: message.version };
    expect((await own.next({ type: 'message' })).frame).toEqual({ ...heard, message });
    const { clientId: _, ...shown } = message;
    expect((await theirs.next({ type: 'message' })).frame).toEqual({
      ...heard,
      message: { ...shown, fromMe: false },
    });
  });

  test('[M3] a message is told to legacy sockets of both, but for the session that sent it', async () => {
    const { anna, boris, chat } = await pair();
    const theirs = await legacyClient(boris.user);
    const [elsewhere, page] = [await legacyClient(anna.user), await openLegacy(anna.token)];
    const { id, text, time } = await send(anna, chat, { text: 'Hello' });
    const told = (fromMe: boolean) => ({
      type: 'new_message',
      chatId: chat,
      message: { id, fromMe, text, time },
    });
    expect((await theirs.next()).frame).toEqual(told(false));
    expect((await elsewhere.next()).frame).toEqual(told(true));
    expect(await heardBy(page)).toEqual([]);
  });

  test('[M3] a message with a long attachment has it whole for legacy sockets alone', async () => {
    const { anna, boris, chat } = await pair();
    const [legacy, line] = [await legacyClient(boris.user), await boris.inbox()];
    const url = `data:image/png;base64,${'A'.repeat(4 * INLINE_ATTACHMENT_LIMIT)}`;
    await send(anna, chat, { text: '', attachment: { type: 'image', url } });
    expect((await legacy.next()).frame).toMatchObject({
      message: { attachment: { type: 'image', url } },
    });
    const { frame } = await line.next({ type: 'message' });
    expect(frame).toMatchObject({ message: { attachment: { type: 'image' } } });
    expect(JSON.stringify(frame).length).toBeLessThan(1_000);
  });

  test('[M21] an edit is told to new devices, and to no legacy socket', async () => {
    const { anna, boris, chat } = await pair();
    const { id } = await send(anna, chat, { text: 'Hello' });
    const [legacy, line] = [await legacyClient(boris.user), await boris.inbox()];
    const path = `/api/chats/${chat}/messages/${id}`;
    expect((await anna.send('PATCH', path, { text: 'Hi' })).status).toBe(200);
    expect((await line.next({ type: 'message' })).frame).toMatchObject({
      n: 2,
      seq: 1,
      message: { id, text: 'Hi' },
    });
    expect(await heardBy(legacy)).toEqual([]);
  });

  test('[M21] a message is told to nobody who is not in the chat', async () => {
    const { anna, boris, chat } = await pair();
    const [stranger] = await newDevices(1);
    const [line, theirs] = [await stranger?.inbox(), await boris.inbox()];
    await send(anna, chat, { text: 'Hello' });
    await theirs.next({ type: 'message' });
    expect(line && (await heardBy(line))).toEqual([]);
  });
});

describe('a device that comes', () => {
  test('[M22] a device that says how far it has read hears the newest number', async () => {
    const { anna, boris, chat } = await pair();
    for (const text of ['1', '2', '3']) await send(anna, chat, { text });
    expect((await boris.inbox(0)).frames).toMatchObject([{ type: 'welcome', n: 3 }]);
    const [fresh] = await newDevices(1);
    expect((await fresh?.inbox(0))?.frames).toMatchObject([{ type: 'welcome', n: 0 }]);
  });

  test('[M22] a device that does not say so hears no number', async () => {
    const { anna, boris, chat } = await pair();
    await send(anna, chat, { text: 'Hello' });
    expect((await boris.inbox()).frames).toEqual([{ type: 'welcome', version: 1, rings: [] }]);
  });

  test('[M22] whatever is sent meanwhile is told, or is in the welcome', async () => {
    const { anna, boris, chat } = await pair();
    const devices = await Promise.all(repeated(4, () => deviceOf(boris.user)));
    const sending = (async () => {
      for (let n = 1; n <= 12; n++) await send(anna, chat, { text: `${n}` });
    })();
    const lines = await Promise.all(devices.map((device) => device.inbox(0)));
    await sending;
    await send(anna, chat, { text: 'the last' });
    for (const line of lines) {
      await line.next({ type: 'message', n: 13 });
      const [first = 0] = line.frames.flatMap((frame) => ('n' in frame ? [frame.n ?? 0] : []));
      const numbers = line.frames.flatMap((frame) => (frame.type === 'message' ? [frame.n] : []));
      const welcome = line.frames.find(({ type }) => type === 'welcome');
      const newest = welcome && 'n' in welcome ? welcome.n : undefined;
      for (let n = (newest ?? first) + 1; n <= 13; n++) expect(numbers).toContain(n);
    }
  });
});

describe('typing', () => {
  test('[M28] typing is told to the others who share the chat, and to nobody else', async () => {
    const { anna, boris, chat } = await pair();
    const [stranger] = await newDevices(1);
    const own = await anna.inbox();
    const [theirs, legacy] = [await boris.inbox(), await legacyClient(boris.user)];
    const other = await stranger?.inbox();
    other?.say({ type: 'typing', chat });
    own.say({ type: 'typing', chat });
    const { frame } = await theirs.next({ type: 'typing' });
    expect(frame).toEqual({ type: 'typing', chat, user: anna.user.id });
    expect([await heardBy(own), other && (await heardBy(other))]).toEqual([[], []]);
    expect([await heardBy(theirs), await heardBy(legacy)]).toEqual([[], []]);
  });

  test.each<[string, (chat: string, anna: string, boris: string) => Promise<unknown>]>([
    ['a large chat', (chat) => sql`update chats set large = true where id = ${chat}`],
    ['a channel', (chat) => sql`update chats set type = 'channel' where id = ${chat}`],
    [
      'a chat with somebody who has blocked me',
      (_, anna, boris) => sql`insert into blocks (user_id, blocked_id) values (${boris}, ${anna})`,
    ],
    [
      'a chat with somebody whom I have blocked',
      (_, anna, boris) => sql`insert into blocks (user_id, blocked_id) values (${anna}, ${boris})`,
    ],
  ])('[M28] typing is not told in %s', async (_, change) => {
    const { anna, boris, chat } = await pair();
    const open = await newChat({ type: 'group' }, [anna.user, boris.user]);
    await change(chat, anna.user.id, boris.user.id);
    const [own, theirs] = [await anna.inbox(), await boris.inbox()];
    own.say({ type: 'typing', chat });
    own.say({ type: 'typing', chat: open });
    await theirs.next({ type: 'typing', chat: open });
    expect(theirs.frames.filter((frame) => 'chat' in frame && frame.chat === chat)).toEqual([]);
  });
});

describe('a chat of many', () => {
  test('[M27] all of 41 and of 300 members are told', async () => {
    for (const [count, large] of [
      [41, false],
      [300, true],
    ] as const) {
      const devices = await newDevices(count);
      const people = devices.map(({ user }) => user);
      const chat = await newChat({ type: 'group', large }, people);
      const [sender, ...others] = [0, 1, count >> 1, count - 1].map((index) => devices[index]);
      const lines = await Promise.all(others.map((device) => device?.inbox()));
      const legacy = others[1] && (await legacyClient(others[1].user));
      const message = sender && (await send(sender, chat, { text: 'Hello' }));
      for (const line of lines) {
        const heard = await line?.next({ type: 'message' });
        expect(heard?.frame).toMatchObject({ chat, seq: 1, message: { id: message?.id } });
        expect(heard?.frame).toMatchObject(large ? {} : { n: 1 });
        expect('n' in (heard?.frame ?? {})).toBe(!large);
      }
      expect((await legacy?.next())?.frame).toMatchObject({ message: { fromMe: false } });
    }
  });
});

describe('whoever is not the Worker', () => {
  test('[C18, M27] nobody else tells the room of a chat, or an inbox, anything', async () => {
    const { anna, chat } = await pair();
    const line = await anna.inbox();
    const news = { type: 'change', chat, what: 'left' };
    const told = { type: 'chat', news };
    const tell = { type: 'tell', news, to: [{ user: anna.user.id }] };
    const paths = [
      [`/parties/fanout/${chat}`, tell],
      [`/parties/inbox/${anna.user.id}`, told],
    ] as const;
    for (const url of [stack.apiUrl, stack.settings.ROOMS_URL ?? stack.apiUrl]) {
      for (const [path, message] of paths) {
        const body = JSON.stringify(message);
        const target = path.replace('/parties/', '');
        const headers = await sign(
          ['a secret that is not ours, 32 bytes'],
          { target, body },
          Date.now(),
        );
        const answer = await fetch(`${url}${path}`, { method: 'POST', body, headers });
        expect([401, 404, 405]).toContain(answer.status);
      }
    }
    expect(await heardBy(line)).toEqual([]);
  });
});

describe('chats beside calls', () => {
  test('[M4] a ping of a legacy socket is answered, whatever the socket is for', async () => {
    const [anna] = await newDevices(1);
    const page = [1, 2, 3].map(() => openLegacy(String(anna?.token)));
    for (const socket of await Promise.all(page)) {
      socket.say({ type: 'ping' });
      expect((await socket.next()).frame).toEqual(PONG);
    }
  });

  test('[M3, C37] a call of legacy clients goes on while messages come on all their sockets', async () => {
    const { anna, boris, chat } = await pair();
    const [page, watching, caller] = await Promise.all([1, 2, 3].map(() => openLegacy(anna.token)));
    if (!page || !watching || !caller) throw new Error('There is no page');
    const callee = await legacyClient(boris.user);
    caller.say(offerTo(boris.user.id));
    await callee.next({ event: 'call:offer' });
    callee.say(answer);
    await caller.next({ event: 'call:answer' });
    const writer = await deviceOf(boris.user);
    for (let n = 1; n <= 10; n++) {
      await send(writer, chat, { text: `${n}` });
      caller.say(ice(n));
      callee.say(ice(100 + n));
      page.say({ type: 'ping' });
    }
    for (let n = 1; n <= 10; n++) {
      expect((await callee.next({ event: 'call:ice' })).frame).toEqual(ice(n));
      expect((await caller.next({ event: 'call:ice' })).frame).toEqual(ice(100 + n));
    }
    const texts = Array.from({ length: 10 }, (_, n) => `${n + 1}`);
    for (const socket of [page, watching, caller])
      await expect.poll(() => textsOn(socket), { timeout: PATIENCE_MS }).toEqual(texts);
    caller.say(HANGUP);
    expect((await callee.next({ event: 'call:hangup' })).frame).toEqual(HANGUP);
  });

  test('[M21, C1] a device takes a call while messages and typing come', async () => {
    const { anna, boris, chat } = await pair();
    const [own, theirs] = [await anna.inbox(), await boris.inbox(0)];
    const writing = (async () => {
      for (let n = 1; n <= 15; n++) {
        own.say({ type: 'typing', chat });
        await send(anna, chat, { text: `${n}` });
      }
    })();
    await aCallWorks(await deviceOf(anna.user), await deviceOf(boris.user));
    await writing;
    await theirs.next({ type: 'message', n: 15 });
  });
});
