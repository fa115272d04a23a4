import { nameOf as knownName } from './me.ts';
import { words } from './words.ts';

type Named = Parameters<typeof knownName>[0];

/** What a person is called: their name, else their username, else a word for nobody known. */
export const nameOf = (person: Named): string => knownName(person) || words.get().chats.unnamed;

/** The username beside a name; undefined when it is the name already, or not set. */
export const handleOf = ({ displayName, username }: Named): string | undefined =>
  displayName && username ? `@${username}` : undefined;
