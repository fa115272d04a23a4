import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { OpenChat } from '../../../client/src/chat.ts';
import { memoryStorage } from '../../../client/src/options.ts';
import { messagesAs, newChat, newPair, sql } from '../../support/chats/chats.ts';
import { twoPeople } from '../../support/chats/people.ts';
import type { SdkDevice } from '../../support/chats/sdk.ts';
import { closeSdk, closeSdks, connectSdk, openSdk } from '../../support/chats/sdk.ts';
import { runningApi } from '../../support/client.ts';
import { database } from '../../support/proxies.ts';

afterEach(closeSdks);

/** Of a message that is shown to be there by its state. */
const ignore = (): void => undefined;

const textsOf = ({ messages }: OpenChat): string[] => messages.get().map(({ text }) => text);
const statesOf = ({ messages }: OpenChat): string[] => messages.get().map(({ state }) => state);

/** Somebody with a chat open, and who else is in it. */
const scene = async (storage = memoryStorage()) => {
  const { anna, boris, chat: id } = await newPair();
  const device = await connectSdk(anna.token, { storage });
  const chat = device.chats.chat(id);
  await expect.poll(() => chat.hasOlder.get()).toBe(false);
  const theirs = messagesAs(runningApi(), boris, id);
  return { anna, boris, id, device, chat, theirs, storage };
};

/** What the database has of a chat. */
const kept = async (id: string): Promise<string[]> => {
  const rows = await sql`select text from messages where chat_id = ${id} order by seq`;
  return rows.map(({ text }) => String(text));
};

