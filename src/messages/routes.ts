import * as contract from '../contract/http/messages.ts';
import { toMessage } from '../feed/message.ts';
import type { Change, News } from '../feed/tell.ts';
import { tellMembers } from '../feed/tell.ts';
import { ApiError } from '../platform/errors.ts';
import type { RequestContext } from '../platform/http/request-context.ts';
import { createRouter } from '../platform/http/router.ts';
import type { Services } from '../session/services.ts';
import type { Session } from '../session/token.ts';
import type { Mark } from './reading-store.ts';
import * as reading from './reading-store.ts';
import type { Writing } from './store.ts';
import * as store from './store.ts';

/** Who acts in which chat. */
interface Act {
  readonly ctx: RequestContext;
  readonly session: Session;
  readonly chatId: string;
}

/** Makes the error for a limit that is used up. */
const tooManyRequests = (waitMs: number): ApiError =>
  new ApiError('too_many_requests', Math.ceil(waitMs / 1_000));

/** The routes of messages, and of how far they were read. */
export const messageRoutes = (services: Services) => {
  const { db, authenticator } = services;
  const { app, route, routeSelfChecking } = createRouter(services);

  const tell = (
    { ctx, session, chatId }: Act,
    { told, large }: Pick<Change, 'told' | 'large'>,
    news: News,
  ) => tellMembers(ctx, services, { chatId, news, told, large, senderSid: session.sid });

  /** Shows a message to who has written it; the members are told if it is news. */
  const settle = (act: Act, written: Writing, isNew: boolean) => {
    if (written.outcome === 'too_many_requests') throw tooManyRequests(written.waitMs);
    if (!('message' in written)) throw new ApiError(written.outcome);
    const { outcome } = written;
    const message = toMessage(written.message, act.session.userId);
    if (outcome === 'written') tell(act, written, { type: 'message', isNew, message });
    return { again: outcome === 'again', body: message };
  };

  const settleMark = (act: Act, { moves, told, version }: Mark) => {
    if (!moves) return;
    const news = { type: 'change', what: 'read', version: version ?? undefined } as const;
    tell(act, { told, large: false }, news);
  };

  route(contract.sendMessage, async ({ ctx, session, userId, params, body }) => {
    const chatId = params.id;
    const { text, attachment, clientId } = body;
    const draft = { chatId, userId, text, attachment, clientId, now: ctx.now() };
    return settle({ ctx, session, chatId }, await store.addMessage(db, draft), true);
  });

  // The legacy form moves the mark, so it waits until the session is known to live.
  routeSelfChecking(contract.listMessages, async ({ c, ctx, session, userId, params, query }) => {
    if (!authenticator.isRemembered(session))
      await authenticator.requireLiving(session, ctx.client);
    const place = { chatId: params.id, userId };
    const { before, limit = contract.MESSAGE_PAGE.usual } = query;
    const isLegacy = before === undefined && query.limit === undefined;
    const opened = isLegacy ? await reading.openChat(db, place) : undefined;
    const page = isLegacy ? opened : await reading.listMessages(db, { ...place, before, limit });
    if (!page) throw new ApiError('chat_not_found');
    if (opened) settleMark({ ctx, session, chatId: params.id }, opened);
    if (page.more) c.header('X-Has-More', '1');
    return page.messages.map((message) => toMessage(message, userId));
  });

  route(contract.getMessage, async ({ userId, params: { id: chatId, messageId } }) => {
    const message = await reading.findMessage(db, { chatId, userId }, messageId);
    if (message === undefined) throw new ApiError('chat_not_found');
    if (message === null) throw new ApiError('message_not_found');
    return toMessage(message, userId);
  });

  route(contract.editMessage, async ({ ctx, session, userId, params, body }) => {
    const { id: chatId, messageId } = params;
    const target = { chatId, userId, messageId, now: ctx.now() };
    const edited = await store.editMessage(db, { ...target, text: body.text });
    return settle({ ctx, session, chatId }, edited, false).body;
  });

  route(contract.deleteMessage, async ({ ctx, session, userId, params }) => {
    const { id: chatId, messageId } = params;
    const target = { chatId, userId, messageId, now: ctx.now() };
    return settle({ ctx, session, chatId }, await store.deleteMessage(db, target), false).body;
  });

  route(contract.markRead, async ({ ctx, session, userId, params: { id: chatId }, body }) => {
    const asked = { chatId, userId, seq: body.seq, now: ctx.now() };
    const mark = await reading.moveReadMark(db, asked);
    if (!mark) throw new ApiError('chat_not_found');
    if ('waitMs' in mark) throw tooManyRequests(mark.waitMs);
    settleMark({ ctx, session, chatId }, mark);
    return { readSeq: mark.mark, unread: mark.unread };
  });

  return app;
};
