import type { Context } from 'hono';
import {
  CODE_LENGTH,
  CODE_TTL_SECONDS,
  requestCode,
  sendSms,
  verifyCode,
  verifyLink,
} from '../contract/http/auth.ts';
import { ApiError } from '../platform/errors.ts';
import { clientAddress } from '../platform/http/address.ts';
import { background } from '../platform/http/background.ts';
import type { AppEnv } from '../platform/http/context.ts';
import { deviceOf } from '../platform/http/device.ts';
import { createRouter } from '../platform/http/router.ts';
import { maskPhone, toE164 } from '../platform/phone.ts';
import type { Services } from '../session/services.ts';
import { sendCode } from './send-code.ts';
import { signInByCode, signInByLink } from './sign-in.ts';

const clientOf = (c: Context<AppEnv>) => ({
  id: c.get('requestId'),
  address: clientAddress(c),
  device: deviceOf(c),
});

const around = (c: Context<AppEnv>) => ({ log: c.get('log'), later: background(c) });

/** Signing in by phone number and code. */
export const authRoutes = (services: Services) => {
  const { settings } = services;
  const { app, route } = createRouter(services);

  const phoneOf = (given: string): string => {
    const phone = toE164(given, settings.PHONE_COUNTRIES);
    if (!phone) throw new ApiError('invalid_phone');
    return phone;
  };

  route(requestCode, async ({ c, body }) => {
    const phone = phoneOf(body.phone);
    const requestId = c.get('requestId');
    const asked = { phone, requestId, address: clientAddress(c) };
    const code = await sendCode(services, c.get('log'), asked, background(c));
    return {
      ok: true,
      masked: maskPhone(phone),
      ttlSeconds: CODE_TTL_SECONDS,
      requestId,
      ...(settings.DEBUG_CODE && code !== undefined && { debugCode: code }),
    };
  });

  route(verifyCode, async ({ c, body }) => {
    const claim = { ...body, phone: phoneOf(body.phone) };
    // It can be nobody's code, so it is nobody's guess.
    if (body.code.length !== CODE_LENGTH) throw new ApiError('wrong_code');
    return { ok: true, token: await signInByCode(services, clientOf(c), claim, around(c)) };
  });

  route(verifyLink, async ({ c, body }) => ({
    ok: true,
    token: await signInByLink(services, clientOf(c), body.token, around(c)),
  }));

  route(sendSms, () => {
    throw new ApiError('sms_unavailable');
  });

  return app;
};