describe('the outbox of the client', () => {
  test('[M10] An answer that is lost makes no second message, and none is shown twice', async () => {
    const { id, device, chat } = await scene();
    device.network.losing = { text: 'POST /api/chats/', times: 2 };
    await chat.send({ text: 'Once' });
    await expect.poll(() => device.network.losing.times).toBe(0);
    await expect.poll(() => device.network.underWay).toBe(0);
    expect(textsOf(chat)).toEqual(['Once']);
    expect(statesOf(chat)).toEqual(['sent']);
    expect(await kept(id)).toEqual(['Once']);
  });

  test('[M10] A message whose answers never come is sent once its echo comes by sync', async () => {
    const { device, chat } = await scene();
    device.network.losing = { text: 'POST /api/chats/', times: Number.POSITIVE_INFINITY };
    await chat.send({ text: 'Heard of' });
    expect(statesOf(chat)).toEqual(['sent']);
    expect(textsOf(chat)).toEqual(['Heard of']);
  });

  test('[M11] What is written without a network goes out in order when it is back', async () => {
    const { id, device, chat, theirs } = await scene();
    await chat.send({ text: '0' });
    device.network.isOff = true;
    device.inbox.drop();
    const sent = ['1', '2', '3'].map((text) => chat.send({ text }));
    expect(statesOf(chat)).toEqual(['sent', 'sending', 'sending', 'sending']);
    expect(device.chats.freshness.get()).toBe('waiting');
    await theirs.send({ text: 'meanwhile' });
    device.network.isOff = false;
    await device.inbox.connect();
    await Promise.all(sent);
    await expect.poll(() => textsOf(chat)).toEqual(['0', 'meanwhile', '1', '2', '3']);
    expect(await kept(id)).toEqual(['0', 'meanwhile', '1', '2', '3']);
    expect(statesOf(chat)).toEqual(['sent', 'sent', 'sent', 'sent', 'sent']);
  });

  test('Whoever waits for a message hears it when the chats end, or the person leaves', async () => {
    const ends = [
      ({ chats }: SdkDevice) => chats.dispose(),
      ({ client }: SdkDevice) => client.signOut(),
    ];
    for (const end of ends) {
      const { device, chat } = await scene();
      device.network.isOff = true;
      const sent = chat.send({ text: 'Never there' });
      await Promise.all([expect(sent).rejects.toThrow('These chats are closed'), end(device)]);
    }
  });

  test('In a page without TLS, which has no randomUUID, messages go out', async () => {
    const { anna, chat: id } = await newPair();
    const uuid = vi.spyOn(crypto, 'randomUUID').mockImplementation(() => {
      throw new TypeError('crypto.randomUUID is not a function');
    });
    onTestFinished(() => uuid.mockRestore());
    const device = await connectSdk(anna.token);
    await device.chats.chat(id).send({ text: 'Plain' });
    expect(await kept(id)).toEqual(['Plain']);
  });

  test('What was shown as under way is there after a reload, and goes out', async () => {
    const { anna, id, device, chat, storage } = await scene();
    device.network.isOff = true;
    device.inbox.drop();
    for (const text of ['1', '2']) void chat.send({ text }).catch(ignore);
    await expect.poll(() => storage.get(`aist.outbox.${anna.id}`)).not.toBe(null);
    closeSdk(device);

    const again = await openSdk(anna.token, { storage });
    again.network.isOff = true;
    const reopened = again.chats.chat(id);
    await expect.poll(() => again.chats.freshness.get()).toBe('waiting');
    again.network.isOff = false;
    await again.inbox.connect();
    await expect.poll(() => textsOf(reopened)).toEqual(['1', '2']);
    await expect.poll(() => statesOf(reopened)).toEqual(['sent', 'sent']);
    expect(await kept(id)).toEqual(['1', '2']);
    await expect.poll(() => storage.get(`aist.outbox.${anna.id}`)).toBe(null);
  });

  test('Another tab leaves the messages of this one alone, until this one is gone', async () => {
    const { anna, id, device, chat, storage } = await scene();
    device.network.isOff = true;
    void chat.send({ text: 'of the first tab' }).catch(ignore);
    await expect.poll(() => storage.get(`aist.outbox.${anna.id}`)).not.toBe(null);
    const other = await connectSdk(anna.token, { storage });
    const inOther = other.chats.chat(id);
    await inOther.send({ text: 'of the other tab' });
    expect(textsOf(inOther)).toEqual(['of the other tab']);
    closeSdk(device);
    await expect.poll(() => textsOf(inOther)).toEqual(['of the other tab', 'of the first tab']);
    await expect.poll(() => statesOf(inOther)).toEqual(['sent', 'sent']);
    expect(await kept(id)).toEqual(['of the other tab', 'of the first tab']);
  });

  test('[M12] What the server refuses has failed, and can be sent again or taken away', async () => {
    const { chat, id } = await scene();
    await expect(chat.send({ text: 'x'.repeat(4_001) })).rejects.toMatchObject({
      code: 'message_too_long',
    });
    await chat.send({ text: 'after it' });
    expect(statesOf(chat)).toEqual(['sent', 'failed']);
    const failed = chat.messages.get()[1];
    expect(failed?.error).toMatchObject({ code: 'message_too_long', name: 'AistError' });
    const key = String(failed?.key);
    await expect(chat.resend(key)).rejects.toMatchObject({ code: 'message_too_long' });
    chat.discard(key);
    expect(statesOf(chat)).toEqual(['sent']);
    expect(await kept(id)).toEqual(['after it']);
  });

  test('[M42] A message to who has blocked me fails as in an unknown chat', async () => {
    const { chat, anna, boris } = await scene();
    const api = runningApi();
    await api.send('PUT', `/api/users/${anna.id}/block`, { token: boris.token });
    await expect(chat.send({ text: 'Hello?' })).rejects.toMatchObject({ code: 'chat_not_found' });
    expect(statesOf(chat)).toEqual(['failed']);
    await api.send('DELETE', `/api/users/${anna.id}/block`, { token: boris.token });
    await chat.resend(String(chat.messages.get()[0]?.key));
    expect(statesOf(chat)).toEqual(['sent']);
  });

  test('[M15] Past its rate a message waits for its time, and the order stays', async () => {
    const { chat, id } = await scene();
    const texts = Array.from({ length: 22 }, (_, index) => String(index));
    await Promise.all(texts.map((text) => chat.send({ text })));
    expect(await kept(id)).toEqual(texts);
    expect(textsOf(chat)).toEqual(texts);
  });

  test('[M17] While a store is dead a message waits, and it goes out once', async () => {
    const { chat, id } = await scene();
    await database.behave({ mode: 'dead', only: 'insert into messages' });
    const sent = chat.send({ text: 'patient' });
    expect(statesOf(chat)).toEqual(['sending']);
    await expect.poll(() => database.calls()).toBeGreaterThan(0);
    await database.behave({ mode: 'pass' });
    await sent;
    expect(await kept(id)).toEqual(['patient']);
  });

  test('Drafts are kept in this browser, and go when the message is sent', async () => {
    const { anna, id, device, chat, storage } = await scene();
    chat.draft('Not yet');
    expect(chat.about.get()?.draft).toBe('Not yet');
    const drafts = `aist.drafts.${anna.id}`;
    await expect.poll(() => storage.get(drafts)).toContain('Not yet');
    closeSdk(device);
    const again = await connectSdk(anna.token, { storage });
    const reopened = again.chats.chat(id);
    await expect.poll(() => reopened.about.get()?.draft).toBe('Not yet');
    await reopened.send({ text: 'Now' });
    expect(reopened.about.get()?.draft).toBe('');
    await expect.poll(() => storage.get(drafts)).toBe(null);
  });

  test('Whoever signs out takes drafts and messages under way along', async () => {
    const { anna, device, chat, storage } = await scene();
    device.network.isOff = true;
    chat.draft('Private');
    void chat.send({ text: 'Private too' }).catch(() => undefined);
    chat.draft('Private');
    await expect.poll(() => storage.get(`aist.outbox.${anna.id}`)).not.toBe(null);
    const [tab] = JSON.parse(String(await storage.get(`aist.outbox.${anna.id}`)));
    await device.client.signOut();
    expect(device.chats.list.get()).toBeUndefined();
    expect(chat.messages.get()).toEqual([]);
    for (const key of [`outbox.${anna.id}`, `outbox.${anna.id}.${tab}`, `drafts.${anna.id}`])
      await expect.poll(() => storage.get(`aist.${key}`)).toBe(null);
  });

  test('A message that is sent before the chat was read is shown until it is', async () => {
    const [anna, boris] = await twoPeople();
    let isHeld = false;
    const held = Promise.withResolvers<void>();
    const device = await connectSdk(anna.token, {
      fetch: async (input, init) => {
        if (isHeld && init?.method === 'GET') await held.promise;
        return fetch(input, init);
      },
    });
    await expect.poll(() => device.chats.list.get()).toEqual([]);
    await expect.poll(() => device.chats.freshness.get()).toBe('fresh');
    isHeld = true;
    const chat = device.chats.chat(await newChat({ type: 'user' }, [anna, boris]));
    const sent = chat.send({ text: 'Early' });
    expect(statesOf(chat)).toEqual(['sending']);
    await sent;
    expect([statesOf(chat), textsOf(chat)]).toEqual([['sent'], ['Early']]);
    held.resolve();
    await expect.poll(() => chat.hasOlder.get()).toBe(false);
    expect(textsOf(chat)).toEqual(['Early']);
  });

  test('What is damaged in the storage is left out, and breaks nothing', async () => {
    const { anna, chat: id } = await newPair();
    const storage = memoryStorage();
    const outbox = `aist.outbox.${anna.id}`;
    const sound = { chat: id, clientId: 'sound', text: 'Sound', at: Date.now() };
    const { chat: _, ...homeless } = sound;
    const damaged = [
      null,
      7,
      'text',
      [],
      homeless,
      { ...sound, clientId: 'a', text: { toString: 'no' } },
      { ...sound, clientId: 'b', at: 'yesterday' },
      { ...sound, clientId: 'c', at: Number.MAX_VALUE },
      { ...sound, clientId: 'd', at: undefined },
    ];
    await storage.set(outbox, JSON.stringify([7, null, 'gone', 'broken', 'odd']));
    await storage.set(`${outbox}.gone`, JSON.stringify([...damaged, sound]));
    await storage.set(`${outbox}.broken`, '[{"chat":');
    await storage.set(`${outbox}.odd`, '{"length":3}');
    const drafts = { [id]: 7, other: null, [`${id} `]: { text: 'no' } };
    await storage.set(`aist.drafts.${anna.id}`, JSON.stringify(drafts));

    const device = await connectSdk(anna.token, { storage });
    const chat = device.chats.chat(id);
    await expect.poll(() => textsOf(chat)).toEqual(['Sound']);
    await expect.poll(() => statesOf(chat)).toEqual(['sent']);
    await expect.poll(() => chat.about.get()?.draft).toBe('');
    await expect.poll(() => storage.get(outbox)).toBe(null);
    chat.draft('Mine');
    expect(chat.about.get()?.draft).toBe('Mine');
    expect(await kept(id)).toEqual(['Sound']);
  });

  test('A draft of whoever has signed out is kept nowhere, and throws nothing', async () => {
    const { anna, device, chat, storage } = await scene();
    await device.client.signOut();
    chat.draft('Too late');
    chat.discard('no such message');
    expect(await storage.get(`aist.drafts.${anna.id}`)).toBe(null);
  });
});
