import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { chatMembers, chats } from '../../src/platform/db/schema.ts';
import type { Person } from '../support/chats/chats.ts';
import { newPeople } from '../support/chats/chats.ts';
import { countOf, db, feedOf } from '../support/chats/database.ts';
import { groupOf, talkIn } from '../support/chats/groups.ts';
import { chatsAs, onePerson, twoPeople } from '../support/chats/people.ts';
import { runningApi } from '../support/client.ts';

const api = runningApi();

describe('a channel', () => {
  test('[M31, M25] who has the link joins, reads all of it, and admins alone hear so', async () => {
    const [admin, member, one] = (await newPeople(3)) as [Person, Person, Person];
    const id = await groupOf(api, [admin, member], 'channel');
    await talkIn(id, 9);
    const answer = await chatsAs(api, one).join(id);
    expect(answer.status, answer.text).toBe(200);
    expect(answer.body).toMatchObject({
      id,
      type: 'channel',
      role: 'member',
      fromSeq: 0,
      readSeq: 9,
      unread: 0,
      members: 3,
      version: 2,
    });
    expect(await feedOf(admin.id, id)).toEqual(['chat', `member ${one.id}`]);
    expect(await feedOf(member.id, id)).toEqual(['chat']);
    expect(await feedOf(one.id, id)).toEqual(['chat']);
    const again = await chatsAs(api, one).join(id);
    expect([again.status, again.body]).toEqual([200, answer.body]);
    await chatsAs(api, one).remove(id, one);
    expect(await feedOf(admin.id, id)).toEqual(['chat', `member ${one.id}`, `member ${one.id}`]);
    expect(await feedOf(member.id, id)).toEqual(['chat']);
  });

  test.each(['group', 'user', null])(
    '[M31, M34] a chat of the type %s is joined by no link',
    async (type) => {
      const [one, other] = await twoPeople();
      const id = crypto.randomUUID();
      await db.insert(chats).values({ id, type });
      await db.insert(chatMembers).values({ chatId: id, userId: one.id });
      expect(await chatsAs(api, other).join(id)).toMatchObject({
        status: 404,
        body: { error: 'Chat not found' },
      });
      expect(await countOf(sql`select from chat_members where chat_id = ${id}`)).toBe(1);
    },
  );
});

describe('changing a chat', () => {
  test('[M30] an admin changes what is given, and all hear of it', async () => {
    const [admin, member] = await twoPeople();
    const { id } = await chatsAs(api, admin).made({
      type: 'group',
      name: 'Аисты',
      photo: 'https://aist.example/1.png',
      description: 'Старое',
      shareLink: '/c/1',
      members: [member.id],
    });
    const change = (body: object) => chatsAs(api, admin).change(id, body);
    expect((await change({ name: ' Журавли ' })).body).toMatchObject({
      name: 'Журавли',
      photo: 'https://aist.example/1.png',
      meta: { description: 'Старое', shareLink: '/c/1' },
      version: 2,
    });
    expect((await change({ description: 'Новое', photo: '' })).body).toMatchObject({
      name: 'Журавли',
      photo: null,
      meta: { description: 'Новое', shareLink: '/c/1' },
      version: 3,
    });
    expect(await feedOf(member.id, id)).toEqual(['chat', 'chat', 'chat']);
    expect(await chatsAs(api, member).one(id)).toMatchObject({ name: 'Журавли', role: 'member' });
    for (const nothing of [{}, { name: null }, { other: 1 }]) {
      expect((await change(nothing)).body).toMatchObject({ version: 3 });
    }
    expect(await change({ name: ' ' })).toMatchObject({
      status: 400,
      body: { code: 'chat_name_required' },
    });
  });

  test('a description is kept where legacy meta is no object', async () => {
    const admin = await onePerson();
    const id = await groupOf(api, [admin]);
    for (const meta of [null, [1], 'text']) {
      await db.update(chats).set({ meta }).where(sql`id = ${id}`);
      expect((await chatsAs(api, admin).change(id, { description: 'Новое' })).body).toMatchObject({
        meta: { description: 'Новое' },
      });
    }
  });
});
