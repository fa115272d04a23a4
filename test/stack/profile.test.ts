import { decodeJwt } from 'jose';
import { describe, expect, test } from 'vitest';
import { runningApi } from '../support/client.ts';
import { freshPhone } from '../support/fresh.ts';
import { freshName, patchProfile, profileOf, signInWithNames } from '../support/profile.ts';
import { signIn } from '../support/sign-in.ts';
import { legacyToken } from '../support/tokens.ts';

const api = runningApi();

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
    const { token, names } = await signInWithNames();
    expect(await profileOf(token)).toMatchObject(names);
  });
});

describe('PATCH /api/profile', () => {
  test('[H27, H30] PATCH /api/profile answers both names, as they are kept, and nothing else', async () => {
    const token = await signIn(api);
    const name = freshName();
    const answer = await patchProfile(token, {
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
      await patchProfile(token, { displayName: 'Алиса' });
      expect((await patchProfile(token, { displayName })).body).toMatchObject({ displayName: '' });
    },
  );

  test('[H27] PATCH /api/profile changes nothing when nothing is given', async () => {
    const { token, names } = await signInWithNames();
    for (const body of [{}, { other: 1 }, { userId: 'x', phone: '+79990000000' }]) {
      const before = await profileOf(token);
      expect(await patchProfile(token, body)).toMatchObject({ status: 200, body: names });
      expect(await profileOf(token)).toEqual(before);
    }
  });

  test('[H27, H30] PATCH /api/profile changes one name and leaves the other', async () => {
    const { token, names } = await signInWithNames();
    const username = freshName();
    expect((await patchProfile(token, { username })).body).toMatchObject({ ...names, username });
    expect((await patchProfile(token, { displayName: 'Новое имя' })).body).toMatchObject({
      username,
      displayName: 'Новое имя',
    });
  });

  test('PATCH /api/profile changes nobody else', async () => {
    const [mine, other] = [await signInWithNames(), await signInWithNames()];
    await patchProfile(mine.token, { username: freshName(), displayName: 'Другое' });
    expect(await profileOf(other.token)).toMatchObject(other.names);
  });

  test('[H26] the profile of a user who is gone is answered 404', async () => {
    const token = await legacyToken(crypto.randomUUID());
    for (const body of [{}, { displayName: 'X' }, { username: freshName() }]) {
      expect(await patchProfile(token, body)).toMatchObject({
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
    expect(await patchProfile(token, { displayName })).toMatchObject({
      status: 200,
      body: { displayName: kept },
    });
    expect((await profileOf(token)).displayName).toBe(kept);
  });

  test.each(['', '   '])('[H30] a display name is cleared by %j', async (displayName) => {
    const { token, names } = await signInWithNames();
    expect((await patchProfile(token, { displayName })).body).toMatchObject({
      ...names,
      displayName: '',
    });
    expect(await profileOf(token)).toMatchObject({ ...names, displayName: '' });
  });

  test('[H30] a display name may be the same for two', async () => {
    const [first, second] = [await signIn(api), await signIn(api)];
    for (const token of [first, second])
      expect((await patchProfile(token, { displayName: 'Алиса' })).status).toBe(200);
  });
});

describe.each(['username', 'displayName'])('a %s of a wrong kind', (field) => {
  test.each([
    ...['5', '0', 'true', 'false', '[]', '["alice"]', '{}', '{"toString":1}', '{"length":3}'],
    ...['"alice\\u0000"', '"\\u0000"', '"\\ud800"', '"alice\\udfff"', '"\\udc00\\ud800"'],
  ])('[H6, H30] a display name is refused, and nothing is changed: %s', async (value) => {
    const { token, names } = await signInWithNames();
    const other = field === 'username' ? '"displayName":"Новое"' : `"username":"${freshName()}"`;
    const answer = await patchProfile(token, `{"${field}":${value},${other}}`);
    expect(answer.status, answer.text).toBe(400);
    expect(answer.body).toMatchObject({
      ok: false,
      code: 'invalid_field',
      error: 'Некорректное значение поля',
    });
    expect(await profileOf(token)).toMatchObject(names);
  });

  test('[H4] null is absence: the present name stays', async () => {
    const { token, names } = await signInWithNames();
    expect((await patchProfile(token, { [field]: null })).status).toBe(200);
    expect(await profileOf(token)).toMatchObject(names);
  });

  test('[H3] a display name of a megabyte is refused', async () => {
    const token = await signIn(api);
    const answer = await patchProfile(token, { [field]: 'a'.repeat(1_000_000) });
    expect(answer).toMatchObject({ status: 413, body: { code: 'body_too_large' } });
  });
});
