import { sql } from 'drizzle-orm';
import { afterEach, describe, expect, test } from 'vitest';
import { parseSettings } from '../../src/platform/settings.ts';
import { createServices } from '../../src/services.ts';
import { runningApi } from '../support/client.ts';
import { freshPhone } from '../support/fresh.ts';
import { freshName, patchProfile, profileOf, signInWithNames } from '../support/profile.ts';
import { database, heal } from '../support/proxies.ts';
import { signIn } from '../support/sign-in.ts';
import { stack } from '../support/stack.ts';

const api = runningApi();
const settings = parseSettings(stack.settings);
afterEach(heal);

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
    expect(await patchProfile(token, { username })).toMatchObject({
      status: 200,
      body: { username: kept },
    });
    expect((await profileOf(token)).username).toBe(kept);
  });

  test.each(['', ' ', '@', '@@', 'Алиса', '!?'])(
    '[H27] a username of which nothing is left keeps the present one: %j',
    async (username) => {
      const { token, names } = await signInWithNames();
      expect(await patchProfile(token, { username })).toMatchObject({ status: 200, body: names });
      expect(await patchProfile(token, { username, displayName: 'Новое' })).toMatchObject({
        status: 200,
        body: { username: names.username, displayName: 'Новое' },
      });
    },
  );

  test.each(['a', '@a', ' Z ', 'Яb'])(
    '[H27] a username of one character is refused, and nothing is changed: %j',
    async (username) => {
      const { token, names } = await signInWithNames();
      const answer = await patchProfile(token, { username, displayName: 'Новое' });
      expect(answer).toMatchObject({
        status: 400,
        body: { error: 'Никнейм не менее 2 символов', code: 'username_too_short' },
      });
      expect(await profileOf(token)).toMatchObject(names);
    },
  );

  test('[H28] a reserved username is refused, however it is written, and nothing is changed', async () => {
    const { token, names } = await signInWithNames();
    const reserved =
      'aist admin administrator support help info service bot telegram ' +
      'system null undefined moderator mod official root staff team ' +
      'aist_support aist_admin aist_team aist_official moderation ' +
      'service_aist official_aist manager owner creator founder security pr ' +
      'press news media contact feedback noreply no-reply mail email api ' +
      'www ftp test demo guest anonymous user username account';
    for (const word of reserved.split(' ')) {
      const answer = await patchProfile(token, {
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
    const [owner, other] = [await signInWithNames(), await signInWithNames()];
    for (const username of [
      owner.names.username,
      owner.names.username.toUpperCase(),
      `@${owner.names.username}`,
    ]) {
      const answer = await patchProfile(other.token, { username, displayName: 'Новое' });
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
      sql`insert into users (id, phone, username)
        values (${crypto.randomUUID()}, ${freshPhone()}, ${old.toUpperCase()})`,
    );
    const { token, names } = await signInWithNames();
    expect((await patchProfile(token, { username: old })).status).toBe(409);
    expect(await profileOf(token)).toMatchObject(names);
  });

  test('[H29] a username of mine can be set again, and is free once I have another', async () => {
    const [owner, other] = [await signInWithNames(), await signInWithNames()];
    const { username } = owner.names;
    expect((await patchProfile(owner.token, { username: username.toUpperCase() })).status).toBe(
      200,
    );
    expect((await patchProfile(owner.token, { username: freshName() })).status).toBe(200);
    expect(await patchProfile(other.token, { username })).toMatchObject({
      status: 200,
      body: { username },
    });
  });

  test.each([2, 20])(
    '[H29] a username claimed by %i users at once goes to exactly one',
    async (count) => {
      const users = [];
      for (let made = 0; made < count; made += 1) users.push(await signInWithNames());
      const username = freshName();
      await database.behave({ mode: 'barrier', count });
      const answers = await Promise.all(
        users.map(({ token }, index) =>
          patchProfile(token, {
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
