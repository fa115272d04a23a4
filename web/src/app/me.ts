import type { Answer } from 'aist-client/index';
import { createStore } from 'aist-client/index';
import { client } from './client.ts';
import { myId } from './session.ts';

/** Who is signed in. */
export type Profile = Answer<'getProfile'>;

/** Who is signed in, once it was loaded. */
export const me = createStore<Profile | undefined>(undefined);

/**
 * Loads who is signed in.
 *
 * @throws {AistError} when no answer came
 */
export const loadMe = async (): Promise<Profile> => {
  const profile = await client.request('getProfile');
  me.set(profile);
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

/** Whether the person has done, put off or does not need the first steps, as far as is noted. */
export const wasWelcomed = (): boolean => {
  const noted = localStorage.getItem(WELCOMED);
  // The note did not say whose it is at first.
  return noted === myId() || noted === '1';
};

/** Notes that the person has done, put off or does not need the first steps. */
export const noteWelcome = (): void => localStorage.setItem(WELCOMED, myId());
