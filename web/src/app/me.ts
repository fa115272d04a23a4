import { signal } from '@preact/signals';
import type { Answer } from 'aist-client/index';
import { client } from './client.ts';

/** Who is signed in. */
export type Profile = Answer<'getProfile'>;

/** Who is signed in, once it was loaded. */
export const me = signal<Profile | undefined>(undefined);

/**
 * Loads who is signed in.
 *
 * @throws {AistError} when no answer came
 */
export const loadMe = async (): Promise<Profile> => {
  const profile = await client.request('getProfile');
  me.value = profile;
  return profile;
};

/** The name to show for somebody: the display name, else the username, else nothing. */
export const nameOf = ({
  displayName,
  username,
}: {
  readonly displayName: string;
  readonly username: string;
}): string => displayName || (username && `@${username}`);

const WELCOMED = 'aist.welcomed';

/** Whether the first steps were done or put off in this browser. */
export const wasWelcomed = (): boolean => localStorage.getItem(WELCOMED) !== null;

/** Notes that the first steps were done or put off. */
export const noteWelcome = (): void => localStorage.setItem(WELCOMED, '1');
