import { sql } from 'drizzle-orm';
import { decodeJwt } from 'jose';
import { afterEach, describe, expect, test } from 'vitest';
import { parseSettings } from '../../src/platform/settings.ts';
import { createServices } from '../../src/services.ts';
import { runningApi } from '../support/client.ts';
import { freshPhone } from '../support/fresh.ts';
import { ProxyControl } from '../support/proxy.ts';
import { signIn } from '../support/sign-in.ts';
import { stack } from '../support/stack.ts';
import { legacyToken } from '../support/tokens.ts';

const api = runningApi();
const settings = parseSettings(stack.settings);
const database = new ProxyControl(stack.databaseProxy);

afterEach(() => database.behave({ mode: 'pass' }));

const freshName = () => `u${crypto.randomUUID().replaceAll('-', '').slice(0, 24)}`;
const patch = (token: string, body: unknown) => api.send('PATCH', '/api/profile', { token, body });
const profileOf = async (token: string) => (await api.send('GET', '/api/profile', { token })).body;

/** A user with both names set. */
const named = async () => {
  const token = await signIn(api);
  const names = { username: freshName(), displayName: 'Прежнее имя' };
  expect(await patch(token, names)).toMatchObject({ status: 200, body: names });
  return { token, names };
};

describe('GET /api/profile', () => {
  test('[H26] GET /api/profile shows who I am, unset names as ""', async () => {
    const phone = freshPhone();
    const token = await signIn(api, phone);
    const answer = await api.send('GET', '/api/profile', { token });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      userId: decodeJwt(token).userId,
      phone,
      username: '',
      displayName: '',
    });
  });

  test('[H26] GET /api/profile shows what was changed', async () => {
    const { token, names } = await named();
    expect(await profileOf(token)).toMatchObject(names);
  });
});

describe('PATCH /api/profile', () => {
  test('[H27, H30] PATCH /api/profile answers both names, as they are kept, and nothing else', async () => {
    const token = await signIn(api);
    const name = freshName();
    const answer = await patch(token, {
      username: ` @${name.toUpperCase()}! `,
      displayName: '  Алиса ',
    });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ username: name, displayName: 'Алиса' });
  });

  test.each(['\u3164', '\u2800\u2800', '\u115F\u1160', '\u200B'])(
    '[H30] PATCH /api/profile takes a name that nobody sees for none: %j',
    async (displayName) => {
      const token = await signIn(api);
      await patch(token, { displayName: 'Алиса' });
      expect((await patch(token, { displayName })).body).toMatchObject({ displayName: '' });
    },
  );

  test('[H27] PATCH /api/profile changes nothing when nothing is given', async () => {
    const { token, names } = await named();
    for (const body of [{}, { other: 1 }, { userId: 'x', phone: '+79990000000' }]) {
      const before = await profileOf(token);
      expect(await patch(token, body)).toMatchObject({ status: 200, body: names });
      expect(await profileOf(token)).toEqual(before);
    }
  });

  test('[H27, H30] PATCH /api/profile changes one name and leaves the other', async () => {
    const { token, names } = await named();
    const username = freshName();
    expect((await patch(token, { username })).body).toMatchObject({ ...names, username });
    expect((await patch(token, { displayName: 'Новое имя' })).body).toMatchObject({
      username,
      displayName: 'Новое имя',
    });
  });

  test('PATCH /api/profile changes nobody else', async () => {
    const [mine, other] = [await named(), await named()];
    await patch(mine.token, { username: freshName(), displayName: 'Другое' });
    expect(await profileOf(other.token)).toMatchObject(other.names);
  });

  test('[H26] the profile of a user who is gone is answered 404', async () => {
    const token = await legacyToken(crypto.randomUUID());
    for (const body of [{}, { displayName: 'X' }, { username: freshName() }]) {
      expect(await patch(token, body)).toMatchObject({
        status: 404,
        body: { error: 'User not found' },
      });
    }
    const answer = await api.send('GET', '/api/profile', { token });
    expect(answer).toMatchObject({
      status: 404,
      body: { error: 'User not found', message: 'User not found' },
    });
  });
});

