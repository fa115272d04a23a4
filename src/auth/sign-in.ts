import type { Device } from '../contract/http/sessions.ts';
import { ApiError, arrivedAfterVoid, StoreError, tooManyRequests } from '../platform/errors.ts';
import type { RequestContext } from '../platform/http/request-context.ts';
import { sha256 } from '../platform/random.ts';
import { undoWithRetries } from '../platform/retry.ts';
import { alertSignIn } from '../session/alert.ts';
import { disconnectSessions } from '../session/disconnect.ts';
import { formatSessionRecord } from '../session/record.ts';
import type { Services } from '../session/services.ts';
import { createSid, jwtSecretsOf, signToken } from '../session/token.ts';
import { hashCode } from './code.ts';
import { usedLink, useLink, voidLink } from './link-store.ts';
import type { Attempt, SignIn } from './store.ts';
import { checkCode, findOrCreateUser, moveSession, usedCode, voidCheck } from './store.ts';

/** A phone number, its code, and the id of the request that sent the code, if the client has it. */
type CodeClaim = Pick<Attempt, 'phone' | 'requestId'> & { readonly code: string };

/**
 * Signs in with a phone number and its code: one round trip to Redis, and one to Postgres for a
 * new user [A10].
 *
 * @returns the token of the session
 * @throws {ApiError} `wrong_code`, `too_many_requests`
 * @throws {StoreError} when a store failed; the code can then be used again [A12]
 */
export const signInByCode = async (
  ctx: RequestContext,
  services: Services,
  claim: CodeClaim,
): Promise<string> => {
  const { settings, redis } = services;
  const { phone, code, requestId } = claim;
  const previousSecret = settings.CODE_SECRET_PREVIOUS;
  const attempt: Attempt = {
    phone,
    requestId,
    id: ctx.client.requestId,
    address: ctx.client.address,
    mac: await hashCode(settings.CODE_SECRET, phone, code),
    previousMac: previousSecret && (await hashCode(previousSecret, phone, code)),
    now: ctx.now(),
    session: newSession('code', ctx.client.device),
  };
  const method = { usedKey: usedCode(phone), undo: () => voidCheck(redis, attempt, ctx.now()) };
  const checked = await undoIfUnanswered(ctx, method, checkCode(redis, settings, attempt));
  switch (checked.outcome) {
    case 'wait':
      throw tooManyRequests(checked.waitMs);
    case 'wrong':
      throw new ApiError('wrong_code');
    case 'voided':
      throw arrivedAfterVoid('verify-code');
    case 'ok':
      return finishSignIn(ctx, services, { asked: attempt.now, method, signIn: checked });
  }
};

/**
 * Signs in with the link that came in place of digits [A25]: one round trip to Redis, and one to
 * Postgres when Redis does not know the user.
 *
 * @param given `token` as the link has it
 * @returns the token of the session
 * @throws {ApiError} `invalid_link`
 * @throws {StoreError} when a store failed; the link can then be used again [A12]
 */
export const signInByLink = async (
  ctx: RequestContext,
  services: Services,
  given: { readonly token: string },
): Promise<string> => {
  const { redis } = services;
  const attempt = {
    linkHash: await sha256(given.token),
    id: ctx.client.requestId,
    now: ctx.now(),
    session: newSession('link', ctx.client.device),
  };
  const method = { usedKey: usedLink(attempt.linkHash), undo: () => voidLink(redis, attempt) };
  const used = await undoIfUnanswered(ctx, method, useLink(redis, attempt));
  if (used.outcome === 'wrong') throw new ApiError('invalid_link');
  if (used.outcome === 'voided') throw arrivedAfterVoid('verify-link');
  return finishSignIn(ctx, services, { asked: attempt.now, method, signIn: used });
};

const newSession = (method: 'code' | 'link', device: Device) => ({
  sid: createSid(),
  newUserId: crypto.randomUUID(),
  record: formatSessionRecord(method, device),
});

/** A way to sign in: the key of what it uses up, and how to undo that. */
interface SignInMethod {
  readonly usedKey: string;
  undo(): Promise<void>;
}

const scheduleUndo = (ctx: RequestContext, { undo }: SignInMethod) =>
  ctx.defer('auth.check_not_voided', () => undoWithRetries(undo));

/**
 * Awaits Redis; when the answer is lost, schedules the undo, since the code may or may not be used
 * up.
 */
const undoIfUnanswered = <Answer>(
  ctx: RequestContext,
  method: SignInMethod,
  answer: Promise<Answer>,
): Promise<Answer> =>
  answer.catch((error) => {
    scheduleUndo(ctx, method);
    throw error;
  });

/** A sign-in whose phone number is proved, and the method that proved it when it was `asked`. */
interface ProvedSignIn {
  readonly asked: number;
  readonly method: SignInMethod;
  readonly signIn: SignIn;
}

/** Finds or makes the user if Redis knew none, signs the token, and tells the user's Telegram. */
const finishSignIn = async (
  ctx: RequestContext,
  services: Services,
  { asked, method, signIn }: ProvedSignIn,
): Promise<string> => {
  const { settings, redis, db, sessions } = services;
  const { sid, newUserId, phone, signedInAt, chat, ended } = signIn;
  const findUser = async () => {
    const userId = await findOrCreateUser(db, phone, newUserId);
    const { usedKey } = method;
    if (userId !== newUserId) await moveSession(redis, { sid, newUserId, usedKey, userId });
    return userId;
  };
  const undoNow = async (error: unknown) => {
    // When Redis is what failed, the client has waited for it already.
    if (error instanceof StoreError && error.store === 'redis') scheduleUndo(ctx, method);
    // Undone before the answer, so that the client's next try succeeds.
    else await method.undo().catch(() => scheduleUndo(ctx, method));
    throw error;
  };
  const userId = signIn.userId ?? (await findUser().catch(undoNow));
  const token = await signToken(jwtSecretsOf(settings), { userId, sid }, signedInAt);
  sessions.remember({ sid }, asked);
  // A user who has just been made has no chat, since a link makes its user.
  const hasNoChat = signIn.userId === undefined && userId === newUserId;
  const link = chat.known || hasNoChat ? { phone, chat: { ...chat, known: true } } : undefined;
  disconnectSessions(ctx, services, { userId, sids: ended });
  const alert = { userId, sid, at: signedInAt, device: ctx.client.device, link };
  ctx.defer('session.not_told', () => alertSignIn(ctx, services, alert));
  return token;
};
