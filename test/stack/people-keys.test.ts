import { afterEach, describe, expect, test } from 'vitest';
import { KEY_CHATS, KEY_HINTS, KEY_RATE } from '../../src/people/limits.ts';
import { cannedRooms } from '../support/calls/rooms.ts';
import type { Person } from '../support/chats/chats.ts';
import { messagesAs, newPeople, sql } from '../support/chats/chats.ts';
import { localApi, runningApi, settleRunningApi, TestClock } from '../support/client.ts';
import { feedOf, newPersonalChats, newTwo, peopleAs } from '../support/people.ts';
import { ProxyControl } from '../support/proxy.ts';
import { RACE_RUNS, race, repeated, statuses } from '../support/races.ts';
import { stack } from '../support/stack.ts';
import { legacyToken } from '../support/tokens.ts';

const api = runningApi();
const database = new ProxyControl(stack.databaseProxy);

afterEach(() => database.behave({ mode: 'pass' }));

/** How many race: the embedded database, which has one connection, would be too slow for more. */
const CROWD = RACE_RUNS > 3 ? 16 : 8;

const versionsOf = async (chats: readonly string[]) => {
  const rows = await sql`select id, version::int from chats where id = any(${chats})`;
  return chats.map((chat) => rows.find(({ id }) => id === chat)?.version);
};

