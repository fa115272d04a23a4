import type { SQL } from 'drizzle-orm';
import { sql } from 'drizzle-orm';
import type { Chat } from '../contract/http/chats.ts';
import type { Database } from '../platform/db/client.ts';
import { runQuery } from '../platform/db/client.ts';
import { takeRate, WRITE_FEED } from '../platform/db/fragments.ts';
import {
  IS_NEEDED,
  NOW,
  readChat,
  readOutcome,
  selectChat,
  selectOutcome,
} from './change-store.ts';
import { CREATE_CHATS } from './limits.ts';
import type { Outcome } from './outcome.ts';
import { findPeople, SOMEBODY_UNKNOWN } from './people-store.ts';

/** Who opens a personal chat with whom: an id, or a username with or without `@`. */
export interface Pair {
  readonly userId: string;
  readonly peer: { readonly id: string | undefined; readonly username: string | undefined };
  readonly now: number;
}

/** Finds the peer: the id counts before the username. */
const peerOf = ({ peer: { id = '', username = '' } }: Pair): SQL => sql`
  select id from users
  where id = ${id} or lower(username) = lower(${username.replace(/^@/, '')})
  order by id = ${id} desc limit 1`;

/** The key that a personal chat has by who is in it [M32]; the part before is `peer`. */
const pairOf = (userId: string): SQL => sql`
  least(${userId} collate "C", peer.id) || ':' || greatest(${userId} collate "C", peer.id)`;

/** Finds the chat of two people; a database trigger gives those of the legacy server their pair. */
const chatOfPair = (userId: string): SQL => sql`
  select chats.id from peer join chats on chats.pair = ${pairOf(userId)}`;

/**
 * Opens the personal chat of two people: the one there is, or a new one [M32]. Of many who do so at
 * once one makes it, and the last statement, which sees what was committed meanwhile, reads it for
 * all.
 *
 * @returns whether it is new, beside the chat
 */
export const openPersonalChat = async (
  db: Database,
  pair: Pair,
): Promise<Outcome<{ again: boolean; chat: Chat }>> => {
  const { userId, now } = pair;
  const statement = sql`
    with peer as (${peerOf(pair)}), known as (${chatOfPair(userId)}),
    refused as (
      select case when peer.id is null then 'peer_not_found'
        when peer.id = ${userId} then 'chat_with_oneself'
        when known.id is null and exists (
          select from blocks where user_id = peer.id and blocked_id = ${userId})
          then 'peer_not_found' end as code,
        known.id is null as needed
      from (select) as one left join peer on true left join known on true),
    ${takeRate({ ...CREATE_CHATS, userId, now }, IS_NEEDED)},
    changed as (
      insert into chats (id, type, pair, version, created_at)
      select ${crypto.randomUUID()}, 'user', ${pairOf(userId)}, 1, ${NOW}
      from peer where (select allowed from rate)
      on conflict (pair) do nothing
      returning id, version, large),
    added as (
      insert into chat_members (chat_id, user_id, joined_at)
      select changed.id, user_id, ${NOW}
      from changed, (select ${userId} as user_id union all select id from peer) as both_sides
      returning chat_id, user_id),
    told as (
      select 0 as place, user_id, 'chat' as kind, chat_id, null::bigint as seq, null as about
      from added),
    ${WRITE_FEED},
    ${selectOutcome()}`;
  const known = sql`with peer as (${peerOf(pair)}) ${chatOfPair(userId)}`;
  const batch = db.batch([db.execute(statement), db.execute(selectChat(userId, known))]);
  return runQuery('open personal chat', batch, ([{ rows }, seen]) => {
    const outcome = readOutcome(rows, () => readChat(seen.rows));
    if (!('answer' in outcome)) return outcome;
    const { answer: chat, change } = outcome;
    return { answer: { again: change === undefined, chat }, change };
  });
};

/** A group or channel to be made. */
export interface NewChat {
  readonly userId: string;
  readonly now: number;
  readonly type: 'group' | 'channel';
  readonly name: string;
  readonly photo: string | null;
  /** What legacy clients keep with it; undefined = nothing. */
  readonly meta: object | undefined;
  /** Ids or usernames of who is in it from the start. */
  readonly members: readonly string[];
}

/** Creates a group or channel; who creates it is its admin [M30]. */
export const createChat = (db: Database, chat: NewChat): Promise<Outcome<Chat>> => {
  const { userId, now, type, name, photo, members } = chat;
  const id = crypto.randomUUID();
  const meta = chat.meta ? JSON.stringify(chat.meta) : null;
  const statement = sql`
    with ${findPeople(members, userId)},
    refused as (
      select case when ${SOMEBODY_UNKNOWN} then 'peer_not_found' end as code, true as needed),
    ${takeRate({ ...CREATE_CHATS, userId, now }, IS_NEEDED)},
    changed as (
      insert into chats (id, type, name, photo, meta, version, created_at)
      select ${id}, ${type}, ${name}, ${photo}, ${meta}::jsonb, 1, ${NOW}
      from rate where allowed
      returning id, version, large),
    added as (
      insert into chat_members (chat_id, user_id, role, joined_at)
      select changed.id, user_id, case when user_id = ${userId} then 'admin' else 'member' end,
        ${NOW}
      from changed, (select ${userId} as user_id union select user_id from found) as people
      returning chat_id, user_id),
    told as (
      select 0 as place, user_id, 'chat' as kind, chat_id, null::bigint as seq, null as about
      from added),
    ${WRITE_FEED},
    ${selectOutcome()}`;
  const batch = db.batch([db.execute(statement), db.execute(selectChat(userId, sql`${id}`))]);
  return runQuery('create chat', batch, ([{ rows }, seen]) =>
    readOutcome(rows, () => readChat(seen.rows)),
  );
};
