import { client } from './client.ts';

/** The id of the person who is signed in; "" while nobody is. */
export const myId = (): string => {
  const session = client.session.get();
  return session.state === 'signed_in' ? session.userId : '';
};

/**
 * Begins the page anew when the session ends or becomes somebody else's, here, in another tab or on
 * another device: nothing of the person before is left in memory.
 */
export const watchSession = (): void => {
  const before = myId();
  client.session.subscribe(({ state }) => {
    if (state === 'unknown' || myId() === before) return;
    location.replace(state === 'signed_out' ? '/' : location.href);
  });
};