describe('a public key', () => {
  test('[M1, M43] is null at first, then what its owner kept, for whoever asks', async () => {
    const [anna, boris] = await newTwo();
    const before = await peopleAs(api, boris).keyOf(anna.id);
    expect([before.status, before.body]).toEqual([200, { publicKey: null, version: 0 }]);
    const kept = await peopleAs(api, anna).setKey('key 1');
    expect([kept.status, kept.body]).toEqual([200, { ok: true, version: 1 }]);
    for (const reader of [anna, boris]) {
      const { status, body } = await peopleAs(api, reader).keyOf(anna.id);
      expect([status, body]).toEqual([200, { publicKey: 'key 1', version: 1 }]);
    }
    expect((await peopleAs(api, anna).keyOf(boris.id)).body).toEqual({
      publicKey: null,
      version: 0,
    });
  });

  test('[M43] has the next version when it is another one, and the same when it is not', async () => {
    const [anna] = await newTwo();
    const { setKey } = peopleAs(api, anna);
    const versions: unknown[] = [];
    for (const key of ['one', 'one', 'two', 'two', 'one'])
      versions.push((await setKey(key)).body.version);
    expect(versions).toEqual([1, 1, 2, 2, 3]);
  });

  test('[M1] of nobody is answered as the legacy server did, and so is none', async () => {
    const [anna] = await newTwo();
    const { keyOf, setKey } = peopleAs(api, anna);
    for (const id of [crypto.randomUUID(), 'x', '%00', 'x'.repeat(65), "'--", 'a%2Fb']) {
      const answer = await keyOf(id);
      expect(answer.status).toBe(404);
      expect(answer.body).toMatchObject({ error: 'User not found', code: 'user_not_found' });
    }
    for (const none of [undefined, null, '', 5, true, {}, ['key'], 'a\0b', '\ud800']) {
      const answer = await setKey(none);
      expect(answer.status, JSON.stringify(none)).toBe(400);
      expect(answer.body).toMatchObject({ error: 'publicKey required' });
    }
    const long = await setKey('k'.repeat(4_097));
    expect([long.status, long.body.code]).toEqual([400, 'invalid_field']);
    expect((await setKey('k'.repeat(4_096))).status).toBe(200);
  });

  test('[M1] of somebody who was deleted is not kept', async () => {
    const token = await legacyToken(crypto.randomUUID());
    const answer = await peopleAs(api, { token }).setKey('key');
    expect([answer.status, answer.body.error]).toEqual([404, 'User not found']);
  });

  test('[M43] that changes is in the feed of the other side, in the chat’s next version', async () => {
    const [anna, boris, cyd] = await newPeople(3);
    if (!anna || !boris || !cyd) throw new Error('There are no three');
    const [chat = '', other = ''] = await newPersonalChats(anna, [boris.id, cyd.id]);
    const [foreign = ''] = await newPersonalChats(boris, [cyd.id]);
    await sql`insert into chats (id, type) values (${`g${chat}`}, 'group')`;
    await sql`
      insert into chat_members (chat_id, user_id)
      select ${`g${chat}`}, unnest(${[anna.id, boris.id]}::text[])`;
    const entry = { kind: 'chat', chatId: chat, seq: null, about: null };
    await peopleAs(api, anna).setKey('one');
    await peopleAs(api, anna).setKey('one');
    expect(await feedOf(boris.id)).toEqual([{ n: 1, ...entry }]);
    await peopleAs(api, anna).setKey('two');
    expect(await feedOf(boris.id)).toEqual([
      { n: 1, ...entry },
      { n: 2, ...entry },
    ]);
    expect((await feedOf(cyd.id)).map(({ chatId }) => chatId)).toEqual([other, other]);
    expect(await feedOf(anna.id), 'it is her own key').toEqual([]);
    expect(await versionsOf([chat, other, foreign, `g${chat}`])).toEqual([2, 2, 0, 0]);
  });

  test('[M43] is told to others in legacy chats of a pair, of one, and of three', async () => {
    const [anna, boris, cyd] = await newPeople(3);
    if (!anna || !boris || !cyd) throw new Error('There are no three');
    const chats = await newPersonalChats(anna, [boris.id, boris.id, cyd.id]);
    const [first = '', second = '', third = ''] = chats;
    await sql`update chats set type = null, last_time = null where id = ${second}`;
    await sql`insert into chat_members (chat_id, user_id) values (${third}, ${boris.id})`;
    const alone = `alone${first}`;
    await sql`insert into chats (id, type) values (${alone}, 'user')`;
    await sql`insert into chat_members (chat_id, user_id) values (${alone}, ${anna.id})`;
    expect((await peopleAs(api, anna).setKey('key')).status).toBe(200);
    const told = (await feedOf(boris.id)).map(({ n, chatId }) => [n, chatId]);
    expect(told).toEqual([first, third, second].map((chat, index) => [index + 1, chat]));
    expect(await feedOf(cyd.id)).toHaveLength(1);
  });

  test(`[M43] is told in the ${KEY_CHATS} newest chats, and to ${KEY_HINTS} people at once`, async () => {
    const told: string[] = [];
    const local = localApi({}, Date.now, cannedRooms({ hear: ({ id }) => told.push(id) }));
    const [anna] = await newTwo();
    const others = repeated(KEY_CHATS + 20, () => crypto.randomUUID());
    const chats = await newPersonalChats(anna, others);
    expect((await peopleAs(local, anna).setKey('key')).body).toEqual({ ok: true, version: 1 });
    await local.settle();
    expect(told.toSorted()).toEqual(others.slice(0, KEY_HINTS).toSorted());
    const versions = await versionsOf(chats);
    expect(versions.filter((version) => version === 1)).toHaveLength(KEY_CHATS);
    expect(versions.slice(KEY_CHATS)).toEqual(repeated(20, () => 0));
    const entries = await sql`
      select count(*)::int as count from feed_entries where user_id = any(${others})`;
    expect(entries).toEqual([{ count: KEY_CHATS }]);
  });
});

