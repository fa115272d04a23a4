import { afterEach, describe, expect, test } from 'vitest';
import type { OpenChat } from '../../../client/src/chat.ts';
import { memoryStorage, systemClock } from '../../../client/src/options.ts';
import { messagesAs, newGroup, newPair, newPeople, sql } from '../../support/chats/chats.ts';
import { chatsAs } from '../../support/chats/people.ts';
import { writeMessages } from '../../support/chats/rows.ts';
import { closeSdk, closeSdks, connectSdk, openSdk } from '../../support/chats/sdk.ts';
import { runningApi } from '../../support/client.ts';

afterEach(closeSdks);

const api = runningApi();
const textsOf = ({ messages }: OpenChat): string[] => messages.get().map(({ text }) => text);
const syncs = (sent: readonly string[]): number =>
  sent.filter((line) => line.includes('/api/sync')).length;

/** A group of three, and what the first of them has on a device. */
const groupScene = async (row?: Parameters<typeof newGroup>[1]) => {
  const { people, chat: id } = await newGroup(3, row);
  const [anna, boris, vera] = people;
  if (!anna || !boris || !vera) throw new Error('Nobody was made');
  const device = await connectSdk(anna.token);
  const chat = device.chats.chat(id);
  await expect.poll(() => chat.hasOlder.get()).toBe(false);
  await expect.poll(() => device.chats.freshness.get()).toBe('fresh');
  return { anna, boris, vera, id, device, chat, theirs: messagesAs(api, boris, id) };
};

