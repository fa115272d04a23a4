import { neon } from '@neondatabase/serverless';
import { createDatabase } from '../../../src/platform/db/client.ts';
import { chatMembers, chats } from '../../../src/platform/db/schema.ts';
import type { User } from '../calls/people.ts';
import { newUsers } from '../calls/people.ts';
import type { Answer, Api } from '../client.ts';
import { stack } from '../stack.ts';
import { legacyToken } from '../tokens.ts';

const { DATABASE_URL, DATABASE_ENDPOINT } = stack.settings;

/** The database behind the running Worker, without the proxy in between. */
export const sql = neon(String(DATABASE_URL));
const database = createDatabase(String(DATABASE_URL), DATABASE_ENDPOINT);

/** Somebody who is signed in, with a token of the legacy server. */
export interface Person extends User {
  readonly token: string;
}

/** Makes people who are signed in, all in one statement. */
export const newPeople = async (count: number): Promise<Person[]> => {
  const users = await newUsers(count);
  return Promise.all(users.map(async (user) => ({ ...user, token: await legacyToken(user.id) })));
};

type ChatRow = Partial<typeof chats.$inferInsert>;
type MemberRow = Partial<Omit<typeof chatMembers.$inferInsert, 'chatId' | 'userId'>>;

/** Makes a chat as it is in the database; its members may have columns of their own. */
export const newChat = async (
  row: ChatRow,
  members: readonly (User | readonly [User, MemberRow])[],
): Promise<string> => {
  const id = crypto.randomUUID();
  await database.insert(chats).values({ id, ...row });
  if (members.length === 0) return id;
  const rows = members.map((member) => {
    const [user, columns] = 'id' in member ? [member, {}] : member;
    return { chatId: id, userId: user.id, ...columns };
  });
  await database.insert(chatMembers).values(rows);
  return id;
};

/** A personal chat of two people who are signed in. */
export const newPair = async () => {
  const [anna, boris] = await newPeople(2);
  if (!anna || !boris) throw new Error('Nobody was made');
  return { anna, boris, chat: await newChat({ type: 'user' }, [anna, boris]) };
};

/** A group of people who are signed in; the first is its admin. */
export const newGroup = async (count: number, row: ChatRow = { type: 'group' }) => {
  const people = await newPeople(count);
  const members = people.map((person, index) =>
    index === 0 ? ([person, { role: 'admin' }] as const) : person,
  );
  return { people, chat: await newChat(row, members) };
};

/** The routes of a chat's messages, as somebody asks them. */
export const messagesAs = (api: Api, { token }: { token?: string | undefined }, chat: string) => {
  const path = `/api/chats/${chat}/messages`;
  const send = (method: string, to: string, body?: unknown): Promise<Answer> =>
    api.send(method, to, { ...(token !== undefined && { token }), body });
  return {
    send: (body: unknown) => send('POST', path, body),
    list: (query = '') => send('GET', `${path}${query}`),
    get: (id: string) => send('GET', `${path}/${id}`),
    edit: (id: string, body: unknown) => send('PATCH', `${path}/${id}`, body),
    remove: (id: string) => send('DELETE', `${path}/${id}`),
    read: (seq: unknown) => send('PUT', `/api/chats/${chat}/read`, { seq }),
  };
};
