import type { ErrorCode, Language } from './contract/errors.ts';
import { ERRORS } from './contract/errors.ts';

const UNITS = { ru: { s: 'сек.', m: 'мин.', h: 'ч.' }, en: { s: 's', m: 'min', h: 'h' } } as const;

/** A duration for people: up to two minutes in seconds, up to two hours in minutes, then in hours; rounded up. */
export const formatWait = (seconds: number, language: Language): string => {
  const unit = UNITS[language];
  if (seconds <= 120) return `${Math.ceil(seconds)} ${unit.s}`;
  if (seconds <= 7_200) return `${Math.ceil(seconds / 60)} ${unit.m}`;
  return `${Math.ceil(seconds / 3_600)} ${unit.h}`;
};

/** The message of an error, for people. */
export const messageOf = (code: ErrorCode, language: Language, retryAfterSeconds = 0): string =>
  ERRORS[code].text[language].replace('{wait}', formatWait(retryAfterSeconds, language));
