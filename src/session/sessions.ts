import type { Device } from '../contract/http/sessions.ts';
import type { TelegramServices } from '../telegram/services.ts';
import type { SessionEnd } from './store.ts';
import { endAllSessions, endSession, findEndedSessions, seeSession } from './store.ts';
import type { KnownSession, Session } from './token.ts';

/**
 * How long this isolate takes a session for alive without asking again, in milliseconds. After that
 * a revoked session is refused everywhere: half of the time that [A38] allows.
 */
const REMEMBERED_MS = 30_000;

/** How many sessions are remembered: the latest ones. */
const REMEMBERED = 10_000;

/** Which sessions live. Redis knows; each isolate remembers for half a minute what it heard. */
export interface Sessions {
  /** Whether this isolate heard within half a minute that the session lives. */
  isRemembered(session: Session): boolean;
  /** Asks Redis whether the session lives, and notes that it was seen from this device. */
  lives(session: Session, device: Device): Promise<boolean>;
  /**
   * Asks Redis which of these sessions of a user have ended, whatever is remembered. It changes
   * nothing.
   */
  findEnded(userId: string, sessions: readonly KnownSession[]): Promise<readonly string[]>;
  /**
   * Remembers that a session lives, as Redis said when it was `asked`: an answer may be as old as
   * the question.
   */
  remember(session: Pick<Session, 'sid'>, asked: number): void;
  /** Forgets sessions that have just ended. */
  forget(sids: readonly string[]): void;
  /** Ends a session of a user. */
  revoke(userId: string, sid: string): Promise<SessionEnd>;
  /** Ends all sessions of a user that began before; returns the ids of those in the list. */
  revokeAll(userId: string, now: number): Promise<readonly string[]>;
}

/** Creates the sessions that a Redis keeps. */
export const createSessions = ({
  redis,
  now,
}: Pick<TelegramServices, 'redis' | 'now'>): Sessions => {
  /** Maps a sid to when the session still lived; the one heard of longest ago comes first. */
  const remembered = new Map<string, number>();
  const forget = (sids: readonly string[]) => {
    for (const sid of sids) remembered.delete(sid);
  };
  const remember = ({ sid }: Pick<Session, 'sid'>, asked: number) => {
    remembered.delete(sid);
    remembered.set(sid, asked);
    const [oldest] = remembered.keys();
    if (remembered.size > REMEMBERED && oldest !== undefined) remembered.delete(oldest);
  };
  return {
    isRemembered: ({ sid }) => {
      const age = now() - (remembered.get(sid) ?? Number.NEGATIVE_INFINITY);
      return age >= 0 && age < REMEMBERED_MS;
    },
    lives: async (session, device) => {
      const asked = now();
      const lives = await seeSession(redis, { session, device, now: asked });
      if (lives) remember(session, asked);
      else forget([session.sid]);
      return lives;
    },
    findEnded: async (userId, known) => {
      const ended = await findEndedSessions(redis, { userId, sessions: known, now: now() });
      forget(ended);
      return ended;
    },
    remember,
    forget,
    revoke: (userId, sid) => {
      forget([sid]);
      return endSession(redis, { userId, sid, now: now() });
    },
    revokeAll: async (userId, at) => {
      const ended = await endAllSessions(redis, { userId, now: at });
      forget(ended);
      return ended;
    },
  };
};
