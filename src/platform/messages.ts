import type { ErrorCode, Language } from '../contract/errors.ts';
import { ERRORS } from '../contract/errors.ts';

const UNITS = { ru: { s: 'сек.', m: 'мин.', h: 'ч.' }, en: { s: 's', m: 'min', h: 'h' } } as const;

/** A duration for people: up to two minutes in seconds, up to two hours in minutes, then in hours; rounded up. */
export const formatWait = (seconds: number, language: Language): string => {
  const unit = UNITS[language];
  if (seconds <= 120) return `${Math.ceil(seconds)} ${unit.s}`;
  if (seconds <= 7_200) return `${Math.ceil(seconds / 60)} ${unit.m}`;
  return `${Math.ceil(seconds / 3_600)} ${unit.h}`;
};

/**
 * The message of an error, for people.
 *
 * @param language undefined = nobody asked for one: Russian, or what the original said in English
 */
export const messageOf = (code: ErrorCode, language?: Language, retryAfterSeconds = 0): string => {
  const { text } = ERRORS[code];
  if (language === undefined && 'legacy' in text) return text.legacy;
  const asked = language ?? 'ru';
  return text[asked].replace('{wait}', formatWait(retryAfterSeconds, asked));
};
