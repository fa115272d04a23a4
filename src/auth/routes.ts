import {
  CODE_LENGTH,
  CODE_TTL_SECONDS,
  requestCode,
  sendSms,
  verifyCode,
  verifyLink,
} from '../contract/http/auth.ts';
import { ApiError } from '../platform/errors.ts';
import { createRouter } from '../platform/http/router.ts';
import { maskPhone, toE164 } from '../platform/phone.ts';
import type { Services } from '../session/services.ts';
import { sendCode } from './send-code.ts';
import { signInByCode, signInByLink } from './sign-in.ts';

/** The routes of signing in by phone number and code. */
export const authRoutes = (services: Services) => {
  const { settings } = services;
  const { app, route } = createRouter(services);

  const parsePhone = (given: string): string => {
    const phone = toE164(given, settings.PHONE_COUNTRIES);
    if (!phone) throw new ApiError('invalid_phone');
    return phone;
  };

  route(requestCode, async ({ ctx, body }) => {
    const phone = parsePhone(body.phone);
    const code = await sendCode(ctx, services, phone);
    return {
      ok: true,
      masked: maskPhone(phone),
      ttlSeconds: CODE_TTL_SECONDS,
      requestId: ctx.client.requestId,
      ...(settings.TELEGRAM_BOT_URL !== undefined && { botUrl: settings.TELEGRAM_BOT_URL }),
      ...(settings.DEBUG_CODE && code !== undefined && { debugCode: code }),
    };
  });

  route(verifyCode, async ({ ctx, body }) => {
    const claim = { ...body, phone: parsePhone(body.phone) };
    // No code has this length, so it counts as no guess [A8].
    if (body.code.length !== CODE_LENGTH) throw new ApiError('wrong_code');
    return { ok: true, token: await signInByCode(ctx, services, claim) };
  });

  route(verifyLink, async ({ ctx, body }) => ({
    ok: true,
    token: await signInByLink(ctx, services, body),
  }));

  route(sendSms, () => {
    throw new ApiError('sms_unavailable');
  });

  return app;
};
