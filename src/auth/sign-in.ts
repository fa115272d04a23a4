import { ApiError, StoreError } from '../errors.ts';
import type { Services } from '../services.ts';
import { signToken } from '../session/token.ts';
import { codeMac } from './code.ts';
import type { Attempt } from './store.ts';
import { checkCode, findOrCreateUser, voidCheck } from './store.ts';

/** When to try to take an unanswered check back, in milliseconds after one another. */
const VOID_AFTER_MS = [0, 1_000, 3_000];

/** A phone number and a code that somebody claims to have been sent. */
export interface Claim extends Pick<Attempt, 'phone' | 'requestId' | 'id' | 'address'> {
  readonly code: string;
}

/**
 * Signs in with a phone number and its code: one round trip to Redis, and one to Postgres for a new user.
 *
 * @param later does work behind the answer
 * @returns the token
 * @throws {ApiError} `wrong_code`, `too_many_requests`
 * @throws {StoreError} when a store failed; the code can then be used again
 */
export const signIn = async (
  services: Services,
  claim: Claim,
  later: (work: () => Promise<void>) => void,
): Promise<string> => {
  const { settings, redis, db, now } = services;
  const { phone, code, id } = claim;
  const previousSecret = settings.CODE_SECRET_PREVIOUS;
  const attempt: Attempt = {
    ...claim,
    mac: await codeMac(settings.CODE_SECRET, phone, code),
    previousMac: previousSecret && (await codeMac(previousSecret, phone, code)),
    now: now(),
  };

  const checked = await checkCode(redis, settings, attempt).catch((error) => {
    // Nobody knows whether Redis has used the code up.
    later(() => voidUntilHeard(services, phone, id));
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
          await voidCheck(redis, phone, id, now()).catch(() => later(() => voidUntilHeard(services, phone, id)));
          throw error;
        }));
      return signToken(settings.JWT_SECRET, userId, checked.signedInAt);
    }
  }
};

const voidUntilHeard = async ({ redis, now }: Services, phone: string, attemptId: string): Promise<void> => {
  let failure: unknown;
  for (const pause of VOID_AFTER_MS) {
    await new Promise((resolve) => setTimeout(resolve, pause));
    try {
      return await voidCheck(redis, phone, attemptId, now());
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
};
