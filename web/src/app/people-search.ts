import { useEffect, useState } from 'preact/hooks';
import { client } from './client.ts';
import { errorText } from './error-text.ts';

/** Somebody who was found. */
export interface Found {
  readonly id: string;
  readonly username: string;
  readonly displayName: string;
}

/** How a search stands; `idle`: the query is too short to find anybody. */
export type Search =
  | { readonly state: 'idle' }
  | { readonly state: 'searching' }
  | { readonly state: 'found'; readonly people: readonly Found[] }
  | { readonly state: 'failed'; readonly why: string };

const SHORTEST = 2;
/** A pause in typing, in milliseconds: no search for each key. */
const PAUSE_MS = 250;

/** Finds people by a part of a name or username, while it is typed. */
export const usePeopleSearch = (query: string): Search => {
  const [search, setSearch] = useState<Search>({ state: 'idle' });
  const asked = query.trim();
  useEffect(() => {
    if (asked.length < SHORTEST) {
      setSearch({ state: 'idle' });
      return undefined;
    }
    const abort = new AbortController();
    setSearch((before) => (before.state === 'found' ? before : { state: 'searching' }));
    const timer = setTimeout(async () => {
      const { signal } = abort;
      const tried = await client
        .attempt('searchPeople', { q: asked.replace(/^@/, '') }, { signal })
        .catch(() => undefined);
      if (signal.aborted || !tried) return;
      setSearch(
        tried.ok
          ? { state: 'found', people: tried.answer }
          : { state: 'failed', why: errorText(tried.error) },
      );
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [asked]);
  return search;
};
