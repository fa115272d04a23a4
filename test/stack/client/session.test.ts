import { afterEach, describe, expect, test } from 'vitest';
import { memoryStorage } from '../../../client/src/options.ts';
import { newUser } from '../../support/calls/people.ts';
import { freshPhone } from '../../support/fresh.ts';
import { legacyToken } from '../../support/tokens.ts';
import { closeTabs, openTab, tokenFor } from './tabs.ts';

afterEach(closeTabs);

describe('the session of a client', () => {
  test('It is unknown until the storage has answered, then nobody is signed in', async () => {
    const tab = openTab();
    expect(tab.session.get()).toEqual({ state: 'unknown' });
    await expect.poll(() => tab.session.get()).toEqual({ state: 'signed_out', why: 'new' });
  });

  test('All tabs of a browser have it, and a tab that is opened later as well', async () => {
    const storage = memoryStorage();
    const [one, other] = [openTab(storage), openTab(storage)];
    await one.signIn(await tokenFor(freshPhone()));
    const { userId } = await one.request('getProfile');
    await expect.poll(() => other.session.get()).toMatchObject({ state: 'signed_in', userId });
    expect((await other.request('getProfile')).userId).toBe(userId);
    const late = openTab(storage);
    await expect.poll(() => late.session.get()).toMatchObject({ state: 'signed_in', userId });

    await other.signOut();
    for (const tab of [one, late])
      await expect
        .poll(() => tab.session.get())
        .toEqual({ state: 'signed_out', why: 'signed_out' });
  });

  test('A session that was revoked elsewhere ends with the first request that hears of it', async () => {
    const phone = freshPhone();
    const [here, there] = [openTab(), openTab()];
    await here.signIn(await tokenFor(phone));
    await there.signIn(await legacyToken((await here.request('getProfile')).userId));
    await here.request('revokeOthers');
    await expect
      .poll(async () => (await there.attempt('getProfile')).ok, {
        timeout: 60_000,
        interval: 1_000,
      })
      .toBe(false);
    expect(there.session.get()).toEqual({ state: 'signed_out', why: 'revoked' });
    expect((await here.attempt('getProfile')).ok).toBe(true);
  }, 90_000);

  test('A token that has run out is no session', async () => {
    const { id } = await newUser();
    const tab = openTab();
    const issuedAt = Math.floor(Date.now() / 1_000) - 31 * 86_400;
    await tab.signIn(await legacyToken(id, { issuedAt }));
    expect(tab.session.get()).toEqual({ state: 'signed_out', why: 'expired' });
  });

  test('A refusal of an old token does not end the session that another tab has begun since', async () => {
    const storage = memoryStorage();
    const { id } = await newUser();
    const good = await legacyToken(id);
    const broken = `${good.slice(0, -3)}AAA`;
    const other = openTab(storage);
    const tab = openTab(storage, {
      fetch: async (input, init) => {
        // While the request with the old token is under way, somebody signs in again.
        await other.signIn(good);
        return fetch(input, init);
      },
    });
    await tab.signIn(broken);
    expect((await tab.attempt('getProfile')).ok).toBe(false);
    await expect.poll(() => tab.session.get()).toMatchObject({ state: 'signed_in', userId: id });
  });
});