describe('catching up', () => {
  test('[M21] A message that follows is shown without a request, and one after a gap by sync', async () => {
    const { device, chat, theirs } = await groupScene();
    const before = syncs(device.network.sent);
    await theirs.send({ text: 'one' });
    await expect.poll(() => textsOf(chat)).toEqual(['one']);
    expect(syncs(device.network.sent)).toBe(before);
    device.inbox.deaf = true;
    await theirs.send({ text: 'two' });
    await expect.poll(() => device.inbox.lost).toBeGreaterThan(0);
    device.inbox.deaf = false;
    await theirs.send({ text: 'three' });
    await expect.poll(() => textsOf(chat)).toEqual(['one', 'two', 'three']);
    expect(syncs(device.network.sent)).toBe(before + 1);
    expect(device.chats.list.get()?.[0]).toMatchObject({ unread: 3, lastSeq: 3 });
  });

  test('[M14] An edit that comes before or after what it is older than changes nothing', async () => {
    const { device, chat, theirs, id } = await groupScene();
    const { body } = await theirs.send({ text: 'first' });
    await theirs.edit(String(body['id']), { text: 'second' });
    await expect.poll(() => textsOf(chat)).toEqual(['second']);
    // The first frame once more, as if it had been held up on its way.
    const message = { ...body, fromMe: false } as never;
    const n = Number.MAX_SAFE_INTEGER;
    device.inbox.tell('message', { n, chat: id, seq: 1, version: 1, message });
    device.inbox.tell('message', { n: 1, chat: id, seq: 1, version: 1, message });
    await expect.poll(() => device.chats.freshness.get()).toBe('fresh');
    expect(textsOf(chat)).toEqual(['second']);
    await theirs.remove(String(body['id']));
    await expect.poll(() => chat.messages.get()[0]?.deleted).toBe(true);
    await expect.poll(() => chat.about.get()?.lastMessage).toBeNull();
  });

  test('[M24] After a reset everything is read anew, and what is shown never goes meanwhile', async () => {
    const { anna, device, chat, theirs, id } = await groupScene();
    await theirs.send({ text: 'before' });
    await expect.poll(() => textsOf(chat)).toEqual(['before']);
    const counts = new Set<number>();
    chat.messages.subscribe((messages) => counts.add(messages.length));
    device.inbox.drop();
    // The database was restored from a time when the feed was not so long.
    await sql`delete from feed_entries where user_id = ${anna.id}`;
    await sql`update feeds set n = 0 where user_id = ${anna.id}`;
    await writeMessages(id, anna.id, ['after']);
    await device.inbox.connect();
    await expect.poll(() => textsOf(chat)).toEqual(['before', 'after']);
    expect([...counts].sort()).toEqual([1, 2]);
    expect(chat.about.get()).toMatchObject({ lastSeq: 2, lastMessage: 'after' });
  });

  test('[M26] A large chat is followed by its version, however much was missed', async () => {
    const { boris, device, chat, theirs, id } = await groupScene({ type: 'group', large: true });
    const before = device.network.sent.length;
    await theirs.send({ text: 'one' });
    await expect.poll(() => textsOf(chat)).toEqual(['one']);
    expect(device.network.sent.slice(before)).toEqual([]);
    await chat.send({ text: 'mine' });
    await expect.poll(() => textsOf(chat)).toEqual(['one', 'mine']);
    device.inbox.drop();
    const missed = Array.from({ length: 250 }, (_, index) => `missed ${index}`);
    await writeMessages(id, boris.id, missed);
    await theirs.edit(String(chat.messages.get()[0]?.id), { text: 'ONE' });
    await device.inbox.connect();
    await expect.poll(() => textsOf(chat)).toEqual(['ONE', 'mine', ...missed]);
    expect(chat.about.get()).toMatchObject({ lastSeq: 252, unread: 251 });
    const changes = device.network.sent.filter((line) => line.includes('/changes'));
    expect(changes.length).toBeGreaterThanOrEqual(2);
  });

  test('[M25] Whoever is taken out has the chat no longer, and comes back to what is new', async () => {
    const { people, chat: id } = await newGroup(2);
    const [anna, boris] = people;
    if (!anna || !boris) throw new Error('Nobody was made');
    const device = await connectSdk(boris.token);
    const chat = device.chats.chat(id);
    await messagesAs(api, anna, id).send({ text: 'one' });
    await expect.poll(() => textsOf(chat)).toEqual(['one']);
    await chatsAs(api, anna).remove(id, boris);
    await expect.poll(() => chat.about.get()).toBeUndefined();
    expect([textsOf(chat), device.chats.list.get()]).toEqual([[], []]);
    await messagesAs(api, anna, id).send({ text: 'not for Boris' });
    await chatsAs(api, anna).add(id, boris);
    await messagesAs(api, anna, id).send({ text: 'two' });
    await expect.poll(() => textsOf(chat)).toEqual(['two']);
    expect(chat.hasOlder.get()).toBe(false);
    expect(device.chats.unread.get()).toBe(1);
  });

  test('[M30] Members are read once somebody looks, and are kept true from then on', async () => {
    const { anna, boris, vera, id, device, chat } = await groupScene();
    const reads = () => device.network.sent.filter((line) => line.includes('/members')).length;
    expect(reads()).toBe(0);
    const ids = () =>
      chat.members
        .get()
        ?.map(({ userId }) => userId)
        .toSorted();
    await expect.poll(ids).toEqual([anna.id, boris.id, vera.id].toSorted());
    const [gleb] = await newPeople(1);
    if (!gleb) throw new Error('Nobody was made');
    await chatsAs(api, anna).add(id, gleb);
    await chatsAs(api, anna).remove(id, vera);
    await chatsAs(api, anna).role(id, boris, 'admin');
    await expect.poll(ids).toEqual([anna.id, boris.id, gleb.id].toSorted());
    await expect
      .poll(() => chat.members.get()?.find(({ userId }) => userId === boris.id)?.role)
      .toBe('admin');
    expect(reads()).toBe(1);
    await expect.poll(() => chat.about.get()?.members).toBe(3);
  });

  test('[M13] A long attachment is shown whole on both sides, though it is not told', async () => {
    const { chat, id, boris } = await groupScene();
    const other = (await connectSdk(boris.token)).chats.chat(id);
    await expect.poll(() => other.hasOlder.get()).toBe(false);
    const url = `data:image/png;base64,${'A'.repeat(100_000)}`;
    await chat.send({ text: '', attachment: { type: 'image', url } });
    const shown = (open: OpenChat) => open.messages.get()[0]?.attachment?.url?.length;
    expect(shown(chat)).toBe(url.length);
    await expect.poll(() => shown(other)).toBe(url.length);
  });

  test('[M32] A chat with somebody is found or begun, and a group is created', async () => {
    const { anna, boris, id } = await newPair().then(({ chat, ...pair }) => ({
      ...pair,
      id: chat,
    }));
    const device = await connectSdk(anna.token);
    expect((await device.chats.withUser(boris.id)).id).toBe(id);
    expect((await device.chats.withUser(`@${boris.username}`)).id).toBe(id);
    const group = await device.chats.create({ type: 'group', name: 'Аисты', members: [boris.id] });
    await expect.poll(() => group.about.get()?.name).toBe('Аисты');
    await group.send({ text: 'Hello' });
    await expect.poll(() => device.chats.list.get()?.map((one) => one.id)).toEqual([group.id, id]);
  });

  test('Without an inbox sync is asked from time to time, and says what is missing', async () => {
    const { anna, boris, chat: id } = await newPair();
    const timers = new Map<object, () => void>();
    const clock = {
      ...systemClock,
      // The long pauses are over when the test says so.
      setTimeout: (work: () => void, ms: number) => {
        if (ms < 20_000) return systemClock.setTimeout(work, ms);
        const timer = {};
        timers.set(timer, work);
        return timer;
      },
      clearTimeout: (timer: unknown) => {
        if (!timers.delete(timer as object)) systemClock.clearTimeout(timer);
      },
    };
    const device = await openSdk(anna.token, { clock });
    const chat = device.chats.chat(id);
    await expect.poll(() => chat.hasOlder.get()).toBe(false);
    await messagesAs(api, boris, id).send({ text: 'unheard' });
    expect(textsOf(chat)).toEqual([]);
    await expect.poll(() => timers.size).toBe(1);
    for (const work of timers.values()) work();
    await expect.poll(() => textsOf(chat)).toEqual(['unheard']);
    expect(device.chats.freshness.get()).toBe('waiting');
  });

  test('A listener may act at once, and one that is gone hears nothing', async () => {
    const { chat, theirs } = await groupScene();
    const heard: number[] = [];
    const end = chat.messages.subscribe((messages) => {
      heard.push(messages.length);
      chat.read();
      if (messages.length === 1)
        void chat.send({ text: 'an answer at once' }).catch(() => undefined);
    });
    await theirs.send({ text: 'one' });
    await expect.poll(() => textsOf(chat)).toEqual(['one', 'an answer at once']);
    await expect.poll(() => chat.about.get()).toMatchObject({ unread: 0, readSeq: 2 });
    end();
    const times = heard.length;
    await theirs.send({ text: 'two' });
    await expect.poll(() => textsOf(chat).length).toBe(3);
    expect(heard.length).toBe(times);
  });

  test('Disposing of it leaves no timer, no listener and no request', async () => {
    const timers = new Set<unknown>();
    const clock = {
      ...systemClock,
      setTimeout: (work: () => void, ms: number) => {
        const timer = systemClock.setTimeout(() => {
          timers.delete(timer);
          work();
        }, ms);
        timers.add(timer);
        return timer;
      },
      clearTimeout: (timer: unknown) => {
        timers.delete(timer);
        systemClock.clearTimeout(timer);
      },
    };
    const { anna, chat: id } = await newPair();
    const device = await connectSdk(anna.token, { clock, storage: memoryStorage() });
    const chat = device.chats.chat(id);
    await expect.poll(() => chat.hasOlder.get()).toBe(false);
    device.inbox.tell('typing', { chat: id, user: 'somebody' });
    expect(chat.typing.get()).toEqual(['somebody']);
    await chat.send({ text: 'one' });
    chat.read();
    device.network.isOff = true;
    void chat.send({ text: 'two' }).catch(() => undefined);
    device.inbox.tell('welcome', {});
    closeSdk(device);
    await expect.poll(() => timers.size).toBe(0);
    expect(device.inbox.listeners).toBe(0);
    const { length } = device.network.sent;
    device.network.isOff = false;
    device.inbox.tell('welcome', {});
    chat.read();
    expect(device.network.sent.length).toBe(length);
  });

  test.each([
    ['small', false],
    ['large', true],
  ])('A server that keeps an older version of a %s chat is asked with pauses', async (_, large) => {
    const { people, chat: id } = await newGroup(2, { type: 'group', large });
    const [anna] = people;
    // No pause ever ends.
    const clock = { ...systemClock, setTimeout: () => 0, clearTimeout: () => undefined };
    const device = await connectSdk(String(anna?.token), { clock, storage: memoryStorage() });
    const chat = device.chats.chat(id);
    await expect.poll(() => chat.hasOlder.get()).toBe(false);
    const { version = 0 } = chat.about.get() ?? {};
    // A frame of a message that the server has forgotten since, and one that says more is new.
    const told = { seq: 1, version: version + 1, text: 'Lost', time: '', fromMe: false };
    const message = { ...told, id: 'lost', senderId: null };
    device.inbox.tell('message', { chat: id, seq: 1, version: version + 1, message });
    await expect.poll(() => textsOf(chat)).toEqual(['Lost']);
    const before = device.network.sent.length;
    device.inbox.tell('change', { chat: id, version: 1_000, what: 'chat' });
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    const asked = device.network.sent.slice(before);
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.length).toBeLessThan(6);
  });
});
