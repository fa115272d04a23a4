import { Hono } from 'hono';
import { createMiddleware } from 'hono/factory';
import { timingSafeEqual } from 'hono/utils/buffer';
import { toE164 } from '../auth/phone.ts';
import { linkTelegram } from '../contract/telegram.ts';
import { ApiError } from '../errors.ts';
import { answer } from '../http/answer.ts';
import { accept, jsonBody } from '../http/body.ts';
import type { AppEnv } from '../http/context.ts';
import type { Services } from '../services.ts';
import { linkPhone, rememberPhone } from './store.ts';

/** Lets only the bot in, before anything else is looked at. Without a configured secret nobody gets in. */
const requireLinkSecret = (configured: string | undefined) =>
  createMiddleware<AppEnv>(async function requireLinkSecret(c, next) {
    const given = c.req.header('X-Link-Secret') ?? (await jsonBody(c)).secret;
    const matches = configured !== undefined && typeof given === 'string' && (await timingSafeEqual(given, configured));
    if (!matches) throw new ApiError('forbidden');
    await next();
  });

/** Linking of Telegram chats by other bots. */
export const telegramRoutes = ({ settings, db, redis }: Services) =>
  new Hono<AppEnv>().post(
    linkTelegram.path,
    requireLinkSecret(settings.TELEGRAM_LINK_SECRET),
    accept(linkTelegram),
    async (c) => {
      const { phone: given, chatId } = c.req.valid('json');
      const phone = toE164(given, settings.PHONE_COUNTRIES);
      if (!phone || !chatId) throw new ApiError('link_fields_required');
      const known = await linkPhone(db, phone, chatId, crypto.randomUUID());
      await rememberPhone(redis, phone, known, 'written');
      return answer(c, linkTelegram, { ok: true });
    },
  );
