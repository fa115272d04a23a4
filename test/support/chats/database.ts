import { sql } from 'drizzle-orm';
import * as z from 'zod';
import { FEED_KINDS } from '../../../src/contract/http/sync.ts';
import { createDatabase } from '../../../src/platform/db/client.ts';
import { stack } from '../stack.ts';

const { DATABASE_URL, DATABASE_ENDPOINT } = stack.settings;

/** The database of the stack, without the proxy before it. */
export const db = createDatabase(String(DATABASE_URL), DATABASE_ENDPOINT);

const Entries = z.array(
  z.object({
    n: z.coerce.number(),
    kind: z.enum(FEED_KINDS),
    chat: z.string(),
    about: z.string().nullable(),
  }),
);

/** The entries of a user's feed that are about a chat, in their order. */
export const feedOf = async (userId: string, chatId: string) => {
  const { rows } = await db.execute(sql`
    select n, kind, chat_id as chat, about from feed_entries
    where user_id = ${userId} and chat_id = ${chatId} order by n`);
  return Entries.parse(rows).map(({ kind, about }) => (about === null ? kind : `${kind} ${about}`));
};

const Counts = z.tuple([z.object({ found: z.coerce.number() })]);

/** How many rows a query finds. */
export const countOf = async (query: ReturnType<typeof sql>): Promise<number> => {
  const { rows } = await db.execute(sql`select count(*) as found from (${query}) as rows`);
  return Counts.parse(rows)[0].found;
};
