import { CODE_TTL_SECONDS, requestCode, sendSms, verifyCode } from '../contract/auth.ts';
import { ApiError } from '../errors.ts';
import { clientAddress } from '../http/address.ts';
import { background } from '../http/background.ts';
import { createRouter } from '../http/router.ts';
import { maskPhone, toE164 } from '../phone.ts';
import type { Services } from '../services.ts';
import { sendCode } from './send-code.ts';
import { signIn } from './sign-in.ts';

/** Signing in by phone number and code. */
export const authRoutes = (services: Services) => {
  const { settings } = services;
  const { app, route } = createRouter(services);

  const phoneOf = (given: string): string => {
    const phone = toE164(given, settings.PHONE_COUNTRIES);
    if (!phone) throw new ApiError('invalid_phone');
    return phone;
  };

  route(requestCode)(async ({ c, body }) => {
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

  route(verifyCode)(async ({ c, body }) => {
    const { phone, code, requestId } = body;
    const claim = { phone: phoneOf(phone), code, requestId, id: c.get('requestId'), address: clientAddress(c) };
    return { ok: true, token: await signIn(services, claim, background(c)) };
  });

  route(sendSms)(() => {
    throw new ApiError('sms_unavailable');
  });

  return app;
};
