import { expect } from 'vitest';
import type { Answer } from './client.ts';
import { runningApi } from './client.ts';
import { signIn } from './sign-in.ts';

const api = runningApi();

/** A username that nobody has. */
export const freshName = (): string => `u${crypto.randomUUID().replaceAll('-', '').slice(0, 24)}`;

/** Changes the profile of whoever has the token. */
export const patchProfile = (token: string, body: unknown): Promise<Answer> =>
  api.send('PATCH', '/api/profile', { token, body });

/** The profile of whoever has the token. */
export const profileOf = async (token: string): Promise<Answer['body']> =>
  (await api.send('GET', '/api/profile', { token })).body;

/** Somebody with both names set. */
export const signInWithNames = async () => {
  const token = await signIn(api);
  const names = { username: freshName(), displayName: 'Прежнее имя' };
  expect(await patchProfile(token, names)).toMatchObject({ status: 200, body: names });
  return { token, names };
};
