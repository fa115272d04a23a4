import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { SEARCH_RATE } from '../../src/people/limits.ts';
import type { User } from '../support/calls/people.ts';
import { newUsers } from '../support/calls/people.ts';
import { newPeople, sql } from '../support/chats/chats.ts';
import { localApi, runningApi, TestClock } from '../support/client.ts';
import { newTwo, peopleAs } from '../support/people.ts';
import { ProxyControl } from '../support/proxy.ts';
import { race, repeated, statuses } from '../support/races.ts';
import { stack } from '../support/stack.ts';

const api = runningApi();
const database = new ProxyControl(stack.databaseProxy);

afterEach(() => database.behave({ mode: 'pass' }));

/** Letters that are in no other name, so that a test finds its own people alone. */
const CYRILLIC = 'абвгдежзиклмнопр';
const rare = (letters = 'abcdefghijklmnop') =>
  [...randomBytes(6)].map((byte) => `${letters[byte >> 4]}${letters[byte & 15]}`).join('');

/** Somebody who searches, whom no test finds. */
const searcher = async () => {
  const [one] = await newTwo();
  return {
    ...one,
    find: async (q: string) => {
      const answer = await peopleAs(api, one).search(q);
      expect(answer.status, answer.text).toBe(200);
      return JSON.parse(answer.text) as { id: string; username: string; displayName: string }[];
    },
    ids: async (q: string) => {
      const { text } = await peopleAs(api, one).search(q);
      return (JSON.parse(text) as { id: string }[]).map(({ id }) => id).toSorted();
    },
  };
};

const named = async (displayName: string, username?: string): Promise<User> => {
  const [user] = await newUsers(1, { displayName, ...(username !== undefined && { username }) });
  if (!user) throw new Error('Nobody was made');
  return user;
};

describe('a search of people', () => {
  test('[M1, M40] finds a part of either name, and shows id and names alone', async () => {
    const { find } = await searcher();
    const [name, username] = [rare(CYRILLIC), rare()];
    const { id } = await named(`Анна ${name}-Петрова`, `x_${username}_y`);
    const shown = { id, username: `x_${username}_y`, displayName: `Анна ${name}-Петрова` };
    for (const q of [name, username, `${name}-П`, `x_${username}`, `@x_${username}`, ` ${name} `])
      expect(await find(q), q).toEqual([shown]);
    for (const q of [`${name} `.repeat(2), `${username}  y`, `${username}y`])
      expect(await find(q), q).toEqual([]);
  });

  test('[M40] minds no case, Cyrillic either, and takes ё for е', async () => {
    const { ids } = await searcher();
    const name = rare(CYRILLIC);
    const { id } = await named(`ФЁДОР ${name.toUpperCase()} ёлкин`);
    for (const q of [name, name.toUpperCase(), `фёдор ${name}`, `ФЕДОР ${name}`, `${name} Елк`])
      expect(await ids(q), q).toEqual([id]);
    const spelled = await named(`Федор ${name}`);
    expect(await ids(`фёдор ${name}`)).toEqual([id, spelled.id].toSorted());
  });

  test('[M40] takes %, _ and \\ and what patterns are made of as they are', async () => {
    const { ids } = await searcher();
    const name = rare();
    const odd = ['%', '_', '\\', '\\\\', '.*', '[a]', "'", '"', '$1', '(?:', '^', '+'];
    const people = await Promise.all(odd.map((sign) => named(`${name}${sign}z`)));
    for (const [index, sign] of odd.entries())
      expect(await ids(`${name}${sign}z`), sign).toEqual([people[index]?.id]);
    expect(await ids(name)).toEqual(people.map(({ id }) => id).toSorted());
  });

  test('[M40] finds nobody by less than two characters, by nothing visible, by a number', async () => {
    const one = await searcher();
    const { phone } = await named('Кто-то');
    for (const q of [
      '',
      ' ',
      'a',
      ' a ',
      '@',
      '@a',
      '\u{1F600}',
      '\u200b\u200b',
      '\u3164\u3164\u3164',
    ])
      expect(await one.find(q), JSON.stringify(q)).toEqual([]);
    for (const q of [phone, phone.slice(1), phone.slice(-7)]) expect(await one.find(q)).toEqual([]);
    const without = await api.send('GET', '/api/users/search', { token: one.token });
    expect([without.status, without.text]).toEqual([200, '[]']);
  });

  test('[M40] finds what is made of two characters, of signs and of emoji', async () => {
    const { ids } = await searcher();
    const pair = String.fromCodePoint(0x1_20_00 + Math.floor(Math.random() * 900), 0x1f600);
    const { id } = await named(`имя ${pair}`);
    expect(await ids(pair)).toEqual([id]);
  });

  test('[M40] takes a letter and its mark for the letter with the mark', async () => {
    const { ids } = await searcher();
    const name = rare(CYRILLIC);
    const { id } = await named(`Сергей ${name}`);
    expect(await ids(`Сергей ${name}`.normalize('NFD'))).toEqual([id]);
  });

  test('[M1, M40] leaves out who searches, and shows the username for a name nobody sees', async () => {
    const name = rare();
    const [me, other] = await newPeople(2);
    if (!me || !other) throw new Error('There are no two');
    await sql`update users set username = ${`${name}1`} where id = ${me.id}`;
    await sql`
      update users set username = ${`${name}2`}, display_name = ${'\u3164'} where id = ${other.id}`;
    expect(JSON.parse((await peopleAs(api, me).search(name)).text)).toEqual([
      { id: other.id, username: `${name}2`, displayName: `${name}2` },
    ]);
    await sql`update users set display_name = null where id = ${other.id}`;
    expect(JSON.parse((await peopleAs(api, me).search(name)).text)).toMatchObject([
      { displayName: `${name}2` },
    ]);
  });

  test('[M40] finds at most 20, and who has the very username first', async () => {
    const { find } = await searcher();
    const name = rare();
    await newUsers(30, { displayName: `много ${name}` });
    const { id } = await named('точно', name);
    for (const q of [name, `@${name}`, name.toUpperCase()]) {
      const found = await find(q);
      expect(found).toHaveLength(20);
      expect(found[0]).toMatchObject({ id });
      expect(new Set(found.map((one) => one.id)).size).toBe(20);
    }
  });

  test('[M40] follows a change of the names at once', async () => {
    const { ids } = await searcher();
    const [before, after] = [rare(), rare()];
    const { id } = await named(before);
    expect(await ids(before)).toEqual([id]);
    await sql`update users set display_name = ${after} where id = ${id}`;
    expect([await ids(before), await ids(after)]).toEqual([[], [id]]);
    await sql`delete from users where id = ${id}`;
    expect(await ids(after)).toEqual([]);
  });

  test('[M40, M42] does not find who has blocked whoever searches; they find as before', async () => {
    const [anna, boris, cyd] = await newPeople(3);
    if (!anna || !boris || !cyd) throw new Error('There are no three');
    const find = async (who: typeof anna, whom: typeof anna) =>
      JSON.parse((await peopleAs(api, who).search(whom.username)).text);
    await peopleAs(api, anna).block(boris.id);
    expect(await find(boris, anna)).toEqual([]);
    expect(await find(cyd, anna)).toMatchObject([{ id: anna.id }]);
    expect(await find(anna, boris)).toMatchObject([{ id: boris.id }]);
    await peopleAs(api, anna).unblock(boris.id);
    expect(await find(boris, anna)).toMatchObject([{ id: anna.id }]);
  });
});

