import { and, eq, inArray, sql } from 'drizzle-orm';
import * as z from 'zod';
import type { Database } from '../platform/db/client.ts';
import { runQuery, runReadQuery } from '../platform/db/client.ts';
import { takeRate } from '../platform/db/fragments.ts';
import { pushSubscriptions } from '../platform/db/schema.ts';
import type { RedisClient } from '../platform/redis/client.ts';
import { keys, TTL } from '../platform/redis/keys.ts';
import { sessionOf } from '../session/token.ts';
import { CHAT_PAUSE_MS, MESSAGE_PUSHES, SUBSCRIBE_RATE, SUBSCRIPTION_LIMIT } from './limits.ts';
import { CLAIM_PUSH } from './scripts/claim-push.ts';

/** Where one browser gets pushes. */
export interface Subscription {
  readonly endpoint: string;
  readonly p256dh: string;
  readonly auth: string;
}

/** A subscription that a session makes. */
export interface NewSubscription extends Subscription {
  readonly userId: string;
  readonly sessionId: string;
  readonly serverKey: string;
  /** When the session ends by itself, in milliseconds since 1970. */
  readonly expiresAt: number;
  readonly now: number;
}

const Kept = z.tuple([z.object({ known: z.boolean(), allowed: z.boolean(), wait_ms: z.int() })]);

/** What became of a wish to be pushed to. */
export type Subscribing =
  | { readonly outcome: 'ok' }
  | { readonly outcome: 'too_many_requests'; readonly waitMs: number };

/**
 * Keeps the subscription of a session in place of the one that it had, and of any other with the
 * same endpoint: a browser has one, whoever is signed in there [P1]. The very same one again
 * changes and costs nothing. Of too many subscriptions the user's oldest go. What is kept counts
 * those that are gone, so that they go first.
 */
export const keepSubscription = async (
  db: Database,
  subscription: NewSubscription,
): Promise<Subscribing> => {
  const { userId, sessionId, endpoint, p256dh, auth, serverKey, expiresAt, now } = subscription;
  const statement = sql`
    with known as (
      select from push_subscriptions
      where user_id = ${userId} and session_id = ${sessionId} and endpoint = ${endpoint}
        and p256dh = ${p256dh} and auth = ${auth} and server_key = ${serverKey}),
    ${takeRate({ ...SUBSCRIBE_RATE, userId, now }, sql`not exists (select from known)`)},
    surplus as (
      select session_id from push_subscriptions cross join rate
      where allowed and user_id = ${userId} and session_id <> ${sessionId}
      order by created_at desc offset ${SUBSCRIPTION_LIMIT - 1}),
    gone as (
      delete from push_subscriptions using rate
      where allowed
        and ((endpoint = ${endpoint} and (user_id, session_id) <> (${userId}, ${sessionId}))
          or (user_id = ${userId} and session_id in (select session_id from surplus)))
      returning 1),
    kept as (
      insert into push_subscriptions
        (user_id, session_id, endpoint, p256dh, auth, server_key, expires_at)
      select ${userId}, ${sessionId}, ${endpoint}, ${p256dh}, ${auth}, ${serverKey},
        to_timestamp(${expiresAt / 1_000}::float8)
      from rate where allowed and (select count(*) from gone) >= 0
      on conflict (user_id, session_id) do update set endpoint = excluded.endpoint,
        p256dh = excluded.p256dh, auth = excluded.auth, server_key = excluded.server_key,
        expires_at = excluded.expires_at, created_at = now())
    select exists (select from known) as known, allowed, wait_ms from rate`;
  // Sessions of the same browser wait for each other, so that each sees the row of the one before.
  const lock = sql`select pg_advisory_xact_lock(hashtextextended(${endpoint}, 0))`;
  const batch = db.batch([db.execute(lock), db.execute(statement)]);
  return runQuery('keep subscription', batch, ([, { rows }]): Subscribing => {
    const [{ known, allowed, wait_ms }] = Kept.parse(rows);
    return known || allowed ? { outcome: 'ok' } : { outcome: 'too_many_requests', waitMs: wait_ms };
  });
};

/** Deletes the subscription of a session, if it has one. */
export const deleteSubscription = (
  db: Database,
  { userId, sessionId }: Pick<NewSubscription, 'userId' | 'sessionId'>,
): Promise<unknown> => {
  const isIt = and(
    eq(pushSubscriptions.userId, userId),
    eq(pushSubscriptions.sessionId, sessionId),
  );
  return runQuery('delete subscription', db.delete(pushSubscriptions).where(isIt), () => undefined);
};

/** Deletes subscriptions that push services no longer have, as they were when they were read. */
export const deleteGone = (
  db: Database,
  userId: string,
  endpoints: readonly string[],
): Promise<unknown> => {
  const isIt = and(
    eq(pushSubscriptions.userId, userId),
    inArray(pushSubscriptions.endpoint, [...endpoints]),
  );
  return runQuery('delete gone', db.delete(pushSubscriptions).where(isIt), () => undefined);
};

