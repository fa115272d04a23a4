import { describe, expect, test } from 'vitest';
import { INLINE_ATTACHMENT_LIMIT } from '../../src/contract/http/messages.ts';
import { brief, newReader } from '../support/chats/reader.ts';
import { makeChat, putInto, send, sql, writeFeed, writeMessages } from '../support/chats/rows.ts';
import { runningApi } from '../support/client.ts';
import { database } from '../support/proxies.ts';
import { repeated } from '../support/races.ts';

const api = runningApi();

/** A reader with a cursor, and a chat of theirs with somebody else. */
const scene = async () => {
  const [me, other] = await Promise.all([newReader(api), newReader(api)]);
  const since = await me.begin();
  const chat = await makeChat();
  await putInto(chat, [me.id, other.id]);
  return { me, other, chat, since };
};

/** Moves the mark of somebody and tells nobody. */
const readUpTo = (chat: string, userId: string, seq: number) => sql`
  update chat_members set read_seq = ${seq} where chat_id = ${chat} and user_id = ${userId}`;

describe('what changed since a cursor', () => {
  test('[M20] the first answer is a reset with the newest cursor and no changes', async () => {
    const { me, chat, other } = await scene();
    await send(chat, other.id, { texts: ['before'], to: [me.id] });
    const first = await me.sync();
    expect(first).toMatchObject({ changes: [], n: 1, more: false, reset: true, large: [] });
    expect(await me.sync(first.next)).toMatchObject({ changes: [], n: 1, reset: false });
    await send(chat, other.id, { texts: ['after'], to: [me.id] });
    expect((await me.changes(first.next)).map(brief)).toEqual(['message 2: after']);
  });

  test('[M20] changes of all chats come in the order of their numbers, each as it is now', async () => {
    const { me, other, chat, since } = await scene();
    const second = await makeChat({ name: 'Вторая' });
    await putInto(second, [me.id, other.id], 'admin');
    await writeFeed(second, [{ userId: me.id, kind: 'chat' }]);
    await send(chat, other.id, { texts: ['Раз', 'Два'], to: [me.id] });
    await send(second, me.id, { texts: ['Три'], to: [me.id] });
    await readUpTo(chat, other.id, 1);
    await writeFeed(chat, [
      { userId: me.id, kind: 'read', about: other.id },
      { userId: me.id, kind: 'member', about: other.id },
    ]);
    const page = await me.sync(since);
    expect(page.changes.map(({ n, chatId }) => [n, chatId])).toEqual([
      [1, second],
      [2, chat],
      [3, chat],
      [4, second],
      [5, chat],
      [6, chat],
    ]);
    expect(page.changes).toMatchObject([
      { type: 'chat', chat: { id: second, name: 'Вторая', role: 'admin', lastSeq: 1, members: 2 } },
      { type: 'message', message: { seq: 1, text: 'Раз', fromMe: false, senderId: other.id } },
      { type: 'message', message: { seq: 2, text: 'Два' } },
      { type: 'message', message: { seq: 1, text: 'Три', fromMe: true } },
      { type: 'read', userId: other.id, readSeq: 1 },
      {
        type: 'member',
        userId: other.id,
        member: { userId: other.id, username: other.user.username, role: 'member', readSeq: 1 },
      },
    ]);
    expect(page).toMatchObject({ n: 6, more: false, reset: false });
    expect(await me.sync(page.next)).toMatchObject({ changes: [], n: 6 });
    // An earlier cursor tells them again.
    expect(await me.changes(since)).toEqual(page.changes);
  });

  test('[M20] of several entries about one thing a page has the last one alone', async () => {
    const { me, other, chat, since } = await scene();
    await send(chat, other.id, { texts: ['first', 'second'], to: [me.id] });
    await sql`update messages set text = 'edited' where chat_id = ${chat} and seq = 1`;
    await writeFeed(chat, [
      { userId: me.id, kind: 'message', seq: 1 },
      { userId: me.id, kind: 'chat' },
      { userId: me.id, kind: 'member', about: other.id },
      { userId: me.id, kind: 'member', about: me.id },
      { userId: me.id, kind: 'chat' },
      { userId: me.id, kind: 'member', about: other.id },
    ]);
    const numbers = (await me.changes(since)).map((change) => [change.n, brief(change)]);
    expect(numbers).toEqual([
      [2, 'message 2: second'],
      [3, 'message 1: edited'],
      [6, 'member member'],
      [7, 'chat Аисты'],
      [8, 'member member'],
    ]);
  });

  test('[M20] a mark that moves on has one entry, at the newest number', async () => {
    const { me, other, chat, since } = await scene();
    await send(chat, me.id, { texts: ['1', '2', '3'], to: [me.id] });
    for (const seq of [1, 3]) {
      await readUpTo(chat, other.id, seq);
      await writeFeed(chat, [{ userId: me.id, kind: 'read', about: other.id }]);
    }
    const changes = await me.changes(since);
    expect(changes.map(({ n }) => n)).toEqual([1, 2, 3, 5]);
    expect(changes.at(-1)).toMatchObject({ type: 'read', readSeq: 3, userId: other.id });
  });

  test('[M14, M20] a deleted message is told as deleted, one that is gone is not told', async () => {
    const { me, other, chat, since } = await scene();
    await send(chat, other.id, { texts: ['a', 'b', 'c'], to: [me.id] });
    await sql`
      update messages set text = '', deleted_at = now() where chat_id = ${chat} and seq = 1`;
    await sql`delete from messages where chat_id = ${chat} and seq = 2`;
    const changes = await me.changes(since);
    expect(changes).toMatchObject([
      { n: 1, message: { seq: 1, text: '', deleted: true } },
      { n: 3, message: { seq: 3, text: 'c' } },
    ]);
    expect(changes).toHaveLength(2);
  });

  test('[M20] a long attachment comes without its URL, a short one whole', async () => {
    const { me, other, chat, since } = await scene();
    const url = (length: number) => `data:image/png;base64,${'A'.repeat(length)}`;
    for (const length of [INLINE_ATTACHMENT_LIMIT, 100]) {
      const attachment = { type: 'image', url: url(length) };
      await send(chat, other.id, { texts: [''], to: [me.id], attachment });
    }
    expect(await me.changes(since)).toMatchObject([
      { message: { seq: 1, attachment: { type: 'image' } } },
      { message: { seq: 2, attachment: { type: 'image', url: url(100) } } },
    ]);
  });
});

