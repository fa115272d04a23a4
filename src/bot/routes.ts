import { createMiddleware } from 'hono/factory';
import { timingSafeEqual } from 'hono/utils/buffer';
import { linkTelegram, webhook } from '../contract/http/telegram.ts';
import { ApiError } from '../platform/errors.ts';
import { readJsonBody } from '../platform/http/body.ts';
import type { AppEnv } from '../platform/http/context.ts';
import { createRouter } from '../platform/http/router.ts';
import { fullToE164 } from '../platform/phone.ts';
import type { Services } from '../session/services.ts';
import { linkChat } from '../telegram/links.ts';
import { LINKED_ELSEWHERE } from '../telegram/texts.ts';
import { tellFormerChat } from './linking.ts';
import { receiveUpdate } from './receive.ts';

/**
 * Lets only the bots in that link chats, before anything else is looked at. Without a configured
 * secret nobody gets in.
 */
const requireLinkSecret = (configured: string | undefined) =>
  createMiddleware<AppEnv>(async function requireLinkSecret(c, next) {
    const given = c.req.header('X-Link-Secret') ?? (await readJsonBody(c))['secret'];
    const matches =
      configured !== undefined &&
      typeof given === 'string' &&
      (await timingSafeEqual(given, configured));
    if (!matches) throw new ApiError('forbidden');
    await next();
  });

/**
 * Lets only Telegram in, by the secret that the webhook was registered with [A41]. Without a
 * configured secret nobody gets in, and the log says so.
 */
const requireWebhookSecret = (configured: string | undefined) =>
  createMiddleware<AppEnv>(async function requireWebhookSecret(c, next) {
    if (configured === undefined) {
      c.get('log').error('misconfigured', { reason: 'TELEGRAM_WEBHOOK_SECRET is missing' });
      throw new ApiError('misconfigured');
    }
    const given = c.req.header('X-Telegram-Bot-Api-Secret-Token') ?? '';
    if (!(await timingSafeEqual(given, configured))) throw new ApiError('invalid_secret');
    await next();
  });

/** Serves the webhook of the bot, and the linking of Telegram chats by other bots. */
export const telegramRoutes = (services: Services) => {
  const { settings } = services;
  const { app, route } = createRouter(services);

  const requireLinkBot = requireLinkSecret(settings.TELEGRAM_LINK_SECRET);
  route(linkTelegram, requireLinkBot, async ({ ctx, body }) => {
    const phone = fullToE164(body.phone, settings.PHONE_COUNTRIES);
    const { chatId } = body;
    if (!phone || !chatId) throw new ApiError('link_fields_required');
    const link = { phone, chatId, language: null, proved: false };
    const { formerChat } = await linkChat(ctx, services, link);
    // A chat whose person never proved the number is told nothing: its bot moves its own link.
    if (formerChat?.proved) {
      tellFormerChat(ctx, services, { phone, formerChat, text: LINKED_ELSEWHERE });
    }
    return { ok: true };
  });

  const requireTelegram = requireWebhookSecret(settings.TELEGRAM_WEBHOOK_SECRET);
  route(webhook, requireTelegram, async ({ ctx, body }) => {
    await receiveUpdate(ctx, services, body);
    return { ok: true };
  });

  return app;
};
