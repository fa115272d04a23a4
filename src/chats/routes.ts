import {
  addMembers,
  changeRole,
  createChat,
  getChat,
  joinChannel,
  listChats,
  listMembers,
  removeMember,
  updateChat,
} from '../contract/http/chats.ts';
import { ApiError } from '../platform/errors.ts';
import { createRouter } from '../platform/http/router.ts';
import type { Services } from '../session/services.ts';
import { changeChat } from './change-store.ts';
import { create } from './create.ts';
import { LISTED_CHATS } from './limits.ts';
import * as members from './member-store.ts';
import { concludeChange } from './outcome.ts';
import * as store from './store.ts';

/** How many members a page has when nobody says how many. */
const MEMBERS_PAGE = 100;

/** The routes of chats and of who is in them. */
export const chatRoutes = (services: Services) => {
  const { db, now } = services;
  const { app, route } = createRouter(services);

  route(listChats, async ({ c, userId }) => {
    const chats = await store.listChats(db, userId);
    if (chats.length > LISTED_CHATS) c.header('X-Has-More', '1');
    return chats.slice(0, LISTED_CHATS);
  });

  route(createChat, ({ ctx, session, body }) => create({ ctx, session }, services, body));

  route(getChat, async ({ userId, params }) => {
    const chat = await store.findChat(db, userId, params.id);
    if (!chat) throw new ApiError('chat_not_found');
    return chat;
  });

  route(updateChat, async ({ ctx, session, userId, params, body }) => {
    if (body.name === '') throw new ApiError('chat_name_required');
    const outcome = await changeChat(
      db,
      { chatId: params.id, userId, now: now() },
      {
        name: body.name,
        description: body.description,
        photo: body.photo === '' ? null : body.photo,
      },
    );
    return concludeChange({ ctx, session }, services, { what: 'chat', outcome });
  });

  route(listMembers, async ({ userId, params, query: { after = '', limit = MEMBERS_PAGE } }) => {
    const asked = { chatId: params.id, userId, after, limit: limit + 1 };
    const found = await store.listMembers(db, asked);
    if (!found) throw new ApiError('chat_not_found');
    if (found === 'not_allowed') throw new ApiError('not_allowed_in_chat');
    const page = found.slice(0, limit);
    const last = found.length > limit ? page.at(-1) : undefined;
    return { members: page, next: last?.userId ?? null };
  });

  route(addMembers, async ({ ctx, session, userId, params, body }) => {
    const change = { chatId: params.id, userId, now: now() };
    const outcome = await members.addMembers(db, change, body.members);
    return { added: concludeChange({ ctx, session }, services, { what: 'member', outcome }) };
  });

  route(changeRole, async ({ ctx, session, userId, params, body }) => {
    const change = { chatId: params.id, userId, now: now() };
    const given = { targetId: params.userId, role: body.role };
    const outcome = await members.changeRole(db, change, given);
    return concludeChange({ ctx, session }, services, { what: 'member', outcome });
  });

  route(removeMember, async ({ ctx, session, userId, params }) => {
    const change = { chatId: params.id, userId, now: now() };
    const outcome = await members.removeMember(db, change, params.userId);
    concludeChange({ ctx, session }, services, { what: 'member', outcome });
    return { ok: true };
  });

  route(joinChannel, async ({ ctx, session, userId, params }) => {
    const outcome = await members.joinChannel(db, { chatId: params.id, userId, now: now() });
    return concludeChange({ ctx, session }, services, { what: 'member', outcome });
  });

  return app;
};
