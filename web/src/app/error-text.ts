import type { AistError } from 'aist-client/index';
import { isAistError } from 'aist-client/index';
import { language, words } from './words.ts';

/** A time of day as people of the language write it. */
export const timeOfDay = (at: number): string =>
  new Intl.DateTimeFormat(language.get(), { timeStyle: 'short' }).format(at);

/** What to say of an error: its sentence, and when to try again if that is known. */
export const errorText = (error: unknown): string => {
  if (!isAistError(error)) return words.get().frame.failed;
  const { code, message, retryAt } = error as AistError;
  // The sentence about too many requests says by itself how long to wait.
  if (retryAt === undefined || code === 'too_many_requests') return message;
  return `${message}. ${words.get().frame.untilTime(timeOfDay(retryAt))}`;
};

/** How long ago something was, like `5 минут назад` or `yesterday`. */
export const timeAgo = (at: number, now = Date.now()): string => {
  const format = new Intl.RelativeTimeFormat(language.get(), { numeric: 'auto' });
  const seconds = Math.round((at - now) / 1_000);
  const steps = [
    ['day', 86_400],
    ['hour', 3_600],
    ['minute', 60],
  ] as const;
  for (const [unit, length] of steps)
    if (Math.abs(seconds) >= length) return format.format(Math.trunc(seconds / length), unit);
  return format.format(Math.trunc(seconds / 60), 'minute');
};
