import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { FEED_MEMBERS, MEMBERS_LIMIT } from '../../src/contract/http/chats.ts';
import { blocks, chatMembers, chats } from '../../src/platform/db/schema.ts';
import type { Person } from '../support/chats/chats.ts';
import { newPeople } from '../support/chats/chats.ts';
import { countOf, db, feedOf } from '../support/chats/database.ts';
import { crowdId, crowdInto, groupOf, stateOf, talkIn } from '../support/chats/groups.ts';
import { chatsAs, onePerson, twoPeople } from '../support/chats/people.ts';
import { runningApi } from '../support/client.ts';

const api = runningApi();

describe('adding members', () => {
  test('[M30, M25] an admin adds people, who read what is said from then on', async () => {
    const [admin, old, one, other] = (await newPeople(4)) as [Person, Person, Person, Person];
    const id = await groupOf(api, [admin, old]);
    await talkIn(id, 7);
    const answer = await api.post(
      `/api/chats/${id}/members`,
      { members: [one.id, `@${other.username}`, old.id] },
      { token: admin.token },
    );
    expect(answer.status, answer.text).toBe(200);
    expect(new Set(answer.body.added as object[])).toEqual(
      new Set(
        [one, other].map(({ id: userId, username, displayName }) => ({
          userId,
          username,
          displayName,
          role: 'member',
          readSeq: 7,
        })),
      ),
    );
    expect(await chatsAs(api, one).one(id)).toMatchObject({
      fromSeq: 7,
      readSeq: 7,
      unread: 0,
      members: 4,
      version: 2,
    });
    expect(await feedOf(one.id, id)).toEqual(['chat']);
    const heard = ['chat', `member ${one.id}`, `member ${other.id}`];
    for (const { id: userId } of [admin, old]) {
      expect((await feedOf(userId, id)).sort()).toEqual([...heard].sort());
    }
  });

  test('who is in it already stays as they are, and nothing changes', async () => {
    const [admin, member] = await twoPeople();
    const id = await groupOf(api, [admin, member]);
    await db.update(chatMembers).set({ readSeq: 3 }).where(sql`user_id = ${member.id}`);
    const before = await stateOf(id);
    const answer = await chatsAs(api, admin).add(id, member, member, admin);
    expect([answer.status, answer.body]).toEqual([200, { added: [] }]);
    expect(await stateOf(id)).toEqual(before);
    expect(await feedOf(member.id, id)).toEqual(['chat']);
    expect((await chatsAs(api, member).one(id)).readSeq).toBe(3);
    const rates = sql`
      select from user_rates where user_id = ${admin.id} and name = 'change-members'`;
    expect(await countOf(rates)).toBe(0);
  });

  test('[M35, M42] with somebody unknown, or who has blocked me, nobody is added', async () => {
    const [admin, one, blocker] = (await newPeople(3)) as [Person, Person, Person];
    const id = await groupOf(api, [admin]);
    await db.insert(blocks).values({ userId: blocker.id, blockedId: admin.id });
    for (const unknown of [{ id: crypto.randomUUID() }, { id: '@nobody_has_this' }, blocker]) {
      expect(await chatsAs(api, admin).add(id, one, unknown)).toMatchObject({
        status: 404,
        body: { code: 'peer_not_found', message: 'Пользователь не найден' },
      });
    }
    expect(await stateOf(id)).toEqual({ version: 1, large: false, roles: { [admin.id]: 'admin' } });
    expect(await feedOf(one.id, id)).toEqual([]);
    await db.insert(blocks).values({ userId: admin.id, blockedId: one.id });
    expect((await chatsAs(api, admin).add(id, one)).status).toBe(200);
  });

  test('[M35] a chat has no more than 10,000 members', async () => {
    const [admin, one] = await twoPeople();
    const id = await groupOf(api, [admin], 'channel');
    await db.update(chats).set({ large: true }).where(sql`id = ${id}`);
    await crowdInto(id, MEMBERS_LIMIT - 2);
    const [last, beyond] = (await newPeople(2)) as [Person, Person];
    expect((await chatsAs(api, admin).add(id, last, beyond)).body).toMatchObject({
      code: 'chat_full',
      message: 'В чате нет мест',
    });
    expect((await chatsAs(api, admin).add(id, last)).status).toBe(200);
    for (const answer of [
      await chatsAs(api, admin).add(id, beyond),
      await chatsAs(api, one).join(id),
    ]) {
      expect(answer).toMatchObject({ status: 409, body: { code: 'chat_full' } });
    }
    expect((await chatsAs(api, last).join(id)).status).toBe(200);
    expect((await chatsAs(api, last).one(id)).members).toBe(MEMBERS_LIMIT);
  });

  test('[M26] beyond 256 members the chat is large: all hear that, and later nothing', async () => {
    const [admin, member] = await twoPeople();
    const id = await groupOf(api, [admin, member]);
    await crowdInto(id, FEED_MEMBERS - 2);
    expect(await chatsAs(api, admin).one(id)).toMatchObject({ large: false, members: 256 });
    const [crossing, later] = await twoPeople();
    expect((await chatsAs(api, admin).add(id, crossing)).status).toBe(200);
    expect(await chatsAs(api, admin).one(id)).toMatchObject({ large: true, version: 2 });
    for (const { id: userId } of [member, { id: crowdId(1) }]) {
      expect((await feedOf(userId, id)).at(-1)).toBe('chat');
    }
    expect(await feedOf(crossing.id, id)).toEqual(['chat']);
    const before = await countOf(sql`select from feed_entries where chat_id = ${id}`);
    expect((await chatsAs(api, admin).add(id, later)).status).toBe(200);
    expect((await chatsAs(api, admin).role(id, later, 'admin')).status).toBe(200);
    expect((await chatsAs(api, admin).remove(id, crossing)).status).toBe(200);
    expect((await chatsAs(api, admin).change(id, { name: 'Много' })).status).toBe(200);
    expect(await feedOf(later.id, id)).toEqual(['chat', 'chat']);
    expect(await feedOf(crossing.id, id)).toEqual(['chat', 'left']);
    expect(await countOf(sql`select from feed_entries where chat_id = ${id}`)).toBe(before + 3);
    await db.delete(chatMembers).where(sql`chat_id = ${id} and user_id like 'crowd %'`);
    expect(await chatsAs(api, admin).one(id)).toMatchObject({
      large: true,
      members: 3,
      version: 6,
    });
  });
});

