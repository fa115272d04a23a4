import type { Later } from '../platform/retry.ts';
import { undoWithRetries } from '../platform/retry.ts';
import type { Services } from './services.ts';
import { endOfSession } from './token.ts';

/**
 * Has the sockets of sessions closed that have ended, behind the answer: also of those that had ended before, since the answer to that may have been lost.
 *
 * @param others with it, all but one have ended, listed or not, that were there at that time
 */
export const closeSockets = (
  { rooms }: Pick<Services, 'rooms'>,
  later: Later,
  userId: string,
  sids: readonly string[],
  others?: { readonly but: string; readonly now: number },
): void => {
  if (sids.length === 0 && !others) return;
  const until = others && endOfSession({ issuedAt: others.now });
  const message = {
    type: 'revoked' as const,
    sids: [...sids],
    ...(others && until !== undefined && { others: { but: others.but, until } }),
  };
  const tell = async () => void (await rooms.ask({ party: 'inbox', id: userId }, message));
  // As long as the platform lets work go on behind an answer.
  later('session.room_not_told', () => undoWithRetries(tell));
};
