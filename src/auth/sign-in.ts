import type { Device } from '../contract/http/sessions.ts';
import { ApiError, arrivedAfterVoid, StoreError, tooManyRequests } from '../platform/errors.ts';
import { sha256 } from '../platform/random.ts';
import type { Around } from '../platform/retry.ts';
import { undoWithRetries } from '../platform/retry.ts';
import { alertSignIn } from '../session/alert.ts';
import { sessionRecord } from '../session/record.ts';
import type { Services } from '../session/services.ts';
import { closeSockets } from '../session/sockets.ts';
import { jwtSecrets, newSid, signToken } from '../session/token.ts';
import { codeMac } from './code.ts';
import type { Attempt, SignIn } from './store.ts';
import {
  checkCode,
  findOrCreateUser,
  moveSession,
  usedCode,
  usedLink,
  useLink,
  voidCheck,
  voidLink,
} from './store.ts';

/** Who tries to sign in. */
export interface Client {
  /** Names this very try. */
  readonly id: string;
  readonly address: string;
  readonly device: Device;
}

/**
 * Signs in with a phone number and its code: one round trip to Redis, and one to Postgres for a new user.
 *
 * @returns the token
 * @throws {ApiError} `wrong_code`, `too_many_requests`
 * @throws {StoreError} when a store failed; the code can then be used again
 */
export const signInByCode = async (
  services: Services,
  client: Client,
  claim: Pick<Attempt, 'phone' | 'requestId'> & { readonly code: string },
  around: Around,
): Promise<string> => {
  const { settings, redis, now } = services;
  const { phone, code, requestId } = claim;
  const previousSecret = settings.CODE_SECRET_PREVIOUS;
  const attempt: Attempt = {
    phone,
    requestId,
    id: client.id,
    address: client.address,
    mac: await codeMac(settings.CODE_SECRET, phone, code),
    previousMac: previousSecret && (await codeMac(previousSecret, phone, code)),
    now: now(),
    session: newSession('code', client.device),
  };
  const way = { used: usedCode(phone), takeBack: () => voidCheck(redis, attempt, now()) };
  const checked = await heard(around, way, checkCode(redis, settings, attempt));
  switch (checked.outcome) {
    case 'wait':
      throw tooManyRequests(checked.waitMs);
    case 'wrong':
      throw new ApiError('wrong_code');
    case 'voided':
      throw arrivedAfterVoid('verify-code');
    case 'ok':
      return complete(services, client, way, checked, around);
  }
};

/**
 * Signs in with the link that came in place of digits: one round trip to Redis, and one to Postgres when Redis does not know the user.
 *
 * @param token as the link has it
 * @returns the token of the session
 * @throws {ApiError} `invalid_link`
 * @throws {StoreError} when a store failed; the link can then be used again
 */
export const signInByLink = async (
  services: Services,
  client: Client,
  token: string,
  around: Around,
): Promise<string> => {
  const { redis, now } = services;
  const attempt = {
    linkHash: await sha256(token),
    id: client.id,
    now: now(),
    session: newSession('link', client.device),
  };
  const way = { used: usedLink(attempt.linkHash), takeBack: () => voidLink(redis, attempt) };
  const used = await heard(around, way, useLink(redis, attempt));
  if (used.outcome === 'wrong') throw new ApiError('invalid_link');
  if (used.outcome === 'voided') throw arrivedAfterVoid('verify-link');
  return complete(services, client, way, used, around);
};

const newSession = (method: 'code' | 'link', device: Device) => ({
  sid: newSid(),
  newUserId: crypto.randomUUID(),
  record: sessionRecord(method, device),
});

/** How somebody signs in: what it uses up, and how to take that back. */
interface Way {
  readonly used: string;
  takeBack(): Promise<void>;
}

const takeBackLater = ({ later }: Around, { takeBack }: Way) =>
  later('auth.check_not_voided', () => undoWithRetries(takeBack));

/** What Redis said. When it said nothing, nobody knows whether it has used the code up. */
const heard = <Said>(around: Around, way: Way, answer: Promise<Said>): Promise<Said> =>
  answer.catch((error) => {
    takeBackLater(around, way);
    throw error;
  });

/** What follows once the phone is proved: the user, if Redis knew none; the token; and word to the user's Telegram. */
const complete = async (
  services: Services,
  { device }: Client,
  way: Way,
  signedIn: SignIn,
  around: Around,
): Promise<string> => {
  const { settings, redis, db, sessions } = services;
  const { sid, newUserId, phone, signedInAt, chat, ended } = signedIn;
  const findUser = async () => {
    const userId = await findOrCreateUser(db, phone, newUserId);
    if (userId !== newUserId) await moveSession(redis, way.used, signedIn, userId);
    return userId;
  };
  const userId =
    signedIn.userId ??
    (await findUser().catch(async (error) => {
      // Before the answer, so that the client's next try succeeds; unless it is Redis that fails, and the client has waited for it already.
      if (error instanceof StoreError && error.store === 'redis') takeBackLater(around, way);
      else await way.takeBack().catch(() => takeBackLater(around, way));
      throw error;
    }));
  const token = await signToken(jwtSecrets(settings), { userId, sid }, signedInAt);
  sessions.remember({ sid });
  // A user who has just been made has no chat: links make their users.
  const hasNone = signedIn.userId === undefined && userId === newUserId;
  const link = chat.known || hasNone ? { phone, chat: { ...chat, known: true } } : undefined;
  closeSockets(services, around.later, userId, ended);
  const alert = { userId, sid, at: signedInAt, device, link };
  around.later('session.not_told', () => alertSignIn(services, around.log, alert));
  return token;
};
