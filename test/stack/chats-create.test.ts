import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { Chat } from '../../src/contract/http/chats.ts';
import { blocks, chatMembers, chats, users } from '../../src/platform/db/schema.ts';
import { newPeople } from '../support/chats/chats.ts';
import { countOf, db, feedOf } from '../support/chats/database.ts';
import { chatsAs, onePerson, twoPeople } from '../support/chats/people.ts';
import { runningApi } from '../support/client.ts';

const api = runningApi();

/** What the legacy client sends to open a chat with somebody. */
const legacyBody = (peer: object) => ({
  name: 'Чужое имя',
  type: 'user',
  photo: null,
  description: '',
  shareLink: '',
  admins: [],
  moderators: [],
  ...peer,
});

describe('a personal chat', () => {
  test('[M1, M2] it is 201 when it is new and 200 when it is there, and each sees the other', async () => {
    const [me, peer] = await twoPeople();
    const first = await chatsAs(api, me).create(legacyBody({ peerUserId: peer.id }));
    expect(first.status, first.text).toBe(201);
    const { id } = Chat().parse(first.body);
    expect(first.body).toEqual({
      id,
      type: 'user',
      name: peer.displayName,
      photo: null,
      lastMessage: null,
      lastTime: null,
      unread: 0,
      peerUserId: peer.id,
      role: 'member',
      lastSeq: 0,
      fromSeq: 0,
      readSeq: 0,
      othersReadSeq: 0,
      version: 1,
      large: false,
      members: 2,
      peerKeyVersion: 0,
    });
    const again = await chatsAs(api, me).create(legacyBody({ peerUserId: peer.id }));
    expect([again.status, again.body]).toEqual([200, first.body]);
    const back = await chatsAs(api, peer).create({ peerUsername: `@${me.username}` });
    expect(back.status).toBe(200);
    expect(back.body).toMatchObject({ id, name: me.displayName, peerUserId: me.id });
    expect(await chatsAs(api, peer).list()).toMatchObject([{ id, name: me.displayName }]);
    expect(await feedOf(me.id, id)).toEqual(['chat']);
    expect(await feedOf(peer.id, id)).toEqual(['chat']);
  });

  test.each([
    ['their username', ({ username }: { username: string }) => ({ peerUsername: username })],
    ['an @ before it', ({ username }) => ({ peerUsername: `@${username}` })],
    ['capitals', ({ username }) => ({ peerUsername: `@${username.toUpperCase()}` })],
    ['an empty id beside it', ({ username }) => ({ peerUsername: username, peerUserId: '' })],
  ])('[M1] the other one is found by %s', async (_, bodyFor) => {
    const [me, peer] = await twoPeople();
    expect(await chatsAs(api, me).made(bodyFor(peer))).toMatchObject({ peerUserId: peer.id });
  });

  test('the id counts before the username', async () => {
    const [[me, peer], other] = [await twoPeople(), await onePerson()];
    const body = { peerUserId: peer.id, peerUsername: other.username };
    expect(await chatsAs(api, me).made(body)).toMatchObject({ peerUserId: peer.id });
  });

  test.each([
    ['by id', ({ id }: { id: string }) => ({ peerUserId: id })],
    ['by username', ({ username }: { username: string }) => ({ peerUsername: `@${username}` })],
  ])('[M1] nobody opens a chat with themselves %s', async (_, bodyFor) => {
    const me = await onePerson();
    const answer = await chatsAs(api, me).create(legacyBody(bodyFor(me)));
    expect(answer).toMatchObject({
      status: 400,
      body: { error: 'Нельзя создать чат с собой', message: 'Нельзя создать чат с собой' },
    });
    expect(await chatsAs(api, me).list()).toEqual([]);
  });

  test.each([
    ['an id of nobody', { peerUserId: crypto.randomUUID() }],
    ['a username of nobody', { peerUsername: '@nobody_has_this_name' }],
    ['a username that is no username', { peerUsername: '% or 1=1' }],
    ['no peer at all', {}],
    ['empty names of a peer', { peerUserId: '', peerUsername: '' }],
    ['nulls', { peerUserId: null, peerUsername: null }],
  ])('[M1] %s is nobody to open a chat with', async (_, peer) => {
    const me = await onePerson();
    const answer = await chatsAs(api, me).create(legacyBody(peer));
    expect(answer).toMatchObject({ status: 404, body: { error: 'Пользователь не найден' } });
    expect(await chatsAs(api, me).list()).toEqual([]);
    expect(await countOf(sql`select from user_rates where user_id = ${me.id}`)).toBe(0);
  });

  test('users without a username are not found by an empty one', async () => {
    const [me, nameless] = await twoPeople();
    await db.update(users).set({ username: null }).where(sql`id = ${nameless.id}`);
    expect(await chatsAs(api, me).create({ peerUsername: '@' })).toMatchObject({ status: 404 });
  });

  test('[M42] who has blocked me looks like nobody, but for a chat that is there', async () => {
    const [me, peer] = await twoPeople();
    await db.insert(blocks).values({ userId: peer.id, blockedId: me.id });
    expect(await chatsAs(api, me).create({ peerUserId: peer.id })).toMatchObject({
      status: 404,
      body: { code: 'peer_not_found' },
    });
    const { id } = await chatsAs(api, peer).made({ peerUserId: me.id });
    expect(await chatsAs(api, me).create({ peerUserId: peer.id })).toMatchObject({
      status: 200,
      body: { id },
    });
  });

  test('[M32] a chat that the legacy server made meanwhile is theirs', async () => {
    const [me, peer] = await twoPeople();
    const id = crypto.randomUUID();
    await db.insert(chats).values({ id, type: null, name: 'Чужое имя' });
    for (const { id: userId } of [me, peer]) {
      await db.insert(chatMembers).values({ chatId: id, userId });
    }
    const answer = await chatsAs(api, me).create({ peerUserId: peer.id });
    expect(answer).toMatchObject({ status: 200, body: { id, name: peer.displayName } });
  });

  test('a legacy chat of one person alone is no chat with themselves or others', async () => {
    const [me, peer] = await twoPeople();
    const id = crypto.randomUUID();
    await db.insert(chats).values({ id });
    await db.insert(chatMembers).values({ chatId: id, userId: me.id });
    expect(await chatsAs(api, me).create({ peerUsername: me.username })).toMatchObject({
      status: 400,
    });
    expect((await chatsAs(api, me).made({ peerUserId: peer.id })).id).not.toBe(id);
  });
});

