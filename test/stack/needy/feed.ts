import { makeChat, putInto, writeMessages } from '../../support/chats/rows.ts';
import type { Api } from '../../support/client.ts';
import { legacyToken } from '../../support/tokens.ts';
import type { Needy } from './steps.ts';
import { repeatable } from './steps.ts';

/** Somebody in a chat with a message. */
const someoneInChat = async () => {
  const userId = crypto.randomUUID();
  const chat = await makeChat();
  await putInto(chat, [userId]);
  await writeMessages(chat, userId, ['Привет!']);
  return { chat, token: await legacyToken(userId) };
};

/** The endpoints by which clients catch up. */
export const NEEDY_FEED: Readonly<Record<string, Needy>> = {
  'GET /api/sync': {
    stores: ['redis', 'database'],
    prepare: async () => {
      const { token } = await someoneInChat();
      return repeatable((api: Api) => api.send('GET', '/api/sync', { token }));
    },
  },
  'GET /api/chats/:id/changes': {
    stores: ['redis', 'database'],
    prepare: async () => {
      const { chat, token } = await someoneInChat();
      return repeatable((api: Api) =>
        api.send('GET', `/api/chats/${chat}/changes?since=0`, { token }),
      );
    },
  },
};
