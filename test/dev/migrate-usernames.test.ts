import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DatabaseUnderTest, MIGRATIONS } from './support/database.ts';
import { FULL_LEGACY } from './support/legacy.ts';

let database: DatabaseUnderTest;

beforeAll(async () => {
  database = await DatabaseUnderTest.open();
});
afterAll(() => database.close());

/** A user before the migration, and the name afterwards. */
interface Case {
  readonly id: string;
  readonly name: string | null;
  readonly created: string | null;
  readonly becomes: string | null;
}

const user = (
  id: string,
  name: string | null,
  created: string | null,
  becomes: string | null = name,
): Case => ({
  id,
  name,
  created,
  becomes,
});

/** Makes the users, migrates, and returns them as they are then. */
const migrateUsers = async (cases: readonly Case[]) => {
  await database.become(FULL_LEGACY, false);
  for (const [index, { id, name, created }] of cases.entries()) {
    const phone = `+7999000${String(index).padStart(4, '0')}`;
    await database.sql`insert into users (id, phone, username, created_at, updated_at)
      values (${id}, ${phone}, ${name}, ${created}, ${created})`;
  }
  expect(await database.migrate()).toBe(MIGRATIONS);
  return database.sql`select id, username, created_at::text as created, updated_at::text as updated
    from users order by id`;
};

const A32 = 'a'.repeat(32);
const variants = Array.from({ length: 12 }, (_, index) =>
  [...A32].map((letter, place) => ((index >> place) & 1 ? letter.toUpperCase() : letter)).join(''),
);

const CLASHES: readonly (readonly [string, readonly Case[]])[] = [
  [
    'the oldest account keeps the name, younger ones get the next free numbers by their age',
    [
      user('1', 'ivan', '2022-01-01 00:00:00', 'ivan_3'),
      user('2', 'Ivan', '2021-01-01 00:00:00'),
      user('3', 'IVAN', '2023-01-01 00:00:00', 'ivan_4'),
      user('4', 'ivan_2', '2024-01-01 00:00:00'),
      user('5', 'ivana', '2024-01-01 00:00:00'),
    ],
  ],
  [
    'a number that somebody has in capitals is not free',
    [
      user('1', 'ivan', '2021-01-01 00:00:00'),
      user('2', 'Ivan', '2022-01-01 00:00:00', 'ivan_3'),
      user('3', 'IVAN_2', '2024-01-01 00:00:00'),
    ],
  ],
  [
    'of two equally old ones the smaller id keeps it',
    [
      user('b', 'ivan', '2021-01-01 00:00:00', 'ivan_2'),
      user('a', 'Ivan', '2021-01-01 00:00:00'),
      user('c', 'iVan', '2021-01-01 00:00:00', 'ivan_3'),
    ],
  ],
  [
    'an account without a date counts as the youngest',
    [
      user('1', 'ivan', null, 'ivan_2'),
      user('2', 'Ivan', '2024-01-01 00:00:00'),
      user('3', 'IVAN', null, 'ivan_3'),
    ],
  ],
  [
    'two without a date: the smaller id keeps it',
    [user('2', 'ivan', null, 'ivan_2'), user('1', 'Ivan', null)],
  ],
  [
    'a name of 32 characters is cut, so that the number fits',
    variants.map((name, index) => {
      const number = String(index + 1);
      const becomes = index === 0 ? name : `${'a'.repeat(31 - number.length)}_${number}`;
      return user(
        String(index).padStart(2, '0'),
        name,
        `2021-01-01 00:00:${String(index).padStart(2, '0')}`,
        becomes,
      );
    }),
  ],
  [
    'a new name is never one that exists, be it cut or clashing itself',
    [
      user('1', A32, '2021-01-01 00:00:00'),
      user('2', A32.toUpperCase(), '2022-01-01 00:00:00', `${'a'.repeat(30)}_3`),
      user('3', `${'A'.repeat(30)}_2`, '2022-01-01 00:00:00'),
      user('5', 'Ivan_2', '2021-01-01 00:00:00'),
      user('6', 'ivan_2', '2022-01-01 00:00:00', 'ivan_2_2'),
      user('7', 'ivan', '2021-01-01 00:00:00'),
      user('8', 'Ivan', '2022-01-01 00:00:00', 'ivan_3'),
    ],
  ],
  [
    'who clashes with nobody keeps the name as it is written, and nobody without a name gets one',
    [
      user('1', 'Ivan', '2021-01-01 00:00:00'),
      user('2', null, '2021-01-01 00:00:00'),
      user('3', null, null),
      user('4', 'IVAN_', '2021-01-01 00:00:00'),
    ],
  ],
];

describe.each(CLASHES)('usernames that differ in case alone: %s', (_, cases) => {
  test('names, dates and the list of changes are as the rules for clashes say', async () => {
    const after = await migrateUsers(cases);
    const sorted = cases.toSorted((a, b) => (a.id < b.id ? -1 : 1));
    expect(after).toEqual(
      sorted.map(({ id, becomes, created }) => ({
        id,
        username: becomes,
        created,
        updated: created,
      })),
    );
    expect(
      await database.sql`select user_id, old_username, new_username
        from renamed_usernames order by user_id`,
    ).toEqual(
      sorted
        .filter(({ name, becomes }) => name !== becomes)
        .map(({ id, name, becomes }) => ({
          user_id: id,
          old_username: name,
          new_username: becomes,
        })),
    );
    const names = after.flatMap(({ username }) => (username === null ? [] : [String(username)]));
    expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(names.length);
    for (const name of names) expect(name.toLowerCase()).toMatch(/^[a-z0-9_]{2,32}$/);
  });
});

test('afterwards no name can be taken in other capitals', async () => {
  await migrateUsers([
    user('1', 'Ivan', '2021-01-01 00:00:00'),
    user('2', 'ivan', '2022-01-01 00:00:00'),
  ]);
  for (const name of ['Ivan', 'ivan', 'iVaN', 'IVAN_2']) {
    const clash = database.sql`insert into users (id, phone, username)
      values ('3', '+79995550003', ${name})`;
    await expect(clash, name).rejects.toMatchObject({ code: '23505' });
  }
  const clash = database.sql`update users set username = 'IVAN' where id = '2'`;
  await expect(clash).rejects.toMatchObject({ code: '23505', constraint: 'idx_users_username' });
});
