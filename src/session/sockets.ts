import type { RequestContext } from '../platform/http/request-context.ts';
import { undoWithRetries } from '../platform/retry.ts';
import type { Services } from './services.ts';
import { endOfSession } from './token.ts';

/** Sessions of one user that have ended. */
export interface EndedSessions {
  readonly userId: string;
  readonly sids: readonly string[];
  /** Set when all sessions ended that were there at `now`, in milliseconds, except `but`. */
  readonly others?: { readonly but: string; readonly now: number };
}

/**
 * Closes the sockets of ended sessions after the response [A38]. It includes sessions that had
 * ended before, since the answer to that request may have been lost.
 */
export const closeSockets = (
  ctx: Pick<RequestContext, 'defer'>,
  { rooms }: Pick<Services, 'rooms'>,
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
};