describe('pages', () => {
  test('[M20] pages of any size hold every change once and in order', async () => {
    const { me, other, chat, since } = await scene();
    const texts = repeated(7, (index) => `text ${index}`);
    await send(chat, other.id, { texts, to: [me.id] });
    for (const limit of [1, 2, 3, 6, 7, 8, 200]) {
      const pages = await me.pages(since, limit);
      expect(pages.map(({ changes }) => changes.length).join()).toBe(
        [...Array(Math.floor(7 / limit)).fill(limit), ...(7 % limit ? [7 % limit] : [])].join(),
      );
      const changes = pages.flatMap((page) => page.changes);
      expect(changes.map(brief)).toEqual(
        texts.map((text, index) => `message ${index + 1}: ${text}`),
      );
      expect(pages.map(({ more }) => more)).toEqual(pages.map((_, at) => at < pages.length - 1));
      expect(pages.at(-1)?.n).toBe(7);
      expect(pages.map(({ n }) => n)).toEqual(pages.map(({ changes }) => changes.at(-1)?.n));
    }
  });

  test('[M20] a page that ends among the entries of one statement goes on after them', async () => {
    const { me, other, chat, since } = await scene();
    await writeMessages(chat, other.id, ['1', '2', '3', '4', '5']);
    const entries = [1, 2, 3, 4, 5].map((seq) => ({
      userId: me.id,
      kind: 'message' as const,
      seq,
    }));
    await writeFeed(chat, entries);
    const pages = await me.pages(since, 2);
    expect(pages.map(({ changes }) => changes.map(brief))).toEqual([
      ['message 1: 1', 'message 2: 2'],
      ['message 3: 3', 'message 4: 4'],
      ['message 5: 5'],
    ]);
  });

  test('[M20] what is superseded after the end of a page is told again', async () => {
    const { me, other, chat, since } = await scene();
    await send(chat, other.id, { texts: ['1', '2', '3'], to: [me.id] });
    await writeFeed(chat, [{ userId: me.id, kind: 'message', seq: 1 }]);
    const pages = await me.pages(since, 3);
    expect(pages.map(({ changes }) => changes.map(({ n }) => n))).toEqual([[1, 2, 3], [4]]);
    expect((await me.pages(since, 4)).map(({ changes }) => changes.map(({ n }) => n))).toEqual([
      [2, 3, 4],
    ]);
  });

  test('[M20] what is written between two pages is on the last one', async () => {
    const { me, other, chat, since } = await scene();
    await send(chat, other.id, { texts: ['1', '2', '3'], to: [me.id] });
    const first = await me.sync(since, 2);
    await send(chat, other.id, { texts: ['4'], to: [me.id] });
    expect(first).toMatchObject({ more: true, n: 2 });
    expect((await me.changes(first.next)).map(brief)).toEqual(['message 3: 3', 'message 4: 4']);
  });

  test('[M20] a page has 200 entries, and about 1 MiB, but at least one entry', async () => {
    const { me, other, chat, since } = await scene();
    await send(chat, other.id, { texts: repeated(250, String), to: [me.id] });
    expect((await me.pages(since)).map(({ changes }) => changes.length)).toEqual([200, 50]);

    const from = await me.begin();
    const attachment = { type: 'image', url: `data:image/png;base64,${'A'.repeat(60_000)}` };
    await send(chat, other.id, { texts: repeated(40, String), to: [me.id], attachment });
    const pages = await me.pages(from);
    expect(pages.map(({ changes }) => changes.length)).toEqual([17, 17, 6]);

    const photo = 'x'.repeat(1_100_000);
    await sql`update chats set photo = ${photo} where id = ${chat}`;
    const large = await me.begin();
    await writeFeed(chat, [{ userId: me.id, kind: 'chat' }]);
    await send(chat, other.id, { texts: ['last'], to: [me.id] });
    const sizes = (await me.pages(large)).map(({ changes }) => changes.map(({ type }) => type));
    expect(sizes).toEqual([['chat'], ['message']]);
  });
});

