import type { Services } from '../services.ts';
import type { Later } from '../undo.ts';
import { tryThrice } from '../undo.ts';

/**
 * Has the sockets of sessions closed that have ended, behind the answer: also of those that had ended before, since the answer to that may have been lost.
 *
 * @param but all others of the user have ended, listed or not
 */
export const closeSockets = (
  { rooms }: Pick<Services, 'rooms'>,
  later: Later,
  userId: string,
  sids: readonly string[],
  but?: string,
): void => {
  if (sids.length === 0 && but === undefined) return;
  const message = { type: 'revoked' as const, sids: [...sids], ...(but !== undefined && { but }) };
  later('session.room_not_told', () => tryThrice(() => rooms.ask({ party: 'inbox', id: userId }, message)));
};
