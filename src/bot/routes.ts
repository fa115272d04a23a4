import { createMiddleware } from 'hono/factory';
import { timingSafeEqual } from 'hono/utils/buffer';
import { linkTelegram, webhook } from '../contract/http/telegram.ts';
import { ApiError } from '../platform/errors.ts';
import { background } from '../platform/http/background.ts';
import { readJsonBody } from '../platform/http/body.ts';
import type { AppEnv } from '../platform/http/context.ts';
import { createRouter } from '../platform/http/router.ts';
import { fullToE164 } from '../platform/phone.ts';
import type { Services } from '../session/services.ts';
import { logNotRemembered } from '../telegram/deliver.ts';
import { changePhone, linkPhone } from '../telegram/store.ts';
import { LINKED_ELSEWHERE } from '../telegram/texts.ts';
import { tellFormer } from './linking.ts';
import { receiveUpdate } from './receive.ts';

/** Lets only the bot in, before anything else is looked at. Without a configured secret nobody gets in. */
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

/** Lets only Telegram in, by the secret that the webhook was registered with. Without one configured it is closed, and says so. */
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

/** The webhook of the bot, and linking of Telegram chats by other bots. */
export const telegramRoutes = (services: Services) => {
  const { settings, db, redis } = services;
  const { app, route } = createRouter(services);

  route(linkTelegram, requireLinkSecret(settings.TELEGRAM_LINK_SECRET), async ({ c, body }) => {
    const phone = fullToE164(body.phone, settings.PHONE_COUNTRIES);
    const { chatId } = body;
    if (!phone || !chatId) throw new ApiError('link_fields_required');
    const link = () =>
      linkPhone(db, { phone, chatId, language: null, proved: false }, crypto.randomUUID());
    const log = c.get('log');
    const { left } = await changePhone(
      redis,
      { phone, onNotRemembered: logNotRemembered(log) },
      link,
    );
    // Where the person never proved the number, its bot only moves its own link.
    if (left?.proved) {
      const leaving = { phone, left, text: LINKED_ELSEWHERE };
      tellFormer(services, { log, later: background(c) }, leaving);
    }
    return { ok: true };
  });

  route(webhook, requireWebhookSecret(settings.TELEGRAM_WEBHOOK_SECRET), async ({ c, body }) => {
    await receiveUpdate(services, { log: c.get('log'), later: background(c) }, body);
    return { ok: true };
  });

  return app;
};
