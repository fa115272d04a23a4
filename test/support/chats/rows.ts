import { neon, neonConfig } from '@neondatabase/serverless';
import { sql as raw } from 'drizzle-orm';
import type { CHAT_TYPES, ROLES } from '../../../src/contract/http/chats.ts';
import type { FeedKind } from '../../../src/contract/http/sync.ts';
import { createDatabase } from '../../../src/platform/db/client.ts';
import { WRITE_FEED } from '../../../src/platform/db/fragments.ts';
import { stack } from '../stack.ts';

const { DATABASE_URL, DATABASE_ENDPOINT } = stack.settings;
const db = createDatabase(String(DATABASE_URL), DATABASE_ENDPOINT);
neonConfig.fetchEndpoint = String(DATABASE_ENDPOINT);

/** The database of the stack, for what no route does. */
export const sql = neon(String(DATABASE_URL));

/** A row of `chats`, as a test makes it. */
export interface ChatRow {
  readonly type?: (typeof CHAT_TYPES)[number];
  readonly name?: string;
  readonly large?: boolean;
}

/** Makes a chat without members, and returns its id. */
export const makeChat = async ({ type = 'group', name = 'Аисты', large = false }: ChatRow = {}) => {
  const id = crypto.randomUUID();
  await sql`insert into chats (id, type, name, large) values (${id}, ${type}, ${name}, ${large})`;
  return id;
};

/** Puts people into a chat, as when they are added: in a group they read what comes after. */
export const putInto = async (
  chatId: string,
  userIds: readonly string[],
  role: (typeof ROLES)[number] = 'member',
) => {
  await sql`
    insert into chat_members (chat_id, user_id, role, from_seq, read_seq)
    select id, user_id, ${role}, case type when 'channel' then 0 else last_seq end, last_seq
    from chats, unnest(${userIds}::text[]) as given (user_id) where id = ${chatId}`;
};

/** Takes somebody out of a chat. */
export const takeOut = async (chatId: string, userId: string) => {
  await sql`delete from chat_members where chat_id = ${chatId} and user_id = ${userId}`;
};

/** Writes messages into a chat and tells nobody; returns their `seq`. */
export const writeMessages = async (
  chatId: string,
  senderId: string,
  texts: readonly string[],
  attachment: object | null = null,
): Promise<number[]> => {
  const json = attachment && JSON.stringify(attachment);
  const rows = await sql`
    with chat as (
      update chats set last_seq = last_seq + cardinality(${texts}::text[]),
        version = version + cardinality(${texts}::text[])
      where id = ${chatId} returning *)
    insert into messages (id, chat_id, sender_id, text, seq, version, attachment, attachment_size)
    select gen_random_uuid()::text, id, ${senderId}, text,
      last_seq - cardinality(${texts}::text[]) + place,
      version - cardinality(${texts}::text[]) + place, ${json}::jsonb, length(${json}::text)
    from chat, unnest(${texts}::text[]) with ordinality as given (text, place)
    returning seq`;
  return rows.map((row) => Number(row.seq));
};

/** An entry of somebody's feed. */
export interface Entry {
  readonly userId: string;
  readonly kind: FeedKind;
  readonly seq?: number;
  readonly about?: string;
}

/** Writes entries of feeds in one statement; returns the last number of each user. */
export const writeFeed = async (
  chatId: string,
  entries: readonly Entry[],
): Promise<ReadonlyMap<string, number>> => {
  const given = entries.map(({ userId: user_id, ...entry }, place) => ({
    user_id,
    place,
    ...entry,
  }));
  const { rows } = await db.execute(raw`
    with told as (
      select place, user_id, kind, ${chatId}::text as chat_id, seq, about
      from jsonb_to_recordset(${JSON.stringify(given)}::jsonb)
        as entry (place int, user_id text, kind text, seq bigint, about text)),
    ${WRITE_FEED} select user_id, n from numbered`);
  return new Map(rows.map(({ user_id, n }) => [String(user_id), Number(n)]));
};

/** Writes messages of somebody and tells them to others, each message for itself. */
export const send = async (
  chatId: string,
  senderId: string,
  {
    texts,
    to,
    attachment,
  }: { texts: readonly string[]; to: readonly string[]; attachment?: object },
): Promise<number[]> => {
  const seqs = await writeMessages(chatId, senderId, texts, attachment);
  const kind = 'message' as const;
  await writeFeed(
    chatId,
    seqs.flatMap((seq) => to.map((userId) => ({ userId, kind, seq }))),
  );
  return seqs;
};
