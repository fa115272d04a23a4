import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { ChatRow, MemberRow } from '../../src/feed/chat.ts';
import { chatsSeenBy, MEMBER } from '../../src/platform/db/chat-fragments.ts';
import { createDatabase } from '../../src/platform/db/client.ts';
import { chatMembers, chats, messages } from '../../src/platform/db/schema.ts';
import { newUser, newUsers } from '../support/calls/people.ts';
import { stack } from '../support/stack.ts';

const { DATABASE_URL, DATABASE_ENDPOINT } = stack.settings;
const db = createDatabase(String(DATABASE_URL), DATABASE_ENDPOINT);

/** Reads the chats of a user in a session with a time zone of its own. */
const read = async (userId: string, zone = 'UTC'): Promise<ChatRow[]> => {
  const [, { rows }] = await db.batch([
    db.execute(sql.raw(`set local time zone '${zone}'`)),
    db.execute(sql`select to_json(seen) as chat from (${chatsSeenBy(userId)}) as seen`),
  ]);
  return z
    .array(z.object({ chat: ChatRow }))
    .parse(rows)
    .map(({ chat }) => chat);
};

const readMembers = async (chatId: string): Promise<MemberRow[]> => {
  const { rows } = await db.execute(sql`
    select ${MEMBER} as member from chat_members as member
      join chats on chats.id = member.chat_id left join users as person on person.id = user_id
    where chat_id = ${chatId} order by user_id`);
  return z
    .array(z.object({ member: MemberRow }))
    .parse(rows)
    .map(({ member }) => member);
};

type Row = Partial<typeof chats.$inferInsert>;
type MemberOf = Partial<typeof chatMembers.$inferInsert> & { userId: string };

/** Makes a chat as a server, this or the legacy one, may have left it. */
const makeChat = async (row: Row, members: readonly MemberOf[]): Promise<string> => {
  const id = crypto.randomUUID();
  await db.insert(chats).values({ id, ...row });
  await db.insert(chatMembers).values(members.map((member) => ({ chatId: id, ...member })));
  return id;
};

const say = (chatId: string, seq: number, over: Partial<typeof messages.$inferInsert> = {}) =>
  db.insert(messages).values({
    id: crypto.randomUUID(),
    chatId,
    seq,
    text: `Сообщение ${seq}`,
    createdAt: new Date(`2026-01-02T03:04:0${seq}.678Z`),
    ...over,
  });

describe('rows of chats', () => {
  test('[M1, M6] each side of a personal chat has the other, and times are UTC', async () => {
    const [me, other] = [await newUser(), await newUser()];
    const id = await makeChat({ type: null, lastSeq: 2, version: 5 }, [
      { userId: me.id, readSeq: 1 },
      { userId: other.id, readSeq: 2, role: 'owner' },
    ]);
    await say(id, 1);
    await say(id, 2);
    for (const zone of ['UTC', 'Asia/Tokyo', 'America/New_York']) {
      expect(await read(me.id, zone)).toEqual([
        {
          id,
          type: 'user',
          name: null,
          photo: null,
          meta: null,
          lastMessage: 'Сообщение 2',
          lastTime: '2026-01-02T03:04:02.678Z',
          unread: 1,
          role: 'member',
          peerUserId: other.id,
          peerUsername: other.username,
          peerDisplayName: other.displayName,
          peerKeyVersion: 0,
          lastSeq: 2,
          fromSeq: 0,
          readSeq: 1,
          othersReadSeq: 2,
          version: 5,
          large: false,
          members: 2,
        },
      ]);
    }
    expect(await read(other.id)).toMatchObject([
      { peerUserId: me.id, role: 'member', unread: 0, othersReadSeq: 1 },
    ]);
  });

  test('the last message is the last that is not deleted and that the member may read', async () => {
    const [old, young] = await newUsers(2);
    const id = await makeChat({ type: 'group', lastSeq: 3 }, [
      { userId: String(old?.id) },
      { userId: String(young?.id), fromSeq: 2, readSeq: 2 },
    ]);
    await say(id, 1);
    await say(id, 2);
    await say(id, 3, { text: '', deletedAt: new Date() });
    expect(await read(String(old?.id))).toMatchObject([{ lastMessage: 'Сообщение 2', unread: 3 }]);
    expect(await read(String(young?.id))).toMatchObject([
      { lastMessage: null, lastTime: null, unread: 1 },
    ]);
  });

  test('[M19] own messages after the mark are not unread', async () => {
    const { id: userId } = await newUser();
    await makeChat({ type: 'group', lastSeq: 9 }, [{ userId, readSeq: 4, ownUnread: 2 }]);
    expect(await read(userId)).toMatchObject([{ unread: 3 }]);
  });

  test('a legacy chat without messages shows the last one that it keeps itself', async () => {
    const { id: userId } = await newUser();
    const lastTime = new Date('2024-05-05T05:05:05.050Z');
    await makeChat({ lastMessage: 'привет', lastTime }, [{ userId }]);
    expect(await read(userId)).toMatchObject([
      { lastMessage: 'привет', lastTime: '2024-05-05T05:05:05.050Z' },
    ]);
  });

  test.each([
    ['nobody else', []],
    ['several others', ['x', 'y']],
  ])('a legacy personal chat with %s has no peer', async (_, others) => {
    const { id: userId } = await newUser();
    await makeChat(
      { name: 'Имя' },
      [userId, ...others].map((one) => ({ userId: one })),
    );
    expect(await read(userId)).toMatchObject([{ peerUserId: null, name: 'Имя' }]);
  });

  test('the peer who was deleted has an id and no names', async () => {
    const [{ id: userId }, gone] = [await newUser(), crypto.randomUUID()];
    await makeChat({}, [{ userId }, { userId: gone }]);
    expect(await read(userId)).toMatchObject([
      { peerUserId: gone, peerUsername: null, peerDisplayName: null, peerKeyVersion: 0 },
    ]);
  });

  test.each(['admin', 'owner', 'creator'])(
    '[M30] a member with the role %s is an admin',
    async (role) => {
      const [{ id: userId }, { id: other }] = [await newUser(), await newUser()];
      const id = await makeChat({ type: 'group' }, [
        { userId, role },
        { userId: other, role: null },
      ]);
      expect(await read(userId)).toMatchObject([{ role: 'admin' }]);
      expect(await read(other)).toMatchObject([{ role: 'member' }]);
      const roles = new Map((await readMembers(id)).map((one) => [one.userId, one.role]));
      expect(roles).toEqual(
        new Map([
          [userId, 'admin'],
          [other, 'member'],
        ]),
      );
    },
  );

  test('in a large chat the marks of others are not looked for', async () => {
    const [{ id: userId }, { id: other }] = [await newUser(), await newUser()];
    await makeChat({ type: 'group', large: true, lastSeq: 5 }, [
      { userId },
      { userId: other, readSeq: 5 },
    ]);
    expect(await read(userId)).toMatchObject([{ large: true, othersReadSeq: 0, members: 2 }]);
  });

  test.each(['[1]', '"text"', '7', 'null'])('meta that is no object is none: %s', async (meta) => {
    const { id: userId } = await newUser();
    await makeChat({ type: 'group', meta: JSON.parse(meta) }, [{ userId }]);
    expect(await read(userId)).toMatchObject([{ meta: null }]);
  });
});
