import { describe, expect, test } from 'vitest';
import { newUsers } from '../support/calls/people.ts';
import { newReader } from '../support/chats/reader.ts';
import { makeChat, putInto, send, sql, writeMessages } from '../support/chats/rows.ts';
import { runningApi } from '../support/client.ts';
import { repeated } from '../support/races.ts';

const api = runningApi();

/** A large channel with somebody who reads it, and somebody who writes. */
const scene = async () => {
  const [me, writer] = await Promise.all([newReader(api), newReader(api)]);
  const chat = await makeChat({ type: 'channel', large: true });
  await putInto(chat, [me.id]);
  await putInto(chat, [writer.id], 'admin');
  const write = (...texts: string[]) => writeMessages(chat, writer.id, texts);
  const change = (seq: number, text: string) => sql`
    with chat as (update chats set version = version + 1 where id = ${chat} returning version)
    update messages set text = ${text}, version = chat.version
    from chat where chat_id = ${chat} and seq = ${seq}`;
  return { me, chat, write, change };
};

describe('the changes of one chat', () => {
  test('[M26] messages come in the order in which they last changed', async () => {
    const { me, chat, write, change } = await scene();
    await write('1', '2', '3');
    const begun = await me.changesOf(chat, 0);
    expect(begun).toMatchObject({
      chat: { id: chat, large: true, version: 3, lastSeq: 3 },
      messages: [{ text: '1' }, { text: '2' }, { text: '3' }],
      version: 3,
      more: false,
    });
    await change(2, 'two');
    await write('4');
    await change(1, 'one');
    const { messages, version } = await me.changesOf(chat, begun.version);
    expect(messages.map(({ seq, text }) => `${seq}: ${text}`)).toEqual([
      '2: two',
      '4: 4',
      '1: one',
    ]);
    expect(messages.map((message) => message.version)).toEqual([4, 5, 6]);
    expect(await me.changesOf(chat, version)).toMatchObject({ messages: [], version, more: false });
  });

  test('[M26] there are pages of 200 messages and about 1 MiB, and none is lost between', async () => {
    const { me, chat, write } = await scene();
    await write(...repeated(450, String));
    const seen: string[] = [];
    const sizes: number[] = [];
    for (let [since, more] = [0, true]; more; ) {
      const page = await me.changesOf(chat, since);
      seen.push(...page.messages.map(({ text }) => text));
      sizes.push(page.messages.length);
      expect(page.version).toBe(page.more ? page.messages.at(-1)?.version : 450);
      [since, more] = [page.version, page.more];
    }
    expect(sizes).toEqual([200, 200, 50]);
    expect(seen).toEqual(repeated(450, String));

    const attachment = { type: 'image', url: `data:image/png;base64,${'A'.repeat(60_000)}` };
    await send(chat, me.id, { texts: repeated(20, String), to: [], attachment });
    const { messages, more } = await me.changesOf(chat, 450);
    expect([messages.length, more]).toEqual([17, true]);
  });

  test('[M24] a version that the chat has not come to is answered with the one it has', async () => {
    const { me, chat, write } = await scene();
    await write('1');
    expect(await me.changesOf(chat, 7)).toMatchObject({ messages: [], version: 1, more: false });
  });

  test('[H7] a version that is none is a clear 400', async () => {
    const { me, chat } = await scene();
    for (const since of ['', '-1', '1.5', 'NaN', '1e3', '01', '9'.repeat(16), '%00', 'a']) {
      const path = `/api/chats/${chat}/changes?since=${since}`;
      const answer = await api.send('GET', path, { token: me.token });
      expect([since, answer.status, answer.body.code]).toEqual([since, 400, 'invalid_field']);
    }
    const none = await api.send('GET', `/api/chats/${chat}/changes`, { token: me.token });
    expect([none.status, none.body.code]).toEqual([400, 'invalid_field']);
    const most = `/api/chats/${chat}/changes?since=${'9'.repeat(15)}`;
    expect((await api.send('GET', most, { token: me.token })).status).toBe(200);
  });

  test('[M26] a group that grows to 300 is named by sync with its version, and followed by it', async () => {
    const [me, admin] = await Promise.all([newReader(api), newReader(api)]);
    const people = (await newUsers(298)).map(({ id }) => id);
    const post = async (path: string, body: object, status: number) => {
      const answer = await api.post(path, body, admin);
      expect(answer.status, answer.text).toBe(status);
      return answer.body;
    };
    const group = { type: 'group', name: 'Стая', members: [me.id] };
    const chat = String((await post('/api/chats', group, 201)).id);
    const begun = await me.begin();
    const write = (text: string) => post(`/api/chats/${chat}/messages`, { text }, 201);
    await write('while it is small');
    for (let at = 0; at < people.length; at += 50) {
      await post(`/api/chats/${chat}/members`, { members: people.slice(at, at + 50) }, 200);
    }
    const small = await me.pages(begun);
    const told = small.flatMap(({ changes }) => changes);
    expect(told[0]).toMatchObject({ type: 'message', message: { text: 'while it is small' } });
    // That it is large from now on is the last that the feed tells of it.
    expect(told.at(-1)).toMatchObject({ type: 'chat', chat: { large: true } });
    const { large, next } = small.at(-1) ?? (await me.sync());
    expect(large).toMatchObject([{ chatId: chat }]);
    const since = large[0]?.version ?? -1;
    await write('while it is large');
    const page = await me.sync(next);
    expect(page).toMatchObject({ changes: [], large: [{ chatId: chat, version: since + 1 }] });
    const { messages, chat: shown } = await me.changesOf(chat, since);
    expect(messages.map(({ text }) => text)).toEqual(['while it is large']);
    expect(shown).toMatchObject({ members: 300, large: true, version: since + 1 });
  });
});