describe('the members', () => {
  test('are paged in the order of their ids', async () => {
    const people = await newPeople(7);
    const id = await groupOf(api, people);
    const [reader] = people;
    const seen: string[] = [];
    let after: string | null = '';
    while (after !== null) {
      const answer = await api.send('GET', `/api/chats/${id}/members?limit=3&after=${after}`, {
        token: String(reader?.token),
      });
      const { members, next } = answer.body as {
        members: { userId: string }[];
        next: string | null;
      };
      seen.push(...members.map(({ userId }) => userId));
      after = next;
    }
    expect(seen).toEqual(people.map((one) => one.id).sort());
  });

  test('[M31] of a channel are for its admins to see', async () => {
    const [admin, member] = await twoPeople();
    const id = await groupOf(api, [admin, member], 'channel');
    expect(await chatsAs(api, admin).members(id)).toHaveLength(2);
    expect(
      await api.send('GET', `/api/chats/${id}/members`, { token: member.token }),
    ).toMatchObject({
      status: 403,
      body: { code: 'not_allowed_in_chat', message: 'Недостаточно прав в этом чате' },
    });
  });

  test('of a personal chat are both of them, and nobody has a role', async () => {
    const [me, peer] = await twoPeople();
    const { id } = await chatsAs(api, me).made({ peerUserId: peer.id });
    const roles = (await chatsAs(api, peer).members(id)).map(({ userId, role }) => [userId, role]);
    expect(roles).toEqual([me.id, peer.id].sort().map((userId) => [userId, 'member']));
  });

  test.each(['0', '101', '-1', 'x', '1.5', '%00'])('a limit of %s is refused', async (limit) => {
    const { token } = await onePerson();
    const answer = await api.send('GET', `/api/chats/x/members?limit=${limit}`, { token });
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_field' } });
  });
});
