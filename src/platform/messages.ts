import type { ErrorCode, Language } from '../contract/errors.ts';
import { ERRORS } from '../contract/errors.ts';

const UNITS = { ru: { s: 'сек.', m: 'мин.', h: 'ч.' }, en: { s: 's', m: 'min', h: 'h' } } as const;

/**
 * Formats a duration, rounded up: to 2 minutes in seconds, to 2 hours in minutes, then in hours.
 */
export const formatWait = (seconds: number, language: Language): string => {
  const unit = UNITS[language];
  if (seconds <= 120) return `${Math.ceil(seconds)} ${unit.s}`;
  if (seconds <= 7_200) return `${Math.ceil(seconds / 60)} ${unit.m}`;
  return `${Math.ceil(seconds / 3_600)} ${unit.h}`;
};

/**
 * Writes the message of an error, for people.
 *
 * @param language undefined = none was asked for: Russian, or the English text of the legacy server
 */
export const messageOf = (code: ErrorCode, language?: Language, retryAfterSeconds = 0): string => {
  const { text } = ERRORS[code];
  if (language === undefined && 'legacy' in text) return text.legacy;
  const asked = language ?? 'ru';
  return text[asked].replace('{wait}', formatWait(retryAfterSeconds, asked));
};
