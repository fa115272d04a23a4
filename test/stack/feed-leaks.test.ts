import { describe, expect, test } from 'vitest';
import type { Reader } from '../support/chats/reader.ts';
import { brief, newReader } from '../support/chats/reader.ts';
import {
  makeChat,
  putInto,
  send,
  sql,
  takeOut,
  writeFeed,
  writeMessages,
} from '../support/chats/rows.ts';
import { runningApi } from '../support/client.ts';
import { signIn } from '../support/sign-in.ts';

const api = runningApi();

/** A group of three, who are told of everything. */
const scene = async (type: 'group' | 'channel' = 'group') => {
  const [me, other, third] = await Promise.all([newReader(api), newReader(api), newReader(api)]);
  const since = await me.begin();
  const chat = await makeChat({ type });
  await putInto(chat, [other.id], 'admin');
  await putInto(chat, [me.id, third.id]);
  await writeFeed(chat, [{ userId: me.id, kind: 'chat' }]);
  return { me, other, third, chat, since };
};

/** Takes somebody out, as leaving does. */
const leave = async (chat: string, { id }: Reader) => {
  await takeOut(chat, id);
  await writeFeed(chat, [{ userId: id, kind: 'left' }]);
};

/** Puts somebody in, as adding them does. */
const join = async (chat: string, { id }: Reader) => {
  await putInto(chat, [id]);
  await writeFeed(chat, [{ userId: id, kind: 'chat' }]);
};

const telling = (changes: readonly unknown[], secret: string) =>
  JSON.stringify(changes).includes(secret);

describe('what is not mine to read', () => {
  test('[M25] of a chat that I left nothing is told but that, whatever was told before', async () => {
    const { me, other, chat, since } = await scene();
    await send(chat, other.id, { texts: ['тайна 1', 'тайна 2'], to: [me.id] });
    await writeFeed(chat, [
      { userId: me.id, kind: 'member', about: other.id },
      { userId: me.id, kind: 'read', about: other.id },
    ]);
    expect(telling(await me.changes(since), 'тайна')).toBe(true);
    await leave(chat, me);
    await sql`update chats set name = 'тайное имя' where id = ${chat}`;
    for (const limit of [1, 2, 200]) {
      const changes = await me.changes(since, limit);
      expect(changes.map(({ type, chatId }) => [type, chatId])).toEqual(
        changes.map(() => ['left', chat]),
      );
      expect(changes.at(-1)?.n).toBe(6);
    }
    expect(await me.changes(since)).toHaveLength(1);
  });

  test('[M25] of a chat out of which I was taken without an entry only that is told', async () => {
    const { me, other, chat, since } = await scene();
    await send(chat, other.id, { texts: ['тайна'], to: [me.id] });
    await takeOut(chat, me.id);
    expect(await me.changes(since)).toEqual([{ type: 'left', n: 2, chatId: chat }]);
  });

  test('[M25] who left and came back reads nothing of before and between', async () => {
    const { me, other, chat, since } = await scene();
    await send(chat, other.id, { texts: ['до'], to: [me.id] });
    await leave(chat, me);
    await writeMessages(chat, other.id, ['между']);
    await join(chat, me);
    await send(chat, other.id, { texts: ['после'], to: [me.id] });
    for (const limit of [1, 2, 3, 4, 200]) {
      const changes = await me.changes(since, limit);
      expect(telling(changes, 'до')).toBe(false);
      expect(telling(changes, 'между')).toBe(false);
      expect(changes.slice(-2)).toMatchObject([
        { type: 'chat', chat: { fromSeq: 2, lastSeq: 3, lastMessage: 'после' } },
        { type: 'message', message: { seq: 3, text: 'после' } },
      ]);
    }
    // Clients forget the chat at `left`, and begin anew at `chat`.
    expect((await me.changes(since)).map(brief)).toEqual([
      ...['left', 'chat Аисты', 'message 3: после'],
    ]);
    // An edit of what was written before is told to nobody who cannot read it.
    await writeFeed(chat, [{ userId: me.id, kind: 'message', seq: 1 }]);
    expect(await me.changes(await me.begin())).toEqual([]);
    expect(telling(await me.changes(since), 'до')).toBe(false);
  });

  test('[M25] what was written before I joined a group is not told, of a channel it is', async () => {
    for (const type of ['group', 'channel'] as const) {
      const { other, third, chat } = await scene(type);
      const late = await newReader(api);
      const since = await late.begin();
      await send(chat, other.id, { texts: ['давно'], to: [third.id] });
      await join(chat, late);
      // No entry of it is theirs: here there is one all the same.
      await writeFeed(chat, [{ userId: late.id, kind: 'message', seq: 1 }]);
      const told = (await late.changes(since)).map(({ type: kind }) => kind);
      expect(told).toEqual(type === 'group' ? ['chat'] : ['chat', 'message']);
      expect((await late.changesOf(chat, 0)).messages).toHaveLength(type === 'group' ? 0 : 1);
    }
  });

  test('[M31] who else is in a channel, and how far they read, is told to its admins alone', async () => {
    const { me, other, third, chat, since } = await scene('channel');
    const [ofAdmin, about] = [await other.begin(), third.id];
    await writeFeed(
      chat,
      [me.id, other.id].flatMap((userId) => [
        { userId, kind: 'member' as const, about },
        { userId, kind: 'read' as const, about },
        { userId, kind: 'member' as const, about: me.id },
        { userId, kind: 'read' as const, about: me.id },
      ]),
    );
    const aboutOf = (changes: readonly object[]) =>
      changes.flatMap((change) => ('userId' in change ? [change.userId] : []));
    expect(aboutOf(await me.changes(since))).toEqual([me.id, me.id]);
    expect(aboutOf(await other.changes(ofAdmin))).toEqual([about, about, me.id, me.id]);
  });

  test('[M20] a member who went is told as gone, and the mark of such a one not at all', async () => {
    const { me, third, chat, since } = await scene();
    await writeFeed(chat, [{ userId: me.id, kind: 'read', about: third.id }]);
    await takeOut(chat, third.id);
    await writeFeed(chat, [{ userId: me.id, kind: 'member', about: third.id }]);
    expect((await me.changes(since)).slice(1)).toEqual([
      { type: 'member', n: 3, chatId: chat, userId: third.id, member: null },
    ]);
  });

  test('[M20] nobody is told of the feed of another user', async () => {
    const { me, other, chat } = await scene();
    const since = await other.begin();
    await send(chat, me.id, { texts: ['1', '2'], to: [me.id] });
    expect(await other.sync(since)).toMatchObject({ changes: [], n: 0 });
  });
});

