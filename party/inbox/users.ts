/** The one user in a list that has no other. */
export const soleUserOf = (users: readonly string[]): string | undefined =>
  users.length === 1 ? users[0] : undefined;

/** Whether two lists name the same users, in any order. */
export const areSameUsers = (some: readonly string[], others: readonly string[]): boolean =>
  some.length === others.length && some.every((user) => others.includes(user));
