import type { Client } from './client.ts';
import type { Answer } from './request.ts';

/** A place where the person is signed in. */
export type SignedInDevice = Answer<'listSessions'>['sessions'][number];

/** Lists where the person is signed in, the newest first. */
export const listDevices = async (client: Client): Promise<readonly SignedInDevice[]> =>
  (await client.request('listSessions')).sessions;

/** Signs one device out; this one as well, if it is meant. */
export const signDeviceOut = async (
  client: Client,
  { id, current }: SignedInDevice,
): Promise<void> => {
  if (current) await client.signOut();
  else await client.request('revokeSession', { id });
};

/** Signs all other devices out; resolves to how many there were. */
export const signOthersOut = async (client: Client): Promise<number> =>
  (await client.request('revokeOthers')).revoked;
