import type { Done } from '../../party/wire/messages.ts';
import type {
  AboutChats,
  FeedAnswer,
  MembersAnswer,
  ToWorker,
} from '../../party/wire/to-worker.ts';
import type { RequestContext } from '../platform/http/request-context.ts';
import type { Services } from '../session/services.ts';
import * as store from './audience-store.ts';
import { tellRooms } from './tell.ts';

const TYPES: readonly string[] = ['feed', 'typing', 'members'] satisfies AboutChats['type'][];

/** Whether a message of a room is about chats. */
export const isAboutChats = (message: ToWorker): message is AboutChats =>
  TYPES.includes(message.type);

/**
 * Does what a room asks about chats, with one statement.
 *
 * @throws {StoreError} when the database does not answer; the room does not ask again
 */
export const onAboutChats = async (
  ctx: RequestContext,
  services: Services,
  message: AboutChats,
): Promise<Done | FeedAnswer | MembersAnswer> => {
  const { db } = services;
  switch (message.type) {
    case 'feed':
      return { outcome: 'ok', n: await store.readNewest(db, message.user) };
    case 'members': {
      const { chat, after, seq, limit } = message;
      return {
        outcome: 'ok',
        members: [...(await store.listMembersAfter(db, { chat, after, seq, limit }))],
      };
    }
    case 'typing': {
      const { chat, user } = message;
      const audience = await store.listTypingAudience(db, { chat, user });
      const to = audience.map((other) => ({ user: other }));
      const news = { type: 'typing', chat, user } as const;
      if (to.length > 0) {
        ctx.defer('chat.not_told', () => tellRooms(services, { news, to, all: false }));
      }
      return { outcome: 'done' };
    }
  }
};
