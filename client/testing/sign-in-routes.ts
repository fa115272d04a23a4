import {
  CODE_LENGTH,
  CODE_TTL_SECONDS,
  requestCode,
  verifyCode,
} from '../../src/contract/http/auth.ts';
import { ApiError } from '../../src/platform/errors.ts';
import { maskPhone, toE164 } from '../../src/platform/phone.ts';
import type { TestContext } from './context.ts';
import { createTestRouter } from './context.ts';

/** How long the token of a lost answer can be asked for again, in milliseconds. */
const AGAIN_MS = 30_000;

/** A code that was sent to a number. */
interface SentCode {
  readonly code: string;
  readonly requestId: string;
  readonly until: number;
  /** What it was exchanged for. */
  used?: { readonly token: string; readonly until: number };
}

/** The codes that were sent, by numbers. */
export type SentCodes = Map<string, SentCode>;

const parsePhone = (phone: string): string => {
  const parsed = toE164(phone, []);
  if (parsed === undefined) throw new ApiError('invalid_phone');
  return parsed;
};

const drawCode = (): string => {
  const [drawn = 0] = crypto.getRandomValues(new Uint32Array(1));
  return String(drawn % 10 ** CODE_LENGTH).padStart(CODE_LENGTH, '0');
};

/** The code that was sent to a number last, if it can still be used. */
export const findCode = (
  codes: SentCodes,
  { phone, now }: { readonly phone: string; readonly now: number },
): string | undefined => {
  const sent = codes.get(toE164(phone, []) ?? '');
  return sent && !sent.used && now < sent.until ? sent.code : undefined;
};

/** The routes of a sign-in by code: every number of Russia is linked. */
export const signInRoutes = (context: TestContext, codes: SentCodes) => {
  const { app, route } = createTestRouter(context);
  const { clock, people } = context;

  route(requestCode, ({ body }) => {
    const phone = parsePhone(body.phone);
    const requestId = crypto.randomUUID();
    const until = clock.now() + CODE_TTL_SECONDS * 1_000;
    codes.set(phone, { code: drawCode(), requestId, until });
    return { ok: true, masked: maskPhone(phone), ttlSeconds: CODE_TTL_SECONDS, requestId };
  });

  route(verifyCode, ({ ctx, body }) => {
    const phone = parsePhone(body.phone);
    const sent = codes.get(phone);
    const now = clock.now();
    if (sent?.code !== body.code) throw new ApiError('wrong_code');
    if (sent.used) {
      const isAgain = sent.requestId === body.requestId && now < sent.used.until;
      if (!isAgain) throw new ApiError('wrong_code');
      return { ok: true, token: sent.used.token };
    }
    if (now >= sent.until) throw new ApiError('wrong_code');
    const { token } = people.signIn(people.withPhone(phone), 'code', ctx.client.device);
    sent.used = { token, until: now + AGAIN_MS };
    return { ok: true, token };
  });

  return app;
};