/** Deletes subscriptions of sessions that have ended by themselves, as many as `most`. */
export const deleteExpired = (db: Database, most: number): Promise<unknown> =>
  runQuery(
    'delete expired subscriptions',
    db.execute(sql`
      delete from push_subscriptions where ctid = any (array(
        select ctid from push_subscriptions where expires_at < now()
        order by expires_at limit ${most} for update skip locked))`),
    () => undefined,
  );

/** A subscription, and the session that has it. */
export interface SessionSubscription extends Subscription {
  readonly sid: string;
  /** When the session ends by itself, in milliseconds since 1970. */
  readonly until: number;
}

const Subscribed = z.object({
  sid: z.string(),
  endpoint: z.string(),
  p256dh: z.string(),
  auth: z.string(),
  until: z.number(),
});

/** The newest subscriptions of a user that were made with this key, as JSON. */
const subscriptionsOf = (userId: string, serverKey: string) => sql`(
  select coalesce(json_agg(json_build_object('sid', session_id, 'endpoint', endpoint,
    'p256dh', p256dh, 'auth', auth, 'until', extract(epoch from expires_at) * 1000)), '[]')
  from (
    select * from push_subscriptions
    where user_id = ${userId} and server_key = ${serverKey} and expires_at > now()
    order by created_at desc limit ${SUBSCRIPTION_LIMIT}) as newest)`;

/** Whom a push is for. */
interface Addressee {
  readonly userId: string;
  readonly serverKey: string;
}

/** Finds where a user gets pushes. */
export const findSubscriptions = (
  db: Database,
  { userId, serverKey }: Addressee,
): Promise<SessionSubscription[]> => {
  const query = db.execute(sql`select ${subscriptionsOf(userId, serverKey)} as subscriptions`);
  return runReadQuery('find subscriptions', query, ({ rows }) => {
    const Rows = z.tuple([z.object({ subscriptions: z.array(Subscribed) })]);
    return Rows.parse(rows)[0].subscriptions;
  });
};

/** A new message as its push tells of it, and where the user gets it. */
export interface MessageNews {
  readonly subscriptions: readonly SessionSubscription[];
  readonly username: string | null;
  readonly displayName: string | null;
  /** Of a group or channel alone. */
  readonly chatName: string | null;
}

const NewsRow = z.object({
  subscriptions: z.array(Subscribed),
  username: z.string().nullable(),
  displayName: z.string().nullable(),
  chatName: z.string().nullable(),
});

/**
 * Finds what to push about a message, and where to.
 *
 * @returns undefined when there is nothing to tell: the user is in the chat no longer, has read or
 * written it, may not read it, or it was deleted
 */
export const findMessageNews = (
  db: Database,
  { userId, serverKey, chatId, seq }: Addressee & { readonly chatId: string; readonly seq: number },
): Promise<MessageNews | undefined> => {
  const query = db.execute(sql`
    select ${subscriptionsOf(userId, serverKey)} as subscriptions,
      sender.username, sender.display_name as "displayName",
      case when coalesce(chats.type, 'user') <> 'user' then coalesce(chats.name, '') end
        as "chatName"
    from messages as message
      join chats on chats.id = message.chat_id
      join chat_members as member on member.chat_id = chats.id and member.user_id = ${userId}
      left join users as sender on sender.id = message.sender_id
    where message.chat_id = ${chatId} and message.seq = ${seq} and message.deleted_at is null
      and message.sender_id is distinct from ${userId}
      and greatest(member.read_seq, member.from_seq) < message.seq and not chats.large`);
  return runReadQuery('find message news', query, ({ rows }) => z.array(NewsRow).parse(rows)[0]);
};

/** A push that is about to be sent. */
export interface Claim {
  readonly userId: string;
  /** The name of what it is about: the `Topic` of the push. */
  readonly topic: string;
  /** What has a higher one is later: 1 for a ring and 2 for its end, or the `seq` of a message. */
  readonly rank: number;
  /** Whether it is about a message, of which not each is pushed [P6]. */
  readonly isMessage: boolean;
  /** Names who pushes: the same one gets the same answer again. */
  readonly pusher: string;
  readonly subscriptions: readonly Pick<SessionSubscription, 'sid' | 'until'>[];
  readonly now: number;
}

/**
 * Notes that something is pushed, once whoever asks.
 *
 * @returns the ids of the sessions that have ended; undefined when nothing is to be pushed
 */
export const claimPush = async (
  redis: RedisClient,
  { userId, topic, rank, isMessage, pusher, subscriptions, now }: Claim,
): Promise<readonly string[] | undefined> => {
  const known = subscriptions.map((one) => {
    const { sid, legacy, issuedAt } = sessionOf(userId, one, now);
    return `${sid},${Number(legacy)},${Math.round(issuedAt)}`;
  });
  const claimed = await redis.run(
    CLAIM_PUSH,
    {
      sessions: keys.sessions(userId),
      pushed: keys.pushed(`${userId}:${topic}`),
      rate: keys.messagePushes(userId),
    },
    {
      rank,
      pusher,
      now,
      span: TTL.pushed,
      pause: isMessage ? CHAT_PAUSE_MS : 0,
      burst: MESSAGE_PUSHES.burst,
      every: MESSAGE_PUSHES.everyMs,
      known: known.join(' '),
    },
  );
  return claimed.outcome === 'due' ? claimed.ended : undefined;
};
