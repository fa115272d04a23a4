import { chatChanges, SYNC_PAGE, sync } from '../contract/http/sync.ts';
import { ApiError } from '../platform/errors.ts';
import { createRouter } from '../platform/http/router.ts';
import type { Services } from '../session/services.ts';
import { formatCursor, parseCursor } from './cursor.ts';
import { readChanges, readFeed } from './store.ts';

/** The routes by which clients catch up: with all their chats, and with one that is large. */
export const feedRoutes = (services: Services) => {
  const { db } = services;
  const { app, route } = createRouter(services);

  route(sync, async ({ userId, query }) => {
    const since = await parseCursor(userId, query.since);
    const asked = { userId, since, limit: query.limit ?? SYNC_PAGE.entries };
    const { changes, end, more, reset, large } = await readFeed(db, asked);
    return { changes, next: await formatCursor(userId, end), n: end.n, more, reset, large };
  });

  route(chatChanges, async ({ userId, params, query }) => {
    const found = await readChanges(db, { userId, chatId: params.id, since: query.since });
    if (!found) throw new ApiError('chat_not_found');
    const { chat, messages, more } = found;
    const last = more ? messages.at(-1) : undefined;
    return { chat, messages, version: last?.version ?? chat.version, more };
  });

  return app;
};
