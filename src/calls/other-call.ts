import type { HeldCall } from '../../party/wire/messages.ts';
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
