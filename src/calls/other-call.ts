import type { HeldCall } from '../../party/wire/fields.ts';
import type { InviteAnswer } from '../../party/wire/invite.ts';
import { ApiError } from '../platform/errors.ts';

/**
 * Makes the error for a user who has another call, or the same one on another device; it names
 * that call [C33].
 *
 * @param asking the device that asks
 */
export const otherCallError = (
  code: 'in_call' | 'answered_elsewhere',
  held: HeldCall | undefined,
  asking: string,
): ApiError => {
  const error = new ApiError(code);
  if (!held) return error;
  const { device, ...rest } = held;
  error.inCall = { ...rest, here: device === asking };
  return error;
};

/** Why nobody was invited, as clients are told. */
const REFUSALS = {
  not_answered: 'call_not_answered',
  there: 'already_in_call',
  full: 'call_full',
  legacy: 'call_stays_of_two',
} as const;

/**
 * Throws what clients are told of an invitation that was refused.
 *
 * @param device the one that asks
 */
export const throwUnlessInvited = (answer: InviteAnswer, device: string): void => {
  if (answer.outcome === 'ok') return;
  if (answer.outcome === 'elsewhere')
    throw otherCallError('answered_elsewhere', answer.held, device);
  if (answer.outcome !== 'no_such_call') throw new ApiError(REFUSALS[answer.outcome]);
  const error = new ApiError('call_not_found');
  error.reason = answer.reason;
  throw error;
};
