import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { AistError, isAistError } from '../../../client/src/error.ts';
import { memoryStorage } from '../../../client/src/options.ts';
import { newUser } from '../../support/calls/people.ts';
import { stack } from '../../support/stack.ts';
import { legacyToken } from '../../support/tokens.ts';
import { closeTabs, openTab } from './tabs.ts';

afterEach(closeTabs);

/** Nothing listens there. */
const DEAD = 'http://127.0.0.1:1';

/** A `fetch` whose first requests get no answer, and what it was asked. */
const losing = (count: number, isSent: boolean) => {
  const asked: string[] = [];
  const lossy: typeof fetch = async (input, init) => {
    asked.push(`${init?.method} ${new URL(String(input)).pathname}`);
    if (asked.length > count) return fetch(input, init);
    if (isSent) await fetch(input, init);
    throw new TypeError('The connection was lost');
  };
  return { asked, fetch: lossy };
};

const signedIn = async (options: Parameters<typeof openTab>[1] = {}) => {
  const { id } = await newUser();
  const tab = openTab(memoryStorage(), options);
  await tab.signIn(await legacyToken(id));
  return { tab, id };
};

describe('a request of a client', () => {
  test('A refusal is an error with the code of the endpoint, the message and the request id', async () => {
    const { tab } = await signedIn();
    const error = await tab.request('updateProfile', { username: 'admin' }).catch((e) => e);
    expect(error).toBeInstanceOf(AistError);
    expect(error).toMatchObject({
      code: 'username_reserved',
      status: 400,
      message: 'Это имя зарезервировано',
      lost: false,
    });
    expect(error.requestId).toMatch(/^[\w-]{36}$/);
    expect(isAistError(error, 'username_reserved')).toBe(true);
    expect(isAistError(error, 'username_taken')).toBe(false);
  });

  test('Messages are in the language of the client', async () => {
    const { tab } = await signedIn({ language: 'en' });
    const tried = await tab.attempt('updateProfile', { username: 'a' });
    expect(tried).toMatchObject({
      ok: false,
      error: { message: 'A username has at least 2 characters' },
    });
  });

  test('The next address is tried when one does not answer, and kept', async () => {
    const { tab, id } = await signedIn({ url: [DEAD, stack.apiUrl] });
    expect((await tab.request('getProfile')).userId).toBe(id);
    expect(tab.url).toBe(stack.apiUrl);
  });

  test('Requests at once do not lead each other back to an address that has failed', async () => {
    const asked: string[] = [];
    const counting: typeof fetch = (input, init) => {
      asked.push(new URL(String(input)).origin);
      return fetch(input, init);
    };
    const { tab, id } = await signedIn({ url: [DEAD, stack.apiUrl], fetch: counting });
    const answers = await Promise.all([tab.request('getProfile'), tab.request('getProfile')]);
    expect(answers.map(({ userId }) => userId)).toEqual([id, id]);
    expect(asked).toEqual([DEAD, DEAD, stack.apiUrl, stack.apiUrl]);
    expect(tab.url).toBe(stack.apiUrl);
  });

  test('A browser without AbortSignal.any gets answers, and ends requests', async () => {
    const any = vi.spyOn(AbortSignal, 'any').mockImplementation(() => {
      throw new TypeError('AbortSignal.any is not a function');
    });
    onTestFinished(() => any.mockRestore());
    const { tab, id } = await signedIn();
    expect((await tab.request('getProfile')).userId).toBe(id);
    const ending = new AbortController();
    const asked = tab.request('getProfile', undefined, { signal: ending.signal });
    ending.abort(new Error('Not wanted any more'));
    await expect(asked).rejects.toThrow('Not wanted any more');
  });

  test('What reads is repeated when no answer came', async () => {
    const { asked, fetch } = losing(2, true);
    const { tab, id } = await signedIn({ fetch });
    expect((await tab.request('getProfile')).userId).toBe(id);
    expect(asked).toEqual(['GET /api/profile', 'GET /api/profile', 'GET /api/profile']);
  });

  test('What may not be done twice is not repeated, and the error says that it may have happened', async () => {
    const { asked, fetch } = losing(1, true);
    const { tab } = await signedIn({ fetch });
    const tried = await tab.attempt('updateProfile', { displayName: 'Once' });
    expect(tried).toMatchObject({ ok: false, error: { code: 'no_answer', status: 0, lost: true } });
    expect(asked).toEqual(['PATCH /api/profile']);
    expect((await tab.request('getProfile')).displayName).toBe('Once');
  });

  test('It ends when it is aborted, also between two tries', async () => {
    const { fetch } = losing(100, false);
    const { tab } = await signedIn({ fetch });
    const controller = new AbortController();
    const asked = tab.request('getProfile', undefined, { signal: controller.signal });
    setTimeout(() => controller.abort(new Error('The page is closed')), 100);
    await expect(asked).rejects.toThrow('The page is closed');
  });
});