describe('large chats', () => {
  test('[M26] those of mine are on the last page with their versions', async () => {
    const { me, other, chat } = await scene();
    const large = await makeChat({ type: 'channel', large: true });
    await putInto(large, [me.id, other.id]);
    const foreign = await makeChat({ type: 'channel', large: true });
    await putInto(foreign, [other.id]);
    const first = await me.sync();
    expect(first.large).toEqual([{ chatId: large, version: 0 }]);
    await writeMessages(large, other.id, ['1', '2']);
    await send(chat, other.id, { texts: ['3', '4'], to: [me.id] });
    const pages = await me.pages(first.next, 1);
    expect(pages.map((page) => page.large)).toEqual([[], [{ chatId: large, version: 2 }]]);
  });
});

describe('the cost', () => {
  test('[M20] a page is one statement, and changes of a chat are one, whoever asks', async () => {
    const { me, other, chat, since } = await scene();
    await send(chat, other.id, { texts: repeated(5, String), to: [me.id] });
    const stranger = await newReader(api);
    for (const work of [
      () => me.sync(since),
      () => me.sync(),
      () => me.sync('garbled'),
      () => me.changesOf(chat, 0),
      () => stranger.ask(since),
    ]) {
      await database.behave({ mode: 'pass' });
      await work();
      expect(await database.calls()).toBe(1);
    }
  });
});
