import type { createChat } from '../contract/http/chats.ts';
import type { AnswerOf, InputOf, ResultOf } from '../contract/http/endpoint.ts';
import { ApiError } from '../platform/errors.ts';
import type { Services } from '../session/services.ts';
import * as store from './create-store.ts';
import type { Acting } from './outcome.ts';
import { concludeChange } from './outcome.ts';

type Wanted = InputOf<typeof createChat, 'body'>;

/** Keeps what legacy clients say about a group or channel as they say it [M1]. */
const metaOf = ({ description, shareLink, admins, moderators }: Wanted) => {
  const given = { description, shareLink, admins, moderators };
  return Object.values(given).some((value) => value !== undefined) ? given : undefined;
};

/** Creates a group or channel, or opens a personal chat [M30] [M32]. */
export const create = async (
  acting: Acting,
  services: Services,
  wanted: Wanted,
): Promise<ResultOf<typeof createChat>> => {
  const { db, now } = services;
  const { userId } = acting.session;
  const { type, name = '', photo, peerUserId, peerUsername, members = [] } = wanted;
  if (type === 'user') {
    if (peerUserId === userId) throw new ApiError('chat_with_oneself');
    const peer = { id: peerUserId, username: peerUsername };
    const outcome = await store.openPersonalChat(db, { userId, peer, now: now() });
    const { again, chat } = concludeChange(acting, services, { what: 'chat', outcome });
    return { again, body: chat };
  }
  if (name === '') throw new ApiError('chat_name_required');
  const made = { userId, now: now(), type, name, photo: photo || null, meta: metaOf(wanted) };
  const outcome = await store.createChat(db, { ...made, members });
  const chat: AnswerOf<typeof createChat> = concludeChange(acting, services, {
    what: 'chat',
    outcome,
  });
  return { again: false, body: chat };
};
