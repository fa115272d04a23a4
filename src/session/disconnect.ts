import type { RequestContext } from '../platform/http/request-context.ts';
import { undoWithRetries } from '../platform/retry.ts';
import type { Services } from './services.ts';
import { endPushes } from './store.ts';
import { endOfSession } from './token.ts';

/** Sessions of one user that have ended. */
export interface EndedSessions {
  readonly userId: string;
  readonly sids: readonly string[];
  /** Set when all sessions ended that were there at `now`, in milliseconds, except `but`. */
  readonly others?: { readonly but: string; readonly now: number };
}

/**
 * Closes the sockets of ended sessions after the response [A38], and ends their pushes [P1]. It
 * includes sessions that had ended before, since the answer to that request may have been lost.
 */
export const disconnectSessions = (
  ctx: Pick<RequestContext, 'defer'>,
  { rooms, db }: Pick<Services, 'rooms' | 'db'>,
  { userId, sids, others }: EndedSessions,
): void => {
  if (sids.length === 0 && !others) return;
  const until = others && endOfSession({ issuedAt: others.now });
  const message = {
    type: 'revoked' as const,
    sids: [...sids],
    ...(others && until !== undefined && { others: { but: others.but, until } }),
  };
  const tellInbox = async () => void (await rooms.ask({ party: 'inbox', id: userId }, message));
  ctx.defer('session.room_not_told', () => undoWithRetries(tellInbox));
  if (sids.length === 0) return;
  const stopPushes = async () => void (await endPushes(db, userId, sids));
  ctx.defer('session.push_not_ended', () => undoWithRetries(stopPushes));
};
