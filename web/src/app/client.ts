import { createClient } from 'aist-client/index';
import { currentLanguage } from './preferences.ts';

/** The API, and who is signed in to it in this browser. */
export const client = createClient({
  url: location.origin,
  // The signature of the token stays where no script reads it [A49].
  fetch: (address, init) =>
    fetch(address, { ...init, headers: { ...init?.headers, 'X-Session': 'cookie' } }),
  // The language may change while the app runs.
  get language() {
    return currentLanguage();
  },
});