describe('a username', () => {
  const name = freshName().slice(0, 20);

  test.each([
    ['with a leading @', `@${name}1`, `${name}1`],
    ['in capitals', `${name}2`.toUpperCase(), `${name}2`],
    ['with spaces around', `  ${name}3\t`, `${name}3`],
    ['with other characters', `${name}-4.ё\u{1F600}!@`, `${name}4`],
    ['with underscores', `_${name}_5_`, `_${name}_5_`],
    ['of 32 characters', `${name}${'6'.repeat(12)}`, `${name}${'6'.repeat(12)}`],
    ['of more than 32', `${name}${'7'.repeat(30)}`, `${name}${'7'.repeat(12)}`],
    ['of 90,000', `${name}${'8'.repeat(90_000)}`, `${name}${'8'.repeat(12)}`],
  ])('[H27] a username, %s, is kept as its rule says', async (_, username, kept) => {
    const token = await signIn(api);
    expect(await patch(token, { username })).toMatchObject({
      status: 200,
      body: { username: kept },
    });
    expect((await profileOf(token)).username).toBe(kept);
  });

  test.each(['', ' ', '@', '@@', 'Алиса', '!?'])(
    '[H27] a username of which nothing is left keeps the present one: %j',
    async (username) => {
      const { token, names } = await named();
      expect(await patch(token, { username })).toMatchObject({ status: 200, body: names });
      expect(await patch(token, { username, displayName: 'Новое' })).toMatchObject({
        status: 200,
        body: { username: names.username, displayName: 'Новое' },
      });
    },
  );

  test.each(['a', '@a', ' Z ', 'Яb'])(
    '[H27] a username of one character is refused, and nothing is changed: %j',
    async (username) => {
      const { token, names } = await named();
      const answer = await patch(token, { username, displayName: 'Новое' });
      expect(answer).toMatchObject({
        status: 400,
        body: { error: 'Никнейм не менее 2 символов', code: 'username_too_short' },
      });
      expect(await profileOf(token)).toMatchObject(names);
    },
  );

  test('[H28] a reserved username is refused, however it is written, and nothing is changed', async () => {
    const { token, names } = await named();
    const reserved =
      'aist admin administrator support help info service bot telegram system null undefined moderator mod official root staff team ' +
      'aist_support aist_admin aist_team aist_official moderation service_aist official_aist manager owner creator founder security pr ' +
      'press news media contact feedback noreply no-reply mail email api www ftp test demo guest anonymous user username account';
    for (const word of reserved.split(' ')) {
      const answer = await patch(token, {
        username: `@${word.toUpperCase()}`,
        displayName: 'Новое',
      });
      expect(answer.status, word).toBe(400);
      expect(answer.body, word).toMatchObject({
        error: 'Это имя зарезервировано',
        code: 'username_reserved',
      });
    }
    expect(await profileOf(token)).toMatchObject(names);
  });

  test('[H29] a taken username is refused without regard to case, and nothing is changed', async () => {
    const [owner, other] = [await named(), await named()];
    for (const username of [
      owner.names.username,
      owner.names.username.toUpperCase(),
      `@${owner.names.username}`,
    ]) {
      const answer = await patch(other.token, { username, displayName: 'Новое' });
      expect(answer).toMatchObject({
        status: 409,
        body: { error: 'Никнейм уже занят', code: 'username_taken' },
      });
    }
    expect(await profileOf(other.token)).toMatchObject(other.names);
    expect(await profileOf(owner.token)).toMatchObject(owner.names);
  });

  test('[H29] a username that the legacy server kept with capitals is taken too', async () => {
    const { db } = createServices(settings);
    const old = freshName();
    await db.execute(
      sql`insert into users (id, phone, username) values (${crypto.randomUUID()}, ${freshPhone()}, ${old.toUpperCase()})`,
    );
    const { token, names } = await named();
    expect((await patch(token, { username: old })).status).toBe(409);
    expect(await profileOf(token)).toMatchObject(names);
  });

  test('[H29] a username of mine can be set again, and is free once I have another', async () => {
    const [owner, other] = [await named(), await named()];
    const { username } = owner.names;
    expect((await patch(owner.token, { username: username.toUpperCase() })).status).toBe(200);
    expect((await patch(owner.token, { username: freshName() })).status).toBe(200);
    expect(await patch(other.token, { username })).toMatchObject({
      status: 200,
      body: { username },
    });
  });

  test.each([2, 20])(
    '[H29] a username claimed by %i users at once goes to exactly one',
    async (count) => {
      const users = [];
      for (let made = 0; made < count; made += 1) users.push(await named());
      const username = freshName();
      await database.behave({ mode: 'barrier', count });
      const answers = await Promise.all(
        users.map(({ token }, index) =>
          patch(token, {
            username: index % 2 ? username : username.toUpperCase(),
            displayName: 'Новое',
          }),
        ),
      );
      await database.behave({ mode: 'pass' });
      const statuses = answers.map(({ status }) => status).sort();
      expect(statuses).toEqual([200, ...Array.from({ length: count - 1 }, () => 409)]);
      for (const [index, { token, names }] of users.entries()) {
        const won = answers[index]?.status === 200;
        expect(await profileOf(token)).toMatchObject(
          won ? { username, displayName: 'Новое' } : names,
        );
      }
    },
  );
});

