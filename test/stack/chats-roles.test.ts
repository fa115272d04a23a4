import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { chatMembers, chats } from '../../src/platform/db/schema.ts';
import type { Person } from '../support/chats/chats.ts';
import { newPeople } from '../support/chats/chats.ts';
import { db, feedOf } from '../support/chats/database.ts';
import { groupOf, stateOf, talkIn } from '../support/chats/groups.ts';
import { chatsAs, onePerson, twoPeople } from '../support/chats/people.ts';
import { runningApi } from '../support/client.ts';

const api = runningApi();

describe('roles', () => {
  test('[M30] an admin makes another, who may do the same, and all hear of it', async () => {
    const [admin, member, other] = (await newPeople(3)) as [Person, Person, Person];
    const id = await groupOf(api, [admin, member, other]);
    const made = await chatsAs(api, admin).role(id, member, 'admin');
    expect([made.status, made.body]).toEqual([
      200,
      {
        userId: member.id,
        username: member.username,
        displayName: member.displayName,
        role: 'admin',
        readSeq: 0,
      },
    ]);
    expect(await feedOf(member.id, id)).toEqual(['chat', 'chat']);
    expect(await feedOf(other.id, id)).toEqual(['chat', `member ${member.id}`]);
    expect((await chatsAs(api, member).one(id)).role).toBe('admin');
    expect((await chatsAs(api, member).role(id, admin, 'member')).body).toMatchObject({
      role: 'member',
    });
    expect((await chatsAs(api, admin).role(id, member, 'member')).body).toMatchObject({
      code: 'not_allowed_in_chat',
    });
  });

  test('the role that somebody has already changes nothing', async () => {
    const [admin, member] = await twoPeople();
    const id = await groupOf(api, [admin, member]);
    const before = await stateOf(id);
    expect((await chatsAs(api, admin).role(id, member, 'member')).body).toMatchObject({
      role: 'member',
    });
    expect((await chatsAs(api, admin).role(id, admin, 'admin')).body).toMatchObject({
      role: 'admin',
    });
    expect(await stateOf(id)).toEqual(before);
    expect(await feedOf(member.id, id)).toEqual(['chat']);
  });

  test('[M33] the last admin stays one until another is', async () => {
    const [admin, member] = await twoPeople();
    const id = await groupOf(api, [admin, member]);
    expect(await chatsAs(api, admin).role(id, admin, 'member')).toMatchObject({
      status: 409,
      body: { code: 'last_admin', message: 'Сначала назначьте другого администратора' },
    });
    expect(await stateOf(id)).toMatchObject({ version: 1, roles: { [admin.id]: 'admin' } });
    await chatsAs(api, admin).role(id, member, 'admin');
    expect((await chatsAs(api, admin).role(id, admin, 'member')).status).toBe(200);
  });

  test.each(['boss', '', 1, null, 'owner'])('a role that is none is refused: %j', async (role) => {
    const [admin, member] = await twoPeople();
    const id = await groupOf(api, [admin, member]);
    expect(await chatsAs(api, admin).role(id, member, role as string)).toMatchObject({
      status: 400,
      body: { code: 'invalid_field' },
    });
  });
});

describe('leaving', () => {
  test('[M30, M34] who was taken out sees the chat no more, and all hear of it', async () => {
    const [admin, member, other] = (await newPeople(3)) as [Person, Person, Person];
    const id = await groupOf(api, [admin, member, other]);
    const answer = await chatsAs(api, admin).remove(id, member);
    expect([answer.status, answer.body]).toEqual([200, { ok: true }]);
    expect(await api.send('GET', `/api/chats/${id}`, { token: member.token })).toMatchObject({
      status: 404,
      body: { error: 'Chat not found' },
    });
    expect(await chatsAs(api, member).list()).toEqual([]);
    expect(await feedOf(member.id, id)).toEqual(['chat', 'left']);
    expect(await feedOf(other.id, id)).toEqual(['chat', `member ${member.id}`]);
    expect(await stateOf(id)).toMatchObject({ version: 2 });
    expect(await chatsAs(api, admin).remove(id, member)).toMatchObject({
      status: 404,
      body: { code: 'peer_not_found' },
    });
  });

  test('[M25] who comes back reads what is said from then on', async () => {
    const [admin, member] = await twoPeople();
    const id = await groupOf(api, [admin, member]);
    await chatsAs(api, member).remove(id, member);
    await talkIn(id, 5);
    await chatsAs(api, admin).add(id, member);
    expect(await chatsAs(api, member).one(id)).toMatchObject({ fromSeq: 5, unread: 0 });
  });

  test('[M33] after the last admin the member of the longest standing is one', async () => {
    const [admin, gone, old, young] = (await newPeople(4)) as [Person, Person, Person, Person];
    const id = await groupOf(api, [admin, gone, old, young]);
    const joined: [Person, string][] = [
      [gone, '2024-01-01'],
      [old, '2024-01-02'],
      [young, '2024-01-03'],
    ];
    for (const [{ id: userId }, at] of joined) {
      await db
        .update(chatMembers)
        .set({ joinedAt: new Date(at) })
        .where(sql`user_id = ${userId}`);
    }
    await db.execute(sql`delete from users where id = ${gone.id}`);
    expect((await chatsAs(api, admin).remove(id, admin)).status).toBe(200);
    expect(await stateOf(id)).toEqual({
      version: 2,
      large: false,
      roles: { [gone.id]: 'member', [old.id]: 'admin', [young.id]: 'member' },
    });
    expect(await feedOf(old.id, id)).toEqual(['chat', `member ${admin.id}`, 'chat']);
    expect(await feedOf(young.id, id)).toEqual(['chat', `member ${admin.id}`, `member ${old.id}`]);
    expect(await feedOf(admin.id, id)).toEqual(['chat', 'left']);
  });

  test('[M33] another admin is enough: nobody else becomes one', async () => {
    const [admin, second, member] = (await newPeople(3)) as [Person, Person, Person];
    const id = await groupOf(api, [admin, second, member]);
    await chatsAs(api, admin).role(id, second, 'admin');
    await chatsAs(api, admin).remove(id, admin);
    expect(await stateOf(id)).toMatchObject({
      roles: { [second.id]: 'admin', [member.id]: 'member' },
    });
  });

  test('[M33] a legacy group without an admin has one once somebody leaves', async () => {
    const [one, other] = await twoPeople();
    const id = crypto.randomUUID();
    await db.insert(chats).values({ id, type: 'group', name: 'Старая' });
    await db.insert(chatMembers).values([one, other].map((p) => ({ chatId: id, userId: p.id })));
    expect((await chatsAs(api, one).remove(id, one)).status).toBe(200);
    expect((await chatsAs(api, other).one(id)).role).toBe('admin');
  });

  test('[M33] the last one leaves a chat of nobody, whose row stays', async () => {
    const admin = await onePerson();
    const id = await groupOf(api, [admin]);
    expect((await chatsAs(api, admin).remove(id, admin)).status).toBe(200);
    expect(await stateOf(id)).toEqual({ version: 2, large: false, roles: null });
    expect((await chatsAs(api, admin).remove(id, admin)).status).toBe(404);
  });
});
