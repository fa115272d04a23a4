import type { Text } from '../contract/errors.ts';
import type { Profile } from '../contract/inbox-room.ts';

/**
 * A name as it may stand in a message of ours: on one line, and nothing that Telegram would make a link of, since the caller chose it. A username comes
 * without `@`, which would lead to whoever has it in Telegram.
 */
const harmless = (name: string): string =>
  name
    .replace(/[.:/@](?=\S)/g, '$& ')
    .replace(/[\s\p{C}]+/gu, ' ')
    .trim();

/** Word of a missed call. */
export const missedMessage = (caller: Omit<Profile, 'user'>, video: boolean): Text => {
  const name = harmless(caller.displayName) || caller.username;
  return {
    ru: `Пропущенный ${video ? 'видеозвонок' : 'звонок'} от ${name || 'пользователя AIST'}`,
    en: `Missed ${video ? 'video call' : 'call'} from ${name || 'an AIST user'}`,
  };
};
