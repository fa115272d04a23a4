import { decodeJwt } from 'jose';
import { beforeAll, describe, expect, test } from 'vitest';
import { runningApi } from '../support/client.ts';
import { freshUpdateId, Person, postUpdate, registerWebhook } from '../support/person.ts';
import { signIn } from '../support/sign-in.ts';

const api = runningApi();
beforeAll(registerWebhook);

/** Somebody who has just signed in and heard of it. */
const signedIn = async (language = 'ru') => {
  const person = await new Person().introduce({ language });
  await person.share();
  const token = await signIn(api, person.phone);
  await person.hear(/Новый вход|New sign-in/);
  return { person, token, sid: String(decodeJwt(token).sid) };
};

const profile = async (token: string) => (await api.send('GET', '/api/profile', { token })).status;

/** Makes a press of a button that Telegram never showed, as a modified client can send it. */
const madeUp = (from: number, data: unknown, fields: object = {}) => ({
  update_id: freshUpdateId(),
  callback_query: {
    id: '1',
    chat_instance: '1',
    from: { id: from, is_bot: false, first_name: 'М' },
    message: { message_id: 1, date: 1, chat: { id: from, type: 'private', first_name: 'М' } },
    data,
    ...fields,
  },
});

describe('the button “Это не я” under the word of a sign-in', () => {
  test('[A40] the button “Это не я” ends that session at once, and says so in its place', async () => {
    const { person, token } = await signedIn();
    expect(await profile(token)).toBe(200);
    expect(await person.press()).toBe('');
    expect(await profile(token)).toBe(401);
    expect(await person.last()).toMatch(/^Вход закрыт/);
    expect((await person.messages()).at(-1)?.reply_markup).toBeUndefined();
  });

  test('[A40] the button ends no other session of the user', async () => {
    const { person, token } = await signedIn();
    const answer = await api.send('GET', '/api/sessions', { token });
    expect(answer.body).toMatchObject({ sessions: [{ current: true }] });
    const other = await signedIn();
    await other.person.press();
    expect(await profile(token)).toBe(200);
    expect(await person.last()).toMatch(/^Новый вход/);
  });

  test('[A40] the button speaks the person’s language', async () => {
    const { person } = await signedIn('en');
    await person.press();
    expect(await person.last()).toMatch(/^Signed out:/);
  });

  test('[A40] a made-up press with the id of a foreign session ends nothing', async () => {
    const { token, sid } = await signedIn();
    const mallory = await signedIn();
    expect((await postUpdate(api, madeUp(mallory.person.id, `revoke:${sid}`))).status).toBe(200);
    expect((await postUpdate(api, madeUp(new Person().id, `revoke:${sid}`))).status).toBe(200);
    expect([await profile(token), await profile(mallory.token)]).toEqual([200, 200]);
  });

  test.each([
    [
      'in a group',
      (chat: number) => ({
        message: { message_id: 1, date: 1, chat: { id: -chat, type: 'group' } },
      }),
    ],
    [
      'under somebody else’s message',
      () => ({
        message: { message_id: 1, date: 1, chat: { id: 5, type: 'private', first_name: 'А' } },
      }),
    ],
    ['without a message', () => ({ message: undefined, inline_message_id: '1' })],
  ])('[A40, A41] the button does nothing when it is pressed %s', async (_, fields) => {
    const { person, token, sid } = await signedIn();
    expect(
      (await postUpdate(api, madeUp(person.id, `revoke:${sid}`, fields(person.id)))).status,
    ).toBe(200);
    expect(await profile(token)).toBe(200);
  });

  test.each([
    'revoke:',
    'revoke:x',
    `revoke:${'A'.repeat(22)}`,
    'revoke:\u0000',
    'unlink:',
    '',
    'x'.repeat(5_000),
    5,
    null,
  ])('[A40, A41] the button ignores %j in place of a session', async (data) => {
    const { person, token } = await signedIn();
    expect((await postUpdate(api, madeUp(person.id, data))).status).toBe(200);
    expect(await profile(token)).toBe(200);
  });

  test('[A40, A46] the button says that the session has ended already when it has', async () => {
    const { person, token } = await signedIn();
    await api.post('/api/auth/logout', {}, { token });
    expect(await person.press()).toBe(
      'Закрыть не удалось: этого входа больше нет, или у чата теперь другой номер. ' +
        'Проверьте список сеансов в AIST.',
    );
  });
});
