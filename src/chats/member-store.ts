import type { SQL } from 'drizzle-orm';
import { sql } from 'drizzle-orm';
import * as z from 'zod';
import type { Chat, Member } from '../contract/http/chats.ts';
import { FEED_MEMBERS, MEMBERS_LIMIT } from '../contract/http/chats.ts';
import { MemberRow, toMember } from '../feed/chat.ts';
import { IS_ADMIN, MEMBER } from '../platform/db/chat-fragments.ts';
import type { Database } from '../platform/db/client.ts';
import { runQuery } from '../platform/db/client.ts';
import type { Rate } from '../platform/db/fragments.ts';
import { lockChannel, lockChat, takeRate, WRITE_FEED } from '../platform/db/fragments.ts';
import type { Change } from './change-store.ts';
import {
  actingIn,
  IS_NEEDED,
  NOW,
  readChat,
  readOutcome,
  selectChat,
  selectOutcome,
} from './change-store.ts';
import { CHANGE_CHATS, CHANGE_MEMBERS } from './limits.ts';
import type { Outcome } from './outcome.ts';
import { findPeople, SOMEBODY_UNKNOWN } from './people-store.ts';

/** Takes room for a change, if it is one. */
const takeRoom = ({ userId, now }: Change, rate: Rate = CHANGE_MEMBERS): SQL =>
  takeRate({ ...rate, userId, now }, IS_NEEDED);

/** How many the chat has, and how many come: the parts before are `me` and `fresh (user_id)`. */
const COUNTED = sql`
  counted as (
    select (select count(*) from chat_members as one where one.chat_id = me.id) as before,
      (select count(*) from fresh) as coming
    from me)`;

/**
 * Puts the people of `fresh` in. They read what is said from now on, in a channel everything
 * [M25]. A chat that becomes large tells so to all, since their feeds are silent from then on
 * [M26]. In a channel its admins alone hear who comes [M31]. The legacy server puts people in
 * without the lock, so somebody may be there by now.
 */
const addFresh = (chatId: string): SQL => sql`
  changed as (
    update chats set version = version + 1,
      large = large or before + coming > ${FEED_MEMBERS}::int
    from counted where id = ${chatId} and (select allowed from rate)
    returning id, version, large, type, last_seq),
  added as (
    insert into chat_members (chat_id, user_id, role, joined_at, from_seq, read_seq)
    select changed.id, user_id, 'member', ${NOW},
      case when type = 'channel' then 0 else last_seq end, last_seq
    from changed, fresh
    on conflict do nothing
    returning chat_id, user_id, role, read_seq),
  told as (
    select 0 as place, user_id, 'chat' as kind, chat_id, null::bigint as seq, null as about
    from added
    union all
    select 1, member.user_id, 'member', member.chat_id, null, added.user_id
    from changed join chat_members as member on member.chat_id = changed.id, added
    where not large and (type = 'group' or ${IS_ADMIN})
    union all
    select 2, member.user_id, 'chat', member.chat_id, null, null
    from changed join me using (id) join chat_members as member on member.chat_id = changed.id
    where changed.large and not me.large),
  ${WRITE_FEED}`;

const Added = z.array(MemberRow).transform((rows) => rows.map(toMember));

/**
 * Adds people to a group or channel, all of them or nobody [M35].
 *
 * @returns who was not in it before
 */
export const addMembers = (
  db: Database,
  change: Change,
  members: readonly string[],
): Promise<Outcome<Member[]>> => {
  const { chatId, userId } = change;
  const statement = sql`
    with ${actingIn(change)}, ${findPeople(members, userId)},
    fresh as (
      select user_id from found where not exists (
        select from chat_members as one
        where one.chat_id = ${chatId} and one.user_id = found.user_id)),
    ${COUNTED},
    refused as (
      select case when me.id is null then 'chat_not_found'
        when not (has_roles and is_admin) then 'not_allowed_in_chat'
        when ${SOMEBODY_UNKNOWN} then 'peer_not_found'
        when coming > 0 and before + coming > ${MEMBERS_LIMIT}::int then 'chat_full' end as code,
        coalesce(coming > 0, false) as needed
      from (select) as one left join (me cross join counted) on true),
    ${takeRoom(change)},
    ${addFresh(chatId)},
    ${selectOutcome(sql`(
      select coalesce(json_agg(${MEMBER} order by member.user_id), '[]')
      from added as member join chats on chats.id = ${chatId}
        join users as person on person.id = member.user_id)`)}`;
  const batch = db.batch([db.execute(lockChat(chatId, userId)), db.execute(statement)]);
  return runQuery('add members', batch, ([, { rows }]) =>
    readOutcome(rows, (added) => Added.parse(added)),
  );
};

/** Joins a channel; who is in it stays as they are [M31]. */
export const joinChannel = (db: Database, change: Change): Promise<Outcome<Chat>> => {
  const { chatId, userId } = change;
  const statement = sql`
    with me as (select * from chats where id = ${chatId}),
    mine as (
      select from chat_members where chat_id = ${chatId} and user_id = ${userId}),
    fresh as (
      select ${userId} as user_id from me where type = 'channel' and not exists (select from mine)),
    ${COUNTED},
    refused as (
      select case when not exists (select from mine) and coalesce(type, '') <> 'channel'
          then 'chat_not_found'
        when coming > 0 and before >= ${MEMBERS_LIMIT}::int then 'chat_full' end as code,
        coalesce(coming > 0, false) as needed
      from (select) as one left join (me cross join counted) on true),
    ${takeRoom(change)},
    ${addFresh(chatId)},
    ${selectOutcome()}`;
  const batch = db.batch([
    db.execute(lockChannel(chatId)),
    db.execute(statement),
    db.execute(selectChat(userId, sql`${chatId}`)),
  ]);
  return runQuery('join channel', batch, ([, { rows }, seen]) =>
    readOutcome(rows, () => readChat(seen.rows)),
  );
};

