import type { Text } from '../contract/errors.ts';
import type { Profile } from '../contract/sockets/inbox.ts';
import { toShownName, trimDisplayName } from '../profile/names.ts';

/**
 * Invisible characters that names need [H31]: joiners between letters of Sinhala, Persian, Hindi,
 * Malayalam or Mongolian, joiners between emoji, and the tags of flags such as Scotland's.
 */
const NEEDED = [
  String.raw`(?<=[\p{L}\p{M}])[\u200C\u200D\u180E](?=[\p{L}\p{M}])`,
  String.raw`(?<=\p{M})[\u200C\u200D]`,
  String.raw`(?<=[\p{ExtPict}\p{EMod}])\u200D(?=\p{ExtPict})`,
  String.raw`(?<=\p{ExtPict}\uFE0F?\p{EMod}?)[\u{E0020}-\u{E007E}]+\u{E007F}`,
];

/** Invisible characters, direction marks included: they would turn our own words round [H31]. */
const UNSEEN = new RegExp(String.raw`(${NEEDED.join('|')})|[\p{Cf}\p{Cs}]`, 'gu');

/** White space, and characters that look like it. */
const SPACE = /[\s\p{Cc}\p{Z}\u2800\u3164\uFFA0]+/gu;

/** Brings a name to one line and drops the harmful invisible characters. */
const toOneLine = (name: string): string => {
  const seen = name.replace(UNSEEN, '$1');
  return trimDisplayName(seen.replace(SPACE, ' '));
};

/**
 * Formats the name of a caller in a message; "" when no visible name is set. A username comes
 * without `@`, which would link to whoever has that name in Telegram [A47].
 */
export const formatCallerName = ({ displayName, username }: Omit<Profile, 'user'>): string =>
  toOneLine(toShownName(displayName)) || username;

/** Composes the message about a missed call. It ends with the caller's name, if there is one. */
export const composeMissedMessage = (caller: Omit<Profile, 'user'>, video: boolean): Text => {
  const name = formatCallerName(caller);
  return {
    ru: `Пропущенный ${video ? 'видеозвонок' : 'звонок'} от ${name || 'пользователя AIST'}`,
    en: `Missed ${video ? 'video call' : 'call'} from ${name || 'an AIST user'}`,
  };
};
