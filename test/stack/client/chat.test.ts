import { afterEach, describe, expect, test } from 'vitest';
import type { OpenChat } from '../../../client/src/chat.ts';
import { deviceOf } from '../../support/calls/device.ts';
import { newGroup, newPair } from '../../support/chats/chats.ts';
import { writeMessages } from '../../support/chats/rows.ts';
import { closeSdks, connectSdk } from '../../support/chats/sdk.ts';

afterEach(closeSdks);

const textsOf = ({ messages }: OpenChat): string[] => messages.get().map(({ text }) => text);
const statesOf = ({ messages }: OpenChat): string[] => messages.get().map(({ state }) => state);

/** Two people in a personal chat, each with the chat open on one device. */
const talk = async () => {
  const { anna, boris, chat } = await newPair();
  const [a, b] = [await connectSdk(anna.token), await connectSdk(boris.token)];
  const [toBoris, toAnna] = [a.chats.chat(chat), b.chats.chat(chat)];
  for (const { chats } of [a, b]) await expect.poll(() => chats.freshness.get()).toBe('fresh');
  for (const one of [toBoris, toAnna]) await expect.poll(() => one.hasOlder.get()).toBe(false);
  return { anna, boris, id: chat, a, b, toBoris, toAnna };
};

describe('chats of the client', () => {
  test('[M21] A message is shown at once, keeps its key, and comes to the other side', async () => {
    const { toBoris, toAnna, b, anna } = await talk();
    const sent = toBoris.send({ text: ' Привет! ' });
    const [shown] = toBoris.messages.get();
    expect(shown).toMatchObject({ text: 'Привет!', state: 'sending', fromMe: true, id: undefined });
    await sent;
    const [after] = toBoris.messages.get();
    expect(after).toMatchObject({ text: 'Привет!', state: 'sent', seq: 1, key: shown?.key });
    await expect.poll(() => textsOf(toAnna)).toEqual(['Привет!']);
    expect(toAnna.messages.get()[0]).toMatchObject({ fromMe: false, senderId: anna.id });
    expect(b.chats.list.get()).toMatchObject([{ lastMessage: 'Привет!', unread: 1, lastSeq: 1 }]);
    expect(b.chats.unread.get()).toBe(1);
  });

  test('[M18] What is read is unread no longer, on all devices, and its sender sees it', async () => {
    const { toBoris, toAnna, a, b, boris } = await talk();
    const second = await connectSdk((await deviceOf(boris)).token);
    await expect.poll(() => second.chats.freshness.get()).toBe('fresh');
    for (const text of ['one', 'two', 'three']) await toBoris.send({ text });
    await expect.poll(() => second.chats.unread.get()).toBe(3);
    await expect.poll(() => toAnna.messages.get().length).toBe(3);
    for (let n = 0; n < 20; n++) toAnna.read();
    expect(b.chats.unread.get()).toBe(0);
    await expect.poll(() => second.chats.unread.get()).toBe(0);
    await expect
      .poll(() => toBoris.messages.get().map(({ read }) => read))
      .toEqual([true, true, true]);
    expect(a.chats.unread.get()).toBe(0);
    expect(b.network.sent.filter((line) => line.startsWith('PUT')).length).toBe(1);
  });

  test('[M14] Edits and removals come to all devices, whatever they show', async () => {
    const { toBoris, toAnna, a, b } = await talk();
    for (const text of ['one', 'two', 'three']) await toBoris.send({ text });
    const [first, second, third] = toBoris.messages.get();
    await toBoris.edit(String(first?.id), 'ONE');
    await toBoris.remove(String(third?.id));
    expect(textsOf(toBoris)).toEqual(['ONE', 'two', '']);
    await expect.poll(() => textsOf(toAnna)).toEqual(['ONE', 'two', '']);
    expect(toAnna.messages.get()[2]).toMatchObject({ deleted: true });
    for (const { chats } of [a, b])
      await expect.poll(() => chats.list.get()?.[0]?.lastMessage).toBe('two');
    expect(second?.key).toBe(toBoris.messages.get()[1]?.key);
    await expect(toAnna.edit(String(first?.id), 'x')).rejects.toMatchObject({
      code: 'not_allowed_in_chat',
    });
  });

  test('[M28] Whoever writes is shown as writing, until their message comes', async () => {
    const { toBoris, toAnna, anna, b } = await talk();
    toBoris.type();
    await expect.poll(() => toAnna.typing.get()).toEqual([anna.id]);
    expect(b.chats.list.get()?.[0]?.typing).toEqual([anna.id]);
    await toBoris.send({ text: 'Done' });
    await expect.poll(() => textsOf(toAnna)).toEqual(['Done']);
    expect(toAnna.typing.get()).toEqual([]);
  });

  test('[M16] Older messages come page by page, without gaps', async () => {
    const { people, chat } = await newGroup(2);
    const [anna, boris] = people;
    if (!anna || !boris) throw new Error('Nobody was made');
    const a = await connectSdk(anna.token);
    const sent = Array.from({ length: 119 }, (_, index) => `text ${index + 1}`);
    await writeMessages(chat, boris.id, sent);
    const open = a.chats.chat(chat);
    await expect.poll(() => open.messages.get().length).toBe(50);
    expect(open.hasOlder.get()).toBe(true);
    await Promise.all([open.older(), open.older()]);
    expect(open.hasOlder.get()).toBe(false);
    expect(textsOf(open)).toEqual(sent);
    await open.older();
    expect(statesOf(open).length).toBe(119);
  });

  test('Its stores are the same for all who ask, and closing it lets the messages go', async () => {
    const { a, id, toBoris } = await talk();
    await toBoris.send({ text: 'one' });
    expect(a.chats.chat(id)).toBe(toBoris);
    toBoris.close();
    const again = a.chats.chat(id);
    expect(again).not.toBe(toBoris);
    await expect.poll(() => textsOf(again)).toEqual(['one']);
  });
});