/** Whether nobody but a member is an admin: the parts before are `me` and `target`. */
const IS_LAST_ADMIN = sql`
  not exists (
    select from chat_members as member
    where member.chat_id = me.id and member.user_id <> target.user_id and ${IS_ADMIN})`;

/** The member whom a change is about: the part after `me`. */
const targetIn = ({ chatId }: Change, targetId: string): SQL => sql`
  target as (
    select member.*, ${IS_ADMIN} as is_admin from chat_members as member
    where member.chat_id = ${chatId} and member.user_id = ${targetId})`;

/** A member and the role they get. */
export interface RoleChange {
  readonly targetId: string;
  readonly role: Member['role'];
}

/** Changes the role of a member; somebody stays an admin [M33]. */
export const changeRole = (
  db: Database,
  change: Change,
  { targetId, role }: RoleChange,
): Promise<Outcome<Member>> => {
  const { chatId, userId } = change;
  const admin = role === 'admin';
  const statement = sql`
    with ${actingIn(change)}, ${targetIn(change, targetId)},
    refused as (
      select case when me.id is null then 'chat_not_found'
        when not (has_roles and me.is_admin) then 'not_allowed_in_chat'
        when target.user_id is null then 'peer_not_found'
        when target.is_admin and not ${admin}::boolean and ${IS_LAST_ADMIN} then 'last_admin'
        end as code,
        coalesce(target.is_admin, false) <> ${admin}::boolean as needed
      from (select) as one left join me on true left join target on true),
    ${takeRoom(change, CHANGE_CHATS)},
    changed as (
      update chats set version = version + 1 where id = ${chatId} and (select allowed from rate)
      returning id, version, large, type),
    given as (
      update chat_members as member set role = ${role} from changed
      where member.chat_id = changed.id and member.user_id = ${targetId}
      returning member.user_id),
    told as (
      select 0 as place, user_id, 'chat' as kind, ${chatId} as chat_id, null::bigint as seq,
        null as about
      from given
      union all
      select 0, member.user_id, 'member', member.chat_id, null, ${targetId}
      from changed join chat_members as member on member.chat_id = changed.id
      where not large and member.user_id <> ${targetId} and (type = 'group' or ${IS_ADMIN})),
    ${WRITE_FEED},
    ${selectOutcome()}`;
  const batch = db.batch([
    db.execute(lockChat(chatId, userId)),
    db.execute(statement),
    db.execute(sql`
      select ${MEMBER} as member from chat_members as member
        join chats on chats.id = member.chat_id
        left join users as person on person.id = member.user_id
      where member.chat_id = ${chatId} and member.user_id = ${targetId}`),
  ]);
  return runQuery('change role', batch, ([, { rows }, { rows: members }]) =>
    readOutcome(rows, () => Members.parse(members)[0].member),
  );
};

const Members = z.tuple([z.object({ member: MemberRow.transform(toMember) })]);

/**
 * Takes a member out; a member themselves may always go. When no admin is left, the member of the
 * longest standing becomes one, those before others who were not deleted [M33].
 */
export const removeMember = (
  db: Database,
  change: Change,
  targetId: string,
): Promise<Outcome<undefined>> => {
  const { chatId, userId } = change;
  const statement = sql`
    with ${actingIn(change)}, ${targetIn(change, targetId)},
    refused as (
      select case when me.id is null then 'chat_not_found'
        when not (has_roles and (me.is_admin or me.user_id = ${targetId}))
          then 'not_allowed_in_chat'
        when target.user_id is null then 'peer_not_found' end as code,
        true as needed
      from (select) as one left join me on true left join target on true),
    ${takeRoom(change)},
    changed as (
      update chats set version = version + 1 where id = ${chatId} and (select allowed from rate)
      returning id, version, large, type),
    gone as (
      delete from chat_members using changed
      where chat_id = changed.id and user_id = ${targetId}
      returning user_id, chat_id),
    heir as (
      select one.user_id
      from gone, me, target, chat_members as one left join users on users.id = one.user_id
      where one.chat_id = me.id and one.user_id <> target.user_id and ${IS_LAST_ADMIN}
      order by users.id is null, one.joined_at nulls first, one.user_id limit 1),
    raised as (
      update chat_members as member set role = 'admin' from heir
      where member.chat_id = ${chatId} and member.user_id = heir.user_id
      returning member.user_id),
    told as (
      select 0 as place, user_id, 'left' as kind, chat_id, null::bigint as seq, null as about
      from gone
      union all
      select 0, member.user_id, 'member', member.chat_id, null, ${targetId}
      from changed join chat_members as member on member.chat_id = changed.id
      where not large and member.user_id <> ${targetId} and (type = 'group' or ${IS_ADMIN})
      union all
      select 1, member.user_id, 'member', member.chat_id, null, raised.user_id
      from raised, changed join chat_members as member on member.chat_id = changed.id
      where not large and member.user_id not in (${targetId}, raised.user_id) and type = 'group'
      union all
      select 2, user_id, 'chat', ${chatId}, null, null from raised),
    ${WRITE_FEED},
    ${selectOutcome()}`;
  const batch = db.batch([db.execute(lockChat(chatId, userId)), db.execute(statement)]);
  return runQuery('remove member', batch, ([, { rows }]) => readOutcome(rows, () => undefined));
};
