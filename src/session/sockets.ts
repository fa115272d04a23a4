import type { Services } from '../services.ts';
import type { Later } from '../undo.ts';
import { tryThrice } from '../undo.ts';

/** Has the sockets of sessions closed that have just ended, behind the answer. */
export const closeSockets = (
  { rooms }: Pick<Services, 'rooms'>,
  later: Later,
  userId: string,
  sids: readonly string[],
): void => {
  if (sids.length === 0) return;
  const message = { type: 'revoked' as const, sids: [...sids] };
  later('session.room_not_told', () => tryThrice(() => rooms.ask({ party: 'inbox', id: userId }, message)));
};