describe('changes of keys', () => {
  test('[M43, H12] are limited, and the same key again costs nothing', async () => {
    const clock = new TestClock();
    const local = localApi({}, clock.now);
    const [anna, boris] = await newTwo();
    const { setKey } = peopleAs(local, anna);
    for (let n = 0; n < KEY_RATE.burst; n++) {
      expect((await setKey(`key ${n}`)).body).toEqual({ ok: true, version: n + 1 });
      expect((await setKey(`key ${n}`)).status).toBe(200);
    }
    const refused = await setKey('one too many');
    expect([refused.status, refused.body.code]).toEqual([429, 'too_many_requests']);
    expect(Number(refused.headers.get('Retry-After'))).toBe(600);
    expect((await peopleAs(local, anna).keyOf(anna.id)).body.publicKey).toBe('key 9');
    expect((await peopleAs(local, boris).setKey('key')).status).toBe(200);
    clock.advance(600);
    expect((await setKey('one more')).status).toBe(200);
    await local.settle();
  });

  test('[M43] that race get a version each, and each is told once', () =>
    race(async () => {
      const [anna, boris] = await newTwo();
      await newPersonalChats(anna, [boris.id]);
      // One fewer than there is room for: who is served last may have asked a moment before.
      const keys = repeated(KEY_RATE.burst - 1, (index) => `key ${index}`);
      const answers = await Promise.all(keys.map((key) => peopleAs(api, anna).setKey(key)));
      const versions = answers.map(({ body }) => Number(body.version));
      expect(versions.toSorted((a, b) => a - b)).toEqual(keys.map((_, index) => index + 1));
      const last = answers.findIndex(({ body }) => body.version === keys.length);
      expect((await peopleAs(api, boris).keyOf(anna.id)).body.publicKey).toBe(keys[last]);
      expect((await feedOf(boris.id)).map(({ n }) => n)).toEqual(
        versions.toSorted((a, b) => a - b),
      );
    }));

  test('[M43] that race with the same key make one version', () =>
    race(async () => {
      const [anna] = await newTwo();
      const answers = await Promise.all(repeated(CROWD, () => peopleAs(api, anna).setKey('key')));
      expect(statuses(answers)).toEqual({ 200: answers.length });
      expect(new Set(answers.map(({ body }) => body.version))).toEqual(new Set([1]));
    }));

  test('[M23, M43] and messages in the same chats never wait in a circle, and lose nothing', () =>
    race(async (index) => {
      const people = await newPeople(CROWD / 2);
      const chats: { readonly chat: string; readonly from: Person }[] = [];
      for (const [place, from] of people.entries()) {
        const others = people.slice(place + 1).map(({ id }) => id);
        for (const chat of await newPersonalChats(from, others)) chats.push({ chat, from });
      }
      // Nobody sends more than 20 messages at once.
      const rounds = index === 0 ? 2 : 1;
      for (let round = 0; round < rounds; round++) {
        const answers = await Promise.all([
          ...people.map((one) => peopleAs(api, one).setKey(`key ${round}`)),
          ...chats.map(({ chat, from }) => messagesAs(api, from, chat).send({ text: 'Привет!' })),
        ]);
        expect(statuses(answers)).toEqual({ 200: people.length, 201: chats.length });
      }
      const versions = await versionsOf(chats.map(({ chat }) => chat));
      expect(versions).toEqual(chats.map(() => rounds * 3));
      for (const { id } of people) {
        const feed = await feedOf(id);
        expect(feed.map(({ n }) => n)).toEqual(feed.map((_, at) => at + 1));
        const others = people.length - 1;
        expect(feed.filter(({ kind }) => kind === 'chat')).toHaveLength(rounds * others);
        expect(feed.filter(({ kind }) => kind === 'message')).toHaveLength(rounds * others);
      }
    }));

  test('[M43] are 1 statement to keep and 1 to read, also when there are chats', async () => {
    const [anna, boris] = await newTwo();
    await newPersonalChats(anna, [boris.id]);
    const as = peopleAs(api, anna);
    // The isolate remembers the session for half a minute.
    await as.keyOf(boris.id);
    for (const ask of [() => as.setKey('key'), () => as.setKey('key'), () => as.keyOf(boris.id)]) {
      await database.behave({ mode: 'pass' });
      await ask();
      await settleRunningApi();
      expect(await database.calls()).toBe(1);
    }
  });

  test('[H13, M43] whose answer was lost are kept once, and told once', async () => {
    const [anna, boris] = await newTwo();
    await newPersonalChats(anna, [boris.id]);
    await database.behave({ mode: 'deaf', times: 1, only: 'public_key' });
    expect((await peopleAs(api, anna).setKey('key')).status).toBe(503);
    await expect.poll(() => feedOf(boris.id)).toHaveLength(1);
    expect((await peopleAs(api, anna).setKey('key')).body).toEqual({ ok: true, version: 1 });
    expect(await feedOf(boris.id)).toHaveLength(1);
  });
});
