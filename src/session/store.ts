import { and, eq, inArray, isNull } from 'drizzle-orm';
import { toLanguage } from '../contract/errors.ts';
import type { Device } from '../contract/http/sessions.ts';
import type { Database } from '../platform/db/client.ts';
import { runQuery, runReadQuery } from '../platform/db/client.ts';
import { pushSubscriptions, telegramLinks, users } from '../platform/db/schema.ts';
import type { RedisClient } from '../platform/redis/client.ts';
import { keys } from '../platform/redis/keys.ts';
import { formatSessionRecord, SessionRecord } from './record.ts';
import { sessionArguments } from './scripts/fragments.ts';
import {
  CLOSE_SESSIONS,
  END_ALL_SESSIONS,
  END_SESSION,
  FIND_ENDED_SESSIONS,
  LIST_SESSIONS,
  SEE_SESSION,
} from './scripts/sessions.ts';
import type { KnownSession, Session } from './token.ts';
import { sessionOf } from './token.ts';

/** The session of whoever asks, and what a script needs to know beside it. */
export interface SeenSession {
  readonly session: Session;
  readonly device: Device;
  readonly now: number;
}

const keysOf = (userId: string) => ({ sessions: keys.sessions(userId) });

const toSeen = ({ session, device, now }: SeenSession) => ({
  ...sessionArguments(session),
  now,
  record: formatSessionRecord('legacy', device),
});

/** Whether a session lives; notes that it was seen. */
export const seeSession = (redis: RedisClient, seen: SeenSession): Promise<boolean> =>
  redis.run(SEE_SESSION, keysOf(seen.session.userId), toSeen(seen));

/**
 * The sessions of whoever asks, the oldest first.
 *
 * @returns undefined when the asking session was revoked
 */
export const listSessions = async (redis: RedisClient, seen: SeenSession) => {
  const listed = await redis.run(LIST_SESSIONS, keysOf(seen.session.userId), toSeen(seen));
  if (listed.outcome === 'revoked') return undefined;
  return listed.sessions.map(({ record, ...times }) => ({
    ...times,
    ...SessionRecord.parse(JSON.parse(record)),
  }));
};

/**
 * Ends sessions of whoever asks.
 *
 * @param closing `which` is a sid, or `others`: all but the asking one
 * @returns the ids of those that ended; undefined when the asking session itself was revoked
 */
export const closeSessions = async (
  redis: RedisClient,
  { session, which, now }: Pick<SeenSession, 'session' | 'now'> & { readonly which: string },
): Promise<readonly string[] | undefined> => {
  const args = { ...sessionArguments(session), now, which };
  const closed = await redis.run(CLOSE_SESSIONS, keysOf(session.userId), args);
  return closed.outcome === 'revoked' ? undefined : closed.sids;
};

/** What became of a session: `already`: it was ended before · `none`: there is none. */
export type SessionEnd = 'ended' | 'already' | 'none';

/** Ends one session of a user, whoever says so. */
export const endSession = (
  redis: RedisClient,
  { userId, ...args }: { readonly userId: string; readonly sid: string; readonly now: number },
): Promise<SessionEnd> => redis.run(END_SESSION, keysOf(userId), args);

/** Ends all sessions of a user from before, and returns the ids of those in the list. */
export const endAllSessions = (
  redis: RedisClient,
  { userId, now }: { readonly userId: string; readonly now: number },
): Promise<readonly string[]> => redis.run(END_ALL_SESSIONS, keysOf(userId), { now });

/** Which of the sessions that a room knows have ended, by their ids. Changes nothing. */
export const findEndedSessions = async (
  redis: RedisClient,
  asked: {
    readonly userId: string;
    readonly sessions: readonly KnownSession[];
    readonly now: number;
  },
): Promise<readonly string[]> => {
  const { userId, sessions, now } = asked;
  if (sessions.length === 0) return [];
  const known = sessions.map((session) => {
    const { sid, legacy, issuedAt } = sessionOf(userId, session, now);
    return `${sid},${Number(legacy)},${issuedAt}`;
  });
  return redis.run(FIND_ENDED_SESSIONS, keysOf(userId), { known: known.join(' ') });
};

/** The number of a user and its chat, if it is linked and the person has not blocked the bot. */
export const findLink = (db: Database, userId: string) => {
  const query = db
    .select({ phone: users.phone, chatId: telegramLinks.chatId, language: telegramLinks.language })
    .from(users)
    .innerJoin(telegramLinks, eq(telegramLinks.phone, users.phone))
    .where(and(eq(users.id, userId), isNull(telegramLinks.blockedAt)));
  return runReadQuery('find link', query, ([row]) => {
    if (!row) return undefined;
    const { phone, chatId, language } = row;
    return { phone, chat: { known: true, chatId, language: toLanguage(language) } };
  });
};

/** Ends the pushes to sessions of a user [P1]. */
export const endPushes = (
  db: Database,
  userId: string,
  sids: readonly string[],
): Promise<undefined> => {
  const theirs = eq(pushSubscriptions.userId, userId);
  const hasEnded = inArray(pushSubscriptions.sessionId, [...sids]);
  const query = db.delete(pushSubscriptions).where(and(theirs, hasEnded));
  return runQuery('end pushes', query, () => undefined);
};
