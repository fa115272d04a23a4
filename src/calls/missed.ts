import type { Text } from '../contract/errors.ts';
import type { Profile } from '../contract/sockets/inbox.ts';
import { shownName, trimDisplayName } from '../profile/names.ts';

/**
 * What nobody sees and names need all the same: what joins or parts letters in Sinhala, Persian,
 * Hindi, Malayalam or Mongolian, what joins emoji to one, and the tags of flags such as Scotland's.
 */
const NEEDED = [
  String.raw`(?<=[\p{L}\p{M}])[\u200C\u200D\u180E](?=[\p{L}\p{M}])`,
  String.raw`(?<=\p{M})[\u200C\u200D]`,
  String.raw`(?<=[\p{ExtPict}\p{EMod}])\u200D(?=\p{ExtPict})`,
  String.raw`(?<=\p{ExtPict}\uFE0F?\p{EMod}?)[\u{E0020}-\u{E007E}]+\u{E007F}`,
];

/** What nobody sees, marks of direction among it: they would turn our own words round. */
const UNSEEN = new RegExp(String.raw`(${NEEDED.join('|')})|[\p{Cf}\p{Cs}]`, 'gu');

/** White space, and what only looks like it. */
const SPACE = /[\s\p{Cc}\p{Z}\u2800\u3164\uFFA0]+/gu;

/** A name on one line, as its owner wrote it, without what nobody sees and does harm. */
const toOneLine = (name: string): string => {
  const seen = name.replace(UNSEEN, '$1');
  return trimDisplayName(seen.replace(SPACE, ' '));
};

/**
 * The name of a caller, for a message of ours; "" when there is none that anybody could see. A
 * username comes without `@`, which would lead to whoever has it in Telegram.
 */
export const callerName = ({ displayName, username }: Omit<Profile, 'user'>): string =>
  toOneLine(shownName(displayName)) || username;

/** Word of a missed call. It ends with the caller's name, if there is one. */
export const missedMessage = (caller: Omit<Profile, 'user'>, video: boolean): Text => {
  const name = callerName(caller);
  return {
    ru: `Пропущенный ${video ? 'видеозвонок' : 'звонок'} от ${name || 'пользователя AIST'}`,
    en: `Missed ${video ? 'video call' : 'call'} from ${name || 'an AIST user'}`,
  };
};