describe.each(['group', 'channel'] as const)('a %s', (type) => {
  const about = {
    description: 'Про аистов',
    shareLink: 'https://aist.example/c/1',
    admins: ['@ivan'],
    moderators: ['olga'],
  };

  test('[M1, M30] it keeps what legacy clients say about it, and who creates it is its admin', async () => {
    const me = await onePerson();
    const answer = await chatsAs(api, me).create({
      name: '  Аисты ',
      type,
      photo: 'data:image/png;base64,AAAA',
      ...about,
    });
    expect(answer.status, answer.text).toBe(201);
    const { id } = Chat().parse(answer.body);
    expect(answer.body).toEqual({
      id,
      type,
      name: 'Аисты',
      photo: 'data:image/png;base64,AAAA',
      lastMessage: null,
      lastTime: null,
      unread: 0,
      meta: about,
      role: 'admin',
      lastSeq: 0,
      fromSeq: 0,
      readSeq: 0,
      othersReadSeq: 0,
      version: 1,
      large: false,
      members: 1,
    });
    expect(await chatsAs(api, me).list()).toEqual([answer.body]);
    expect(await chatsAs(api, me).one(id)).toEqual(answer.body);
    expect(await feedOf(me.id, id)).toEqual(['chat']);
  });

  test('two of the same name are two', async () => {
    const me = await onePerson();
    const ids = [
      await chatsAs(api, me).made({ type, name: 'А' }),
      await chatsAs(api, me).made({ type, name: 'А' }),
    ];
    expect(ids[0]?.id).not.toBe(ids[1]?.id);
  });

  test.each([
    ['no name', {}],
    ['an empty one', { name: '' }],
    ['one of spaces', { name: ' \t\n ' }],
    ['null', { name: null }],
  ])('it wants a name: %s is refused', async (_, given) => {
    const me = await onePerson();
    expect(await chatsAs(api, me).create({ type, ...given })).toMatchObject({
      status: 400,
      body: { code: 'chat_name_required', message: 'Укажите название' },
    });
    expect(await chatsAs(api, me).list()).toEqual([]);
  });

  test.each([[null], ['']])('[M1] a photo of %j is none', async (photo) => {
    const me = await onePerson();
    expect(await chatsAs(api, me).made({ type, name: 'А', photo })).toMatchObject({ photo: null });
  });

  test('[M30, M35] people are in it from the start, each once', async () => {
    const [me, ...others] = await newPeople(4);
    if (!me) throw new Error('Nobody was made');
    const members = [
      ...others.map(({ id }) => id),
      ...others.map(({ username }) => `@${username.toUpperCase()}`),
      me.id,
    ];
    const chat = await chatsAs(api, me).made({ type, name: 'А', members });
    expect(chat).toMatchObject({ members: 4, role: 'admin' });
    const roles = (await chatsAs(api, me).members(chat.id)).map(({ userId, role }) => [
      userId,
      role,
    ]);
    expect(new Map(roles as [string, string][])).toEqual(
      new Map([me, ...others].map(({ id }) => [id, id === me.id ? 'admin' : 'member'])),
    );
    for (const one of others) {
      expect(await chatsAs(api, one).one(chat.id)).toMatchObject({ role: 'member', name: 'А' });
      expect(await feedOf(one.id, chat.id)).toEqual(['chat']);
    }
  });

  test('[M42] with somebody who is unknown, or has blocked me, it is not made at all', async () => {
    const [[me, other], blocker] = [await twoPeople(), await onePerson()];
    await db.insert(blocks).values({ userId: blocker.id, blockedId: me.id });
    for (const unknown of [crypto.randomUUID(), '@nobody_has_this_name', blocker.id, '']) {
      const answer = await chatsAs(api, me).create({
        type,
        name: 'А',
        members: [other.id, unknown],
      });
      expect(answer).toMatchObject({ status: 404, body: { error: 'Пользователь не найден' } });
    }
    expect(await chatsAs(api, me).list()).toEqual([]);
    expect(await chatsAs(api, other).list()).toEqual([]);
    expect(await countOf(sql`select from feeds where user_id in (${me.id}, ${other.id})`)).toBe(0);
  });
});

test.each([
  ['a type that is none', { type: 'secret' }],
  ['a name of 129 characters', { type: 'group', name: 'я'.repeat(129) }],
  ['a description of 2,001', { type: 'group', name: 'А', description: 'x'.repeat(2_001) }],
  ['51 members', { type: 'group', name: 'А', members: Array(51).fill('x') }],
  ['admins that are no texts', { type: 'group', name: 'А', admins: [1] }],
  ['U+0000', { type: 'group', name: 'А\0' }],
])('[H7] %s is a clear 400', async (_, body) => {
  const me = await onePerson();
  expect(await chatsAs(api, me).create(body)).toMatchObject({
    status: 400,
    body: { code: 'invalid_field', message: 'Некорректное значение поля' },
  });
});
