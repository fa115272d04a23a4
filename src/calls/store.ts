import { and, desc, eq, inArray, isNull, ne, or, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import * as z from 'zod';
import type { CallRecord } from '../../party/wire/to-worker.ts';
import type { Language } from '../contract/errors.ts';
import { toLanguage } from '../contract/errors.ts';
import { REASONS } from '../contract/sockets/call.ts';
import type { Profile } from '../contract/sockets/inbox.ts';
import { callMembers, calls } from '../platform/db/calls-schema.ts';
import type { Database } from '../platform/db/client.ts';
import { runQuery, runReadQuery } from '../platform/db/client.ts';
import { blocks, pushSubscriptions, telegramLinks, users } from '../platform/db/schema.ts';
import type { RedisClient } from '../platform/redis/client.ts';
import { keys, TTL } from '../platform/redis/keys.ts';
import { toShownName } from '../profile/names.ts';
import type { HistoryRow, Place } from './history.ts';
import type { Person } from './people.ts';
import { parseRecipients } from './people.ts';
import { CLAIM_MISSED } from './scripts/missed-call.ts';

/** The caller, and all whom `to` can mean. */
export const findPeople = (
  db: Database,
  callerId: string,
  to: readonly string[],
): Promise<Person[]> => {
  const { ids, usernames } = parseRecipients(to);
  const query = db
    .select({
      user: users.id,
      username: users.username,
      displayName: users.displayName,
      hasBlockedCaller: sql<boolean>`exists (select from ${blocks}
        where ${blocks.userId} = ${users.id} and ${blocks.blockedId} = ${callerId})`,
      hasPush: sql<boolean>`exists (select from ${pushSubscriptions}
        where ${pushSubscriptions.userId} = ${users.id})`,
    })
    .from(users)
    .where(
      or(inArray(users.id, [callerId, ...ids]), inArray(sql`lower(${users.username})`, usernames)),
    );
  return runReadQuery('find people', query, (rows) =>
    rows.map(({ user, username, displayName, ...flags }) => ({
      user,
      username: username ?? '',
      displayName: toShownName(displayName ?? ''),
      ...flags,
    })),
  );
};

/**
 * The role of a callee who has blocked the caller: the call is in the caller's history, and not in
 * theirs [M42].
 */
const UNHEARD = 'unheard';

/**
 * Keeps how a call went. A record that comes twice changes nothing.
 *
 * @returns whether those who missed it have still to be told: it was new, or nobody has begun to
 */
export const addRecord = (db: Database, record: CallRecord): Promise<boolean> => {
  const { call, caller, video, reason, createdAt, acceptedAt, endedAt, callees } = record;
  const time = (ms: number | undefined) => (ms === undefined ? null : new Date(ms).toISOString());
  const members = [
    { user_id: caller, role: 'caller', joined: true, missed: false },
    ...callees.map(({ user, joined, missed, unheard, invited }) => ({
      user_id: user,
      role: unheard ? UNHEARD : 'callee',
      joined,
      missed,
      // For whoever was invited it began then [C63].
      began_at: time(invited?.at),
    })),
  ];
  const query = db.execute(sql`
    with added as (
      insert into calls (id, caller_id, video, reason, created_at, accepted_at, ended_at)
      values (${call}, ${caller}, ${video}, ${reason},
        ${time(createdAt)}, ${time(acceptedAt)}, ${time(endedAt)})
      on conflict do nothing returning id, created_at),
    members as (
      insert into call_members (call_id, user_id, role, joined, missed, created_at)
      select added.id, member.user_id, member.role, member.joined, member.missed,
        coalesce(member.began_at, added.created_at)
      from added, jsonb_to_recordset(${JSON.stringify(members)}::jsonb)
        as member (user_id text, role text, joined boolean, missed boolean, began_at timestamptz)
      on conflict do nothing)
    select id from added
    union all select id from calls where id = ${call} and told_by is null`);
  return runQuery('add record', query, ({ rows }) => Ids.parse(rows).length > 0);
};

const Ids = z.array(z.object({ id: z.string() }));

const Peers = z.array(
  z.object({
    userId: z.string(),
    username: z.string(),
    displayName: z.string().transform(toShownName),
  }),
);
const Reason = z.enum(REASONS);

/** The others of a call, as JSON, the caller first. One who was deleted is an id without names. */
const peersOf = (userId: string) => sql`(
  select coalesce(json_agg(json_build_object('userId', other.user_id,
      'username', coalesce(username, ''), 'displayName', coalesce(display_name, ''))
    order by other.role = 'caller' desc, other.user_id), '[]')
  from ${callMembers} as other left join ${users} on ${users.id} = other.user_id
  where other.call_id = ${calls.id} and other.user_id <> ${userId})`;

/** What to list of the calls of a user. */
export interface HistoryQuery {
  readonly userId: string;
  /** The call after which the list begins. */
  readonly before: Place | undefined;
  readonly limit: number;
}

/** Lists calls of a user, the newest first. */
export const listCalls = (
  db: Database,
  { userId, before, limit }: HistoryQuery,
): Promise<HistoryRow[]> => {
  const { createdAt, callId, missed, role } = callMembers;
  const older =
    before &&
    sql`(${createdAt}, ${callId}) < (${before.createdAt.toISOString()}, ${before.callId})`;
  const query = db
    .select({
      callId,
      missed,
      role,
      createdAt,
      video: calls.video,
      reason: calls.reason,
      acceptedAt: calls.acceptedAt,
      endedAt: calls.endedAt,
      peers: peersOf(userId),
    })
    .from(callMembers)
    .innerJoin(calls, eq(calls.id, callId))
    .where(and(eq(callMembers.userId, userId), ne(role, UNHEARD), older))
    .orderBy(desc(createdAt), desc(callId))
    .limit(limit);
  return runReadQuery('list calls', query, (rows) =>
    rows.map(({ role, reason, peers, ...row }) => ({
      ...row,
      outgoing: role === 'caller',
      reason: Reason.parse(reason),
      peers: Peers.parse(peers),
    })),
  );
};

/** The chat that hears of a missed call, and who called. */
export interface MissedLink {
  readonly userId: string;
  readonly phone: string;
  readonly chatId: number;
  readonly language: Language;
  readonly caller: Omit<Profile, 'user'>;
}

/**
 * Notes that `teller` tells who missed a call, and finds the chats of the callees who want to hear
 * of it. The same teller gets the same answer again.
 *
 * @returns none when another teller tells them
 */
export const claimMissedLinks = (
  db: Database,
  { call, caller: callerId, callees }: Pick<CallRecord, 'call' | 'caller' | 'callees'>,
  teller: string,
): Promise<MissedLink[]> => {
  const missed = callees.filter((callee) => callee.missed).map(({ user }) => user);
  const free = or(isNull(calls.toldBy), eq(calls.toldBy, teller));
  const told = db.$with('told').as(
    db
      .update(calls)
      .set({ toldBy: teller })
      .where(and(eq(calls.id, call), free))
      .returning({ id: calls.id }),
  );
  const caller = alias(users, 'caller');
  const { phone, chatId, language, blockedAt, missedCalls } = telegramLinks;
  const query = db
    .with(told)
    .select({
      userId: users.id,
      phone,
      chatId,
      language,
      username: caller.username,
      displayName: caller.displayName,
    })
    .from(told)
    .innerJoin(users, inArray(users.id, missed))
    .innerJoin(telegramLinks, and(eq(phone, users.phone), isNull(blockedAt), missedCalls))
    .leftJoin(caller, eq(caller.id, callerId));
  return runQuery('claim missed links', query, (rows) =>
    rows.map(({ username, displayName, language, ...link }) => ({
      ...link,
      language: toLanguage(language),
      caller: { username: username ?? '', displayName: displayName ?? '' },
    })),
  );
};

/** A missed call of which some callees are about to be told. */
export interface MissedCall {
  readonly callerId: string;
  readonly callees: readonly string[];
  /** Names who tells them: the same one gets the same answer again. */
  readonly teller: string;
  readonly now: number;
}

/** Notes that callees are told of a missed call, and says which: none twice in ten minutes. */
export const claimMissed = (
  redis: RedisClient,
  { callerId, callees, teller, now }: MissedCall,
): Promise<readonly boolean[]> => {
  const lastTold = callees.map((callee) => keys.missed(`${callerId}:${callee}`));
  return redis.run(CLAIM_MISSED, { lastTold }, { now, span: TTL.missed, teller });
};
