import { sql } from 'drizzle-orm';
import { afterEach, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { FEED_MEMBERS } from '../../src/contract/http/chats.ts';
import { newPeople } from '../support/chats/chats.ts';
import { countOf, feedOf } from '../support/chats/database.ts';
import { crowdId, crowdInto, groupOf, stateOf } from '../support/chats/groups.ts';
import { chatsAs, onePerson, twoPeople } from '../support/chats/people.ts';
import { runningApi } from '../support/client.ts';
import { database, heal } from '../support/proxies.ts';
import { race, repeated, statuses, together } from '../support/races.ts';

const api = runningApi();
afterEach(heal);

/** A text that every statement of these has: a barrier holds those alone. */
const CHANGE = 'feed_entries';

const Roles = z.object({ version: z.number(), roles: z.record(z.string(), z.string()).nullable() });
const adminsOf = async (id: string) => {
  const { roles } = Roles.parse(await stateOf(id));
  return Object.entries(roles ?? {}).flatMap(([userId, role]) => (role === 'admin' ? userId : []));
};

describe('races', () => {
  test('[M32] six who open a personal chat at once, from both sides, open one', () =>
    race(async () => {
      const [me, peer] = await twoPeople();
      const open = (index: number) => () =>
        index % 2 === 0
          ? chatsAs(api, me).create({ peerUserId: peer.id })
          : chatsAs(api, peer).create({ peerUsername: `@${me.username}` });
      const answers = await together(database, CHANGE, repeated(6, open));
      expect(statuses(answers)).toEqual({ 201: 1, 200: 5 });
      const ids = new Set(answers.map(({ body }) => body.id));
      expect(ids.size).toBe(1);
      expect(await chatsAs(api, me).list()).toMatchObject([{ id: [...ids][0], members: 2 }]);
      for (const { id } of [me, peer])
        expect(await feedOf(id, String([...ids][0]))).toEqual(['chat']);
      const pairs = sql`select from chats where pair like ${`%${me.id}%`}`;
      expect(await countOf(pairs)).toBe(1);
    }));

  test('[M35] a member who is added by many at once is added once', () =>
    race(async () => {
      const [admin, second, one] = await newPeople(3);
      if (!admin || !second || !one) throw new Error('Nobody was made');
      const id = await groupOf(api, [admin, second]);
      await chatsAs(api, admin).role(id, second, 'admin');
      const add = (index: number) => () => chatsAs(api, index % 2 ? admin : second).add(id, one);
      const answers = await together(database, CHANGE, repeated(6, add));
      expect(statuses(answers)).toEqual({ 200: 6 });
      const added = answers.flatMap(({ body }) => body.added);
      expect(added).toMatchObject([{ userId: one.id }]);
      expect(await stateOf(id)).toMatchObject({ version: 3 });
      expect(await feedOf(one.id, id)).toEqual(['chat']);
      expect(
        (await feedOf(second.id, id)).filter((entry) => entry === `member ${one.id}`),
      ).toHaveLength(1);
    }));

  test('[M33] when the last two admins leave at once a member becomes admin', () =>
    race(async () => {
      const [admin, second, member] = await newPeople(3);
      if (!admin || !second || !member) throw new Error('Nobody was made');
      const id = await groupOf(api, [admin, second, member]);
      await chatsAs(api, admin).role(id, second, 'admin');
      const leave = [admin, second].map((one) => () => chatsAs(api, one).remove(id, one));
      expect(statuses(await together(database, CHANGE, leave))).toEqual({ 200: 2 });
      expect(await adminsOf(id)).toEqual([member.id]);
      expect(await stateOf(id)).toMatchObject({ version: 4 });
      expect((await feedOf(member.id, id)).at(-1)).toBe('chat');
    }));

  test('[M33] when two admins take the role from each other at once one stays admin', () =>
    race(async () => {
      const [admin, second] = await twoPeople();
      const id = await groupOf(api, [admin, second]);
      await chatsAs(api, admin).role(id, second, 'admin');
      const answers = await together(database, CHANGE, [
        () => chatsAs(api, admin).role(id, second, 'member'),
        () => chatsAs(api, second).role(id, admin, 'member'),
      ]);
      expect(statuses(answers)).toEqual({ 200: 1, 403: 1 });
      expect(await adminsOf(id)).toHaveLength(1);
    }));

  test('[M33] when two admins take each other out at once one stays', () =>
    race(async () => {
      const [admin, second] = await twoPeople();
      const id = await groupOf(api, [admin, second]);
      await chatsAs(api, admin).role(id, second, 'admin');
      const answers = await together(database, CHANGE, [
        () => chatsAs(api, admin).remove(id, second),
        () => chatsAs(api, second).remove(id, admin),
      ]);
      expect(statuses(answers)).toEqual({ 200: 1, 404: 1 });
      expect(await adminsOf(id)).toHaveLength(1);
    }));

  test('[M26] additions that together go beyond 256 members make the chat large once', () =>
    race(async () => {
      const admin = await onePerson();
      const id = await groupOf(api, [admin]);
      await crowdInto(id, FEED_MEMBERS - 3);
      const people = await newPeople(6);
      const add = people.map((one) => () => chatsAs(api, admin).add(id, one));
      expect(statuses(await together(database, CHANGE, add))).toEqual({ 200: 6 });
      expect(await chatsAs(api, admin).one(id)).toMatchObject({
        large: true,
        members: FEED_MEMBERS + 4,
        version: 7,
      });
      const switched = (await feedOf(crowdId(1), id)).filter((entry) => entry === 'chat');
      expect(switched).toHaveLength(1);
      expect((await feedOf(crowdId(1), id)).filter((entry) => entry !== 'chat')).toHaveLength(2);
    }));

  test('who joins many times at once is in it once', () =>
    race(async () => {
      const [admin, one] = await twoPeople();
      const id = await groupOf(api, [admin], 'channel');
      const join = () => () => chatsAs(api, one).join(id);
      const answers = await together(database, CHANGE, repeated(6, join));
      expect(statuses(answers)).toEqual({ 200: 6 });
      expect(await stateOf(id)).toMatchObject({ version: 2 });
      expect(await feedOf(admin.id, id)).toEqual(['chat', `member ${one.id}`]);
      expect(await feedOf(one.id, id)).toEqual(['chat']);
    }));

  test('who leaves many times at once leaves once', () =>
    race(async () => {
      const [admin, one] = await twoPeople();
      const id = await groupOf(api, [admin, one]);
      const leave = () => () => chatsAs(api, one).remove(id, one);
      const answers = await together(database, CHANGE, repeated(4, leave));
      expect(statuses(answers)).toEqual({ 200: 1, 404: 3 });
      expect(await feedOf(admin.id, id)).toEqual(['chat', `member ${one.id}`]);
      expect(await feedOf(one.id, id)).toEqual(['chat', 'left']);
    }));
});

describe('answers that are lost', () => {
  test('[M32] who opens a chat again after a lost answer gets the one that was made', async () => {
    const [me, peer] = await twoPeople();
    const open = () => chatsAs(api, me).create({ peerUserId: peer.id });
    await database.behave({ mode: 'deaf', only: CHANGE });
    expect((await open()).status).toBe(503);
    await heal();
    expect((await open()).status).toBe(200);
    expect(await chatsAs(api, peer).list()).toHaveLength(1);
  });

  test('a change whose answer was lost is there for all, and doing it again changes nothing', async () => {
    const [admin, one] = await twoPeople();
    const id = await groupOf(api, [admin]);
    const add = () => chatsAs(api, admin).add(id, one);
    await database.behave({ mode: 'deaf', only: CHANGE });
    expect((await add()).status).toBe(503);
    await heal();
    const again = await add();
    expect([again.status, again.body]).toEqual([200, { added: [] }]);
    expect(await stateOf(id)).toMatchObject({ version: 2 });
    expect(await feedOf(one.id, id)).toEqual(['chat']);
    expect(await feedOf(admin.id, id)).toEqual(['chat', `member ${one.id}`]);
  });
});
