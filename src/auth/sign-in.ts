import { ApiError, StoreError } from '../errors.ts';
import type { Services } from '../services.ts';
import { signToken } from '../session/token.ts';
import { codeMac } from './code.ts';
import type { Attempt } from './store.ts';
import { checkCode, findOrCreateUser, voidCheck } from './store.ts';
import type { Later } from './undo.ts';
import { undoUntilHeard } from './undo.ts';

/** A phone number and a code that somebody claims to have been sent. */
export interface Claim extends Pick<Attempt, 'phone' | 'requestId' | 'id' | 'address'> {
  readonly code: string;
}

/**
 * Signs in with a phone number and its code: one round trip to Redis, and one to Postgres for a new user.
 *
 * @returns the token
 * @throws {ApiError} `wrong_code`, `too_many_requests`
 * @throws {StoreError} when a store failed; the code can then be used again
 */
export const signIn = async (services: Services, claim: Claim, later: Later): Promise<string> => {
  const { settings, redis, db, now } = services;
  const { phone, code } = claim;
  const previousSecret = settings.CODE_SECRET_PREVIOUS;
  const attempt: Attempt = {
    ...claim,
    mac: await codeMac(settings.CODE_SECRET, phone, code),
    previousMac: previousSecret && (await codeMac(previousSecret, phone, code)),
    now: now(),
  };
  const takeBack = () => voidCheck(redis, claim, now());
  const takeBackLater = () => later('auth.check_not_voided', () => undoUntilHeard(takeBack));

  const checked = await checkCode(redis, settings, attempt).catch((error) => {
    // Nobody knows whether Redis has used the code up.
    takeBackLater();
    throw error;
  });
  switch (checked.outcome) {
    case 'wait':
      throw new ApiError('too_many_requests', Math.ceil(checked.waitMs / 1000));
    case 'wrong':
      throw new ApiError('wrong_code');
    case 'voided':
      throw new StoreError('redis', 'verify-code', new Error('Arrived too late'));
    case 'ok': {
      const userId =
        checked.userId ??
        (await findOrCreateUser(db, phone, crypto.randomUUID()).catch(async (error) => {
          // Before the answer, so that the client's next try succeeds.
          await takeBack().catch(takeBackLater);
          throw error;
        }));
      return signToken(settings.JWT_SECRET, userId, checked.signedInAt);
    }
  }
};
