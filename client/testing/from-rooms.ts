import { ToWorker } from '../../party/wire/to-worker.ts';
import type { CallHistory } from './history.ts';
import type { People } from './people.ts';

/** Does what rooms ask of the API: there are no legacy clients, no chats and no pushes here. */
export const hearRoom = (
  { people, history }: { readonly people: People; readonly history: CallHistory },
  said: object,
): object => {
  const message = ToWorker.parse(said);
  switch (message.type) {
    case 'sessions': {
      const sids = message.sessions.map(({ sid }) => sid);
      return { outcome: 'ok', ended: sids.filter((sid) => !people.lives(sid)) };
    }
    case 'record':
      history.keep(message);
      return { outcome: 'done' };
    case 'call':
      return { outcome: 'no' };
    case 'feed':
      return { outcome: 'ok', n: 0 };
    case 'members':
      return { outcome: 'ok', members: [] };
    case 'typing':
    case 'push':
      return { outcome: 'done' };
  }
};
