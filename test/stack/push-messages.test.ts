import { afterEach, describe, expect, test } from 'vitest';
import { CHAT_PAUSE_MS, MESSAGE_PUSHES } from '../../src/push/limits.ts';
import { tellWorker } from '../support/calls/records.ts';
import type { Asked } from '../support/calls/rooms.ts';
import { cannedRooms } from '../support/calls/rooms.ts';
import type { Person } from '../support/chats/chats.ts';
import { messagesAs, newChat, newGroup, sql } from '../support/chats/chats.ts';
import { twoPeople } from '../support/chats/people.ts';
import { localApi, TestClock } from '../support/client.ts';
import { heal } from '../support/proxies.ts';
import { subscribedBrowser } from '../support/push.ts';

const clock = new TestClock();
const heard: Asked[] = [];
const rooms = cannedRooms({ hear: (...asked) => heard.push(asked) });
const api = localApi({}, clock.now, rooms);
afterEach(async () => {
  await api.settle();
  await heal();
});

/** Two people in a chat, of whom the second has subscribed. */
const newTalk = async () => {
  const [anna, boris] = await twoPeople();
  const chat = await newChat({ type: 'user' }, [anna, boris]);
  return { anna, boris, chat, browser: await subscribedBrowser(api, boris.token) };
};

const write = async (who: Person, chat: string): Promise<number> => {
  const answer = await messagesAs(api, who, chat).send({ text: 'Раз' });
  expect(answer.status, answer.text).toBe(201);
  return Number(answer.body.seq);
};

/** Asks for the push of a message, as the inbox of somebody without a device does. */
const ask = async (user: string, chat: string, seq: number) => {
  const news = { kind: 'message', chat, seq, at: clock.now() } as const;
  expect((await tellWorker(api, { type: 'push', user, news }, clock.now())).status).toBe(200);
  await api.settle();
};

describe('[P6] which inboxes are asked to push a message', () => {
  test('those of members who have subscribed, and no others', async () => {
    const { people, chat } = await newGroup(3);
    const [admin, subscribed] = people;
    if (!admin || !subscribed) throw new Error('Nobody was made');
    await subscribedBrowser(api, subscribed.token);
    await subscribedBrowser(api, admin.token);
    heard.length = 0;
    await write(admin, chat);
    await api.settle();
    const asked = heard.flatMap(([room, message]) =>
      message.type === 'chat' && message.push ? [room.id] : [],
    );
    expect(heard).toHaveLength(3);
    expect(asked).toEqual([subscribed.id]);
  });

  test('none when a message is edited or deleted, or a mark moves', async () => {
    const { anna, boris, chat } = await newTalk();
    const asAnna = messagesAs(api, anna, chat);
    const { body } = await asAnna.send({ text: 'Раз' });
    await api.settle();
    heard.length = 0;
    await asAnna.edit(String(body.id), { text: 'Два' });
    await messagesAs(api, boris, chat).read(1);
    await asAnna.remove(String(body.id));
    await api.settle();
    expect(heard.length).toBeGreaterThan(3);
    expect(heard.filter(([, message]) => 'push' in message && message.push)).toEqual([]);
  });
});

describe('[P6] a message is not pushed', () => {
  test('when it was read meanwhile', async () => {
    const { anna, boris, chat, browser } = await newTalk();
    const seq = await write(anna, chat);
    expect((await messagesAs(api, boris, chat).read(seq)).status).toBe(200);
    await ask(boris.id, chat, seq);
    expect(await browser.pushes()).toEqual([]);
  });

  test('when it was deleted meanwhile', async () => {
    const { anna, boris, chat, browser } = await newTalk();
    const { body } = await messagesAs(api, anna, chat).send({ text: 'Раз' });
    await messagesAs(api, anna, chat).remove(String(body.id));
    await ask(boris.id, chat, 1);
    expect(await browser.pushes()).toEqual([]);
  });

  test('to who is in the chat no longer, nor to who wrote it', async () => {
    const { anna, boris, chat, browser } = await newTalk();
    const own = await subscribedBrowser(api, anna.token);
    const seq = await write(anna, chat);
    await ask(anna.id, chat, seq);
    await sql`delete from chat_members where chat_id = ${chat} and user_id = ${boris.id}`;
    await ask(boris.id, chat, seq);
    expect([await own.pushes(), await browser.pushes()]).toEqual([[], []]);
  });
});

describe('[P6] how often messages are pushed', () => {
  test('once in 10 s for a chat, and the next one replaces it', async () => {
    const { anna, boris, chat, browser } = await newTalk();
    for (let i = 0; i < 3; i++) await ask(boris.id, chat, await write(anna, chat));
    expect(await browser.pushes()).toHaveLength(1);
    clock.advance(CHAT_PAUSE_MS / 1_000);
    await ask(boris.id, chat, await write(anna, chat));
    const pushes = await browser.pushes();
    expect(pushes.map(({ payload }) => payload.kind === 'message' && payload.seq)).toEqual([1, 4]);
    expect(new Set(pushes.map(({ topic }) => topic)).size).toBe(1);
  });

  test('[P8] each once, whatever is told twice', async () => {
    const { anna, boris, chat, browser } = await newTalk();
    const seq = await write(anna, chat);
    await Promise.all([ask(boris.id, chat, seq), ask(boris.id, chat, seq)]);
    clock.advance(60);
    await ask(boris.id, chat, seq);
    expect(await browser.pushes()).toHaveLength(1);
  });

  test('20 at once for a user, then one in 30 s', async () => {
    const { anna, boris, browser } = await newTalk();
    const chats: string[] = [];
    for (let i = 0; i < MESSAGE_PUSHES.burst + 2; i++) {
      clock.advance(1);
      const chat = await newChat({ type: 'group', name: `${i}` }, [anna, boris]);
      await write(anna, chat);
      chats.push(chat);
    }
    for (const chat of chats) await ask(boris.id, chat, 1);
    expect(await browser.pushes()).toHaveLength(MESSAGE_PUSHES.burst);
    clock.advance(MESSAGE_PUSHES.everyMs / 1_000);
    for (const chat of chats.slice(-2)) await ask(boris.id, chat, 1);
    expect(await browser.pushes()).toHaveLength(MESSAGE_PUSHES.burst + 1);
  });
});