describe('a display name', () => {
  const FAMILY = '\u{1F468}\u200D\u{1F469}\u200D\u{1F467}\u200D\u{1F466}';
  const letters = (count: number) => 'я'.repeat(count);

  test.each([
    ['is trimmed', ' \t Алиса Б. \u00A0\n', 'Алиса Б.'],
    ['may be of 64 characters', letters(64), letters(64)],
    ['is cut to 64', letters(65), letters(64)],
    ['is cut to 64 from 40,000', letters(40_000), letters(64)],
    ['may have 64 emoji', '\u{1F600}'.repeat(64), '\u{1F600}'.repeat(64)],
    [
      'may end with an emoji in the last place',
      `${letters(63)}\u{1F600}`,
      `${letters(63)}\u{1F600}`,
    ],
    ['is not cut through a family', `${letters(60)}${FAMILY}`, letters(60)],
    ['is not cut through an accented letter', `${letters(63)}e\u0301`, letters(63)],
    ['does not end with the space before the cut', `${letters(63)} я`, letters(63)],
    [
      'may hold quotes, tags and SQL',
      `'; drop table users; -- <b>"\\`,
      `'; drop table users; -- <b>"\\`,
    ],
    ['may hold line breaks within', 'А\nБ', 'А\nБ'],
  ])('[H30, H31] a display name is kept as its rule says: %s', async (_, displayName, kept) => {
    const token = await signIn(api);
    expect(await patch(token, { displayName })).toMatchObject({
      status: 200,
      body: { displayName: kept },
    });
    expect((await profileOf(token)).displayName).toBe(kept);
  });

  test.each(['', '   '])('[H30] a display name is cleared by %j', async (displayName) => {
    const { token, names } = await named();
    expect((await patch(token, { displayName })).body).toMatchObject({ ...names, displayName: '' });
    expect(await profileOf(token)).toMatchObject({ ...names, displayName: '' });
  });

  test('[H30] a display name may be the same for two', async () => {
    const [first, second] = [await signIn(api), await signIn(api)];
    for (const token of [first, second])
      expect((await patch(token, { displayName: 'Алиса' })).status).toBe(200);
  });
});

describe.each(['username', 'displayName'])('a %s of a wrong kind', (field) => {
  test.each([
    ...['5', '0', 'true', 'false', '[]', '["alice"]', '{}', '{"toString":1}', '{"length":3}'],
    ...['"alice\\u0000"', '"\\u0000"', '"\\ud800"', '"alice\\udfff"', '"\\udc00\\ud800"'],
  ])('[H6, H30] a display name is refused, and nothing is changed: %s', async (value) => {
    const { token, names } = await named();
    const other = field === 'username' ? '"displayName":"Новое"' : `"username":"${freshName()}"`;
    const answer = await patch(token, `{"${field}":${value},${other}}`);
    expect(answer.status, answer.text).toBe(400);
    expect(answer.body).toMatchObject({
      ok: false,
      code: 'invalid_field',
      error: 'Некорректное значение поля',
    });
    expect(await profileOf(token)).toMatchObject(names);
  });

  test('[H4] null is absence: the present name stays', async () => {
    const { token, names } = await named();
    expect((await patch(token, { [field]: null })).status).toBe(200);
    expect(await profileOf(token)).toMatchObject(names);
  });

  test('[H3] a display name of a megabyte is refused', async () => {
    const token = await signIn(api);
    const answer = await patch(token, { [field]: 'a'.repeat(1_000_000) });
    expect(answer).toMatchObject({ status: 413, body: { code: 'body_too_large' } });
  });
});
