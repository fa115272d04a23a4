import type { Profile } from '../contract/sockets/inbox.ts';

/** Parses recipients into the user ids and the usernames, in lower case, that they may be. */
export const parseRecipients = (to: readonly string[]) => ({
  ids: to.filter((one) => !one.startsWith('@')),
  usernames: to.map((one) => one.replace(/^@/, '').toLowerCase()),
});

/** Somebody whom a dial may mean. */
export interface Person extends Profile {
  readonly hasBlockedCaller: boolean;
  /** Whether they have subscribed to pushes. */
  readonly hasPush: boolean;
}

/** Who calls whom, each callee once; or why nobody can be called. */
export type Recipients =
  | {
      readonly ok: true;
      readonly caller: Profile;
      readonly callees: Profile[];
      /** The callees who have blocked the caller, and hear nothing of the call [M42]. */
      readonly unheard: string[];
      /** The others who have subscribed to pushes [P4]. */
      readonly push: string[];
    }
  | { readonly ok: false; readonly reason: 'user_not_found' | 'call_to_oneself' };

/**
 * Finds the recipients of a call among people.
 *
 * @param people the caller, and everybody whom {@link parseRecipients} found in `to`
 * @param to ids, or usernames with or without `@`; no username looks like an id
 */
export const findRecipients = (
  people: readonly Person[],
  callerId: string,
  to: readonly string[],
): Recipients => {
  const findPerson = (one: string) => {
    const [username = ''] = parseRecipients([one]).usernames;
    return (
      people.find(({ user }) => user === one) ??
      people.find((other) => other.username.toLowerCase() === username)
    );
  };
  const caller = people.find(({ user }) => user === callerId);
  const callees = new Set<Person>();
  for (const one of to) {
    const callee = findPerson(one);
    if (!callee) return { ok: false, reason: 'user_not_found' };
    callees.add(callee);
  }
  if (!caller) return { ok: false, reason: 'user_not_found' };
  if (callees.has(caller)) return { ok: false, reason: 'call_to_oneself' };
  const all = [...callees];
  return {
    ok: true,
    caller: toProfile(caller),
    callees: all.map(toProfile),
    unheard: all.filter(({ hasBlockedCaller }) => hasBlockedCaller).map(({ user }) => user),
    push: all.filter((one) => one.hasPush && !one.hasBlockedCaller).map(({ user }) => user),
  };
};

/** Picks what others may see of somebody. */
const toProfile = ({ user, username, displayName }: Person): Profile => ({
  user,
  username,
  displayName,
});
