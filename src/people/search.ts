import { toShownName } from '../profile/names.ts';

/** How many characters are searched for at least, and at most: no name is longer. */
const LENGTH = { min: 2, max: 64 };

/**
 * Parses what somebody looks for: a part of a name, or a username with `@` before it. Undefined
 * when it finds nobody, whoever there is [M40].
 */
export const parseSearch = (q: string): string | undefined => {
  const name = q.trim().normalize('NFC').replace(/^@/, '');
  const length = [...name].length;
  // A line break stands between the two names of a user in what is searched.
  const findsNobody = length < LENGTH.min || length > LENGTH.max || name.includes('\n');
  return findsNobody || toShownName(name) === '' ? undefined : name;
};
