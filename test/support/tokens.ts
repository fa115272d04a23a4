import { SignJWT } from 'jose';
import { stack } from './stack.ts';

/** A token as the legacy server issued them: it knows no session. */
export const legacyToken = (
  userId: string,
  { secret = String(stack.settings.JWT_SECRET), issuedAt = Math.floor(Date.now() / 1000) } = {},
): Promise<string> =>
  new SignJWT({ userId })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + 30 * 86_400)
    .sign(new TextEncoder().encode(secret));