describe('searches of people', () => {
  test(`[M41, H12] are ${SEARCH_RATE.burst} at once, then 20 a minute, for each`, async () => {
    const clock = new TestClock();
    const local = localApi({}, clock.now);
    const [anna, boris] = await newTwo();
    const { search } = peopleAs(local, anna);
    const q = anna.username;
    for (let n = 0; n < SEARCH_RATE.burst; n++) expect((await search(q)).status).toBe(200);
    const refused = await search(q);
    expect([refused.status, refused.body.code]).toEqual([429, 'too_many_requests']);
    expect(refused.headers.get('Retry-After')).toBe('3');
    expect((await search('a')).text, 'what asks nobody costs nothing').toBe('[]');
    expect((await peopleAs(local, boris).search(q)).status).toBe(200);
    clock.advance(60);
    const answers: number[] = [];
    for (let n = 0; n < 22; n++) answers.push((await search(q)).status);
    expect(answers.filter((status) => status === 200)).toHaveLength(20);
  });

  test('[M41] that race are counted one by one', () =>
    race(async () => {
      const clock = new TestClock();
      const local = localApi({}, clock.now);
      const [anna] = await newTwo();
      const { burst, perSecond } = SEARCH_RATE;
      const freeAt = new Date(clock.now() + ((burst - 3) / perSecond) * 1_000).toISOString();
      await sql`
        insert into user_rates (user_id, name, free_at) values (${anna.id}, 'searches', ${freeAt})`;
      const answers = await Promise.all(
        repeated(12, () => peopleAs(local, anna).search(anna.username)),
      );
      expect(statuses(answers)).toEqual({ 200: 3, 429: 9 });
    }));

  test('[M40, M41] are 1 statement with their limit, and none where nobody can be found', async () => {
    const [anna, boris] = await newTwo();
    const { search } = peopleAs(api, anna);
    await search('первый');
    for (const [q, calls] of [
      [boris.username, 1],
      ['a', 0],
      ['x'.repeat(65), 0],
      ['\u3164\u3164', 0],
    ] as const) {
      await database.behave({ mode: 'pass' });
      await search(q);
      expect(await database.calls()).toBe(calls);
    }
  });

  test('[H6, H7, M40] for hostile texts are a clear 400 or find nobody, and take no longer', async () => {
    const { token } = await searcher();
    const hostile = [
      '%'.repeat(10_000),
      'x'.repeat(10_000),
      '%_'.repeat(32),
      '\\'.repeat(63),
      '(.*)*$'.repeat(10),
      'e\u0301'.repeat(32),
      `a${'\u0301'.repeat(63)}`,
      `ab\n${'c'.repeat(40)}`,
      "'; drop table users; --",
      '\u202e\u202dabc',
      'a\ud83d',
    ];
    for (const q of hostile) {
      const query = encodeURIComponent(q.toWellFormed());
      const answer = await api.send('GET', `/api/users/search?q=${query}`, { token });
      expect(answer.status, q.slice(0, 20)).toBe(200);
      // Somebody of another test may have just such a name.
      const found: { username: string; displayName: string }[] = JSON.parse(answer.text);
      const others = found.filter(({ displayName }) => !displayName.includes(q));
      expect(others, q.slice(0, 20)).toEqual([]);
    }
    const clear = await api.send('GET', '/api/users/search?q=ab%00c', { token });
    expect([clear.status, clear.body.code]).toEqual([400, 'invalid_field']);
    for (const query of ['?q=ab&q=cd', '?q[a]=1', '?q=%ff%fe', `?${'q=ab&'.repeat(1_000)}`]) {
      const answer = await api.send('GET', `/api/users/search${query}`, { token });
      expect(answer.status).toBeLessThan(500);
    }
  });
});