describe('who may ask', () => {
  const paths = (chat: string) => ['/api/sync', `/api/chats/${chat}/changes?since=0`];

  test('[M34] a member is answered, and who is none gets `Chat not found`', async () => {
    const { me, chat } = await scene();
    const stranger = await newReader(api);
    const statusesOf = async (token: string, id: string = chat) => {
      const answers = await Promise.all(paths(id).map((path) => api.send('GET', path, { token })));
      return answers.map(({ status, body }) => [status, body.code]);
    };
    expect(await statusesOf(me.token)).toEqual([
      [200, undefined],
      [200, undefined],
    ]);
    const none = [
      [200, undefined],
      [404, 'chat_not_found'],
    ];
    expect(await statusesOf(stranger.token)).toEqual(none);
    await leave(chat, me);
    expect(await statusesOf(me.token)).toEqual(none);
    for (const id of ['nothing', 'a%20b']) {
      expect(await statusesOf(me.token, id)).toEqual(none);
    }
    const absent = await api.send('GET', `/api/chats/${crypto.randomUUID()}/changes?since=0`, me);
    const foreign = await api.send('GET', `/api/chats/${chat}/changes?since=0`, stranger);
    const { requestId: _, ...same } = absent.body;
    expect(foreign.body).toMatchObject(same);
  });

  test('[H20] nobody is answered without a token, with a wrong one, or after signing out', async () => {
    const { chat } = await scene();
    const token = await signIn(api);
    await api.post('/api/auth/logout', {}, { token });
    for (const path of paths(chat)) {
      expect((await api.send('GET', path)).body).toMatchObject({ code: 'no_token' });
      for (const wrong of [token, 'a.b.c']) {
        const answer = await api.send('GET', path, { token: wrong });
        expect([answer.status, answer.body.code]).toEqual([401, 'invalid_token']);
      }
    }
  });
});
