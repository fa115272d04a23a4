import { eq, sql } from 'drizzle-orm';
import type { Database } from '../platform/db/client.ts';
import { runQuery, runReadQuery, UniqueViolation } from '../platform/db/client.ts';
import { users } from '../platform/db/schema.ts';

/** A user as the profile shows them; null = unset. */
export interface ProfileRow {
  readonly userId: string;
  readonly phone: string;
  readonly username: string | null;
  readonly displayName: string | null;
}

const COLUMNS = {
  userId: users.id,
  phone: users.phone,
  username: users.username,
  displayName: users.displayName,
};

/** The profile of a user. */
export const findProfile = (db: Database, userId: string): Promise<ProfileRow | undefined> =>
  runReadQuery(
    'find profile',
    db.select(COLUMNS).from(users).where(eq(users.id, userId)),
    ([row]) => row,
  );

/** What to change; what is undefined stays, a display name of null is cleared. */
export interface ProfileChange {
  readonly username: string | undefined;
  readonly displayName: string | null | undefined;
}

/**
 * Changes a profile, all of it or nothing.
 *
 * @returns the profile after the change; `taken` when somebody has the username, in whatever case;
 *   undefined when there is no such user
 */
export const changeProfile = async (
  db: Database,
  userId: string,
  change: ProfileChange,
): Promise<ProfileRow | 'taken' | undefined> => {
  const query = db
    .update(users)
    .set({ ...change, updatedAt: sql`now()` })
    .where(eq(users.id, userId))
    .returning(COLUMNS);
  try {
    return await runQuery('change profile', query, ([row]) => row);
  } catch (error) {
    if (error instanceof UniqueViolation) return 'taken';
    throw error;
  }
};
