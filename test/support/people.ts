import type { Person } from './chats/chats.ts';
import { newPeople, sql } from './chats/chats.ts';
import type { Answer, Api } from './client.ts';

/** Two people who are signed in. */
export const newTwo = async (): Promise<readonly [Person, Person]> => {
  const [one, other] = await newPeople(2);
  if (!one || !other) throw new Error('There are no two');
  return [one, other];
};

/** The routes about other people, as somebody asks them. */
export const peopleAs = (api: Api, { token }: Pick<Person, 'token'>) => ({
  search: (q: string): Promise<Answer> =>
    api.send('GET', `/api/users/search?q=${encodeURIComponent(q)}`, { token }),
  block: (id: string): Promise<Answer> => api.send('PUT', `/api/users/${id}/block`, { token }),
  unblock: (id: string): Promise<Answer> => api.send('DELETE', `/api/users/${id}/block`, { token }),
  blocked: async (): Promise<unknown> =>
    JSON.parse((await api.send('GET', '/api/users/blocked', { token })).text),
  keyOf: (id: string): Promise<Answer> => api.send('GET', `/api/users/${id}/public-key`, { token }),
  setKey: (publicKey: unknown): Promise<Answer> =>
    api.send('POST', '/api/profile/public-key', { token, body: { publicKey } }),
});

/** Makes personal chats of somebody with each of these, the first with the newest message. */
export const newPersonalChats = async (
  { id: owner }: Pick<Person, 'id'>,
  others: readonly string[],
): Promise<string[]> => {
  const ids = others.map(() => crypto.randomUUID());
  await sql`
    with made as (
      select chat.id, peer, place from unnest(${ids}::text[], ${others}::text[])
        with ordinality as chat (id, peer, place)),
    chats as (
      insert into chats (id, type, last_time)
      select id, 'user', now() at time zone 'UTC' - place * interval '1 minute' from made)
    insert into chat_members (chat_id, user_id)
    select id, ${owner} from made union all select id, peer from made`;
  return ids;
};

/** The feed of somebody, in order. */
export const feedOf = async (userId: string) => {
  const rows = await sql`
    select n::int, kind, chat_id, seq, about from feed_entries
    where user_id = ${userId} order by n`;
  return rows.map(({ n, kind, chat_id: chatId, seq, about }) => ({ n, kind, chatId, seq, about }));
};
