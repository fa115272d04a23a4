import { randomBytes } from 'node:crypto';
import { createDatabase } from '../../../src/platform/db/client.ts';
import { users } from '../../../src/platform/db/schema.ts';
import { freshPhone } from '../fresh.ts';
import { stack } from '../stack.ts';

/** Somebody whom the database knows. */
export interface User {
  readonly id: string;
  readonly username: string;
  readonly displayName: string;
  readonly phone: string;
}

const database = createDatabase(
  String(stack.settings.DATABASE_URL),
  stack.settings.DATABASE_ENDPOINT,
);

/** Makes users, all in one statement: nobody signs in. */
export const newUsers = async (count: number, fields: Partial<User> = {}): Promise<User[]> => {
  const made = Array.from({ length: count }, (): User => {
    const id = crypto.randomUUID();
    const username = `u${randomBytes(8).toString('hex')}`;
    return {
      id,
      username,
      displayName: `User ${username.slice(0, 4)}`,
      phone: freshPhone(),
      ...fields,
    };
  });
  await database.insert(users).values(made);
  return made;
};

/** One such user. */
export const newUser = async (fields: Partial<User> = {}): Promise<User> => {
  const [user] = await newUsers(1, fields);
  if (!user) throw new Error('Nobody was made');
  return user;
};
