import type { Context } from 'hono';
import { Hono } from 'hono';
import { CODE_TTL_SECONDS, requestCode, sendSms, verifyCode } from '../contract/auth.ts';
import { ApiError } from '../errors.ts';
import { clientAddress } from '../http/address.ts';
import { answer } from '../http/answer.ts';
import { background } from '../http/background.ts';
import { accept } from '../http/body.ts';
import type { AppEnv } from '../http/context.ts';
import type { Services } from '../services.ts';
import { codeMessage, deliver, noCodeMessage } from '../telegram/deliver.ts';
import { codeMac, randomCode } from './code.ts';
import { maskPhone, toE164 } from './phone.ts';
import { signIn } from './sign-in.ts';
import { storeCode } from './store.ts';

/** Signing in by phone number and code. */
export const authRoutes = (services: Services) => {
  const { settings, redis, now } = services;

  const phoneOf = (given: string): string => {
    const phone = toE164(given, settings.PHONE_COUNTRIES);
    if (!phone) throw new ApiError('invalid_phone');
    return phone;
  };

  return new Hono<AppEnv>()
    .post(requestCode.path, accept(requestCode), async (c) => {
      const phone = phoneOf(c.req.valid('json').phone);
      const requestId = c.get('requestId');
      const code = randomCode();
      const mac = await codeMac(settings.CODE_SECRET, phone, code);
      const stored = await storeCode(redis, settings, { phone, mac, requestId, address: clientAddress(c), now: now() });
      const waitSeconds = Math.ceil(stored.waitMs / 1000);
      if (stored.outcome === 'wait') throw new ApiError('too_many_requests', waitSeconds);

      const text = stored.outcome === 'stored' ? codeMessage(code) : noCodeMessage(waitSeconds);
      background(c, 'telegram.not_delivered', () => deliver(services, c.get('log'), phone, stored.hint, text));
      return answer(c, requestCode, {
        ok: true,
        masked: maskPhone(phone),
        ttlSeconds: CODE_TTL_SECONDS,
        requestId,
        ...(settings.DEBUG_CODE && stored.outcome === 'stored' && { debugCode: code }),
      });
    })
    .post(verifyCode.path, accept(verifyCode), async (c) => {
      const { phone, code, requestId } = c.req.valid('json');
      const claim = { phone: phoneOf(phone), code, requestId, id: c.get('requestId'), address: clientAddress(c) };
      const token = await signIn(services, claim, (work) => background(c, 'auth.not_voided', work));
      return answer(c, verifyCode, { ok: true, token });
    })
    .post(sendSms.path, (_: Context) => {
      throw new ApiError('sms_unavailable');
    });
};
