import type { Held } from '../../party/wire/messages.ts';
import { ApiError } from '../platform/errors.ts';

/** Another call of this user, or another device of theirs, is in the way: with all that is known of it. */
export const otherCall = (
  code: 'in_call' | 'answered_elsewhere',
  held: Held | undefined,
  asking: string,
): ApiError => {
  const error = new ApiError(code);
  if (!held) return error;
  const { device, ...rest } = held;
  error.inCall = { ...rest, here: device === asking };
  return error;
};
