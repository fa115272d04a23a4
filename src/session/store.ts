import { and, eq, isNull } from 'drizzle-orm';
import { toLanguage } from '../contract/errors.ts';
import type { Device } from '../contract/http/sessions.ts';
import type { Database } from '../platform/db/client.ts';
import { runReadQuery } from '../platform/db/client.ts';
import { telegramLinks, users } from '../platform/db/schema.ts';
import type { RedisClient } from '../platform/redis/client.ts';
import { keys } from '../platform/redis/keys.ts';
import { SessionRecord, sessionRecord } from './record.ts';
import {
  CLOSE_SESSIONS,
  END_ALL_SESSIONS,
  END_SESSION,
  FIND_ENDED_SESSIONS,
  LIST_SESSIONS,
  SEE_SESSION,
  sessionArgs,
} from './scripts/sessions.ts';
import type { KnownSession, Session } from './token.ts';
import { sessionOf } from './token.ts';

const legacyRecord = (device: Device) => sessionRecord('legacy', device);

/** Whether a session lives; notes that it was seen: one EVAL. */
export const seeSession = (
  redis: RedisClient,
  session: Session,
  device: Device,
  now: number,
): Promise<boolean> =>
  redis.run(
    SEE_SESSION,
    [keys.sessions(session.userId)],
    [...sessionArgs(session), now, legacyRecord(device)],
  );

/**
 * The sessions of whoever asks, the oldest first: one EVAL.
 *
 * @returns undefined when the asking session was revoked
 */
export const listSessions = async (
  redis: RedisClient,
  session: Session,
  device: Device,
  now: number,
) => {
  const listed = await redis.run(
    LIST_SESSIONS,
    [keys.sessions(session.userId)],
    [...sessionArgs(session), now, legacyRecord(device)],
  );
  if (listed.outcome === 'revoked') return undefined;
  return listed.sessions.map(({ record, ...times }) => ({
    ...times,
    ...SessionRecord.parse(JSON.parse(record)),
  }));
};

/**
 * Ends sessions of whoever asks: one EVAL.
 *
 * @param which a sid, or `others`: all but the asking one
 * @returns the ids of those that ended; undefined when the asking session was revoked itself
 */
export const closeSessions = async (
  redis: RedisClient,
  session: Session,
  which: string,
  now: number,
): Promise<readonly string[] | undefined> => {
  const args = [...sessionArgs(session), now, which];
  const closed = await redis.run(CLOSE_SESSIONS, [keys.sessions(session.userId)], args);
  return closed.outcome === 'revoked' ? undefined : closed.sids;
};

/** What became of a session: `already`: this ended it before · `none`: there is none. */
export type SessionEnd = 'ended' | 'already' | 'none';

/** Ends one session of a user, whoever says so: one EVAL. */
export const endSession = (
  redis: RedisClient,
  userId: string,
  sid: string,
  now: number,
): Promise<SessionEnd> => redis.run(END_SESSION, [keys.sessions(userId)], [sid, now]);

/** Ends all sessions of a user from before: one EVAL. Answers the ids of those in the list. */
export const endAllSessions = (
  redis: RedisClient,
  userId: string,
  now: number,
): Promise<readonly string[]> => redis.run(END_ALL_SESSIONS, [keys.sessions(userId)], [now]);

/** Which of the sessions that a room knows have ended, by their ids: one EVAL, which changes nothing. */
export const findEndedSessions = async (
  redis: RedisClient,
  userId: string,
  sessions: readonly KnownSession[],
  now: number,
): Promise<readonly string[]> => {
  if (sessions.length === 0) return [];
  const args = sessions.flatMap((known) => sessionArgs(sessionOf(userId, known, now)));
  return redis.run(FIND_ENDED_SESSIONS, [keys.sessions(userId)], args);
};

/** The number of a user and the chat that it is linked to, if it is and the bot not blocked: one statement. */
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
