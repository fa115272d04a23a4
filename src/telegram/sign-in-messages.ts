import type { Language, Text } from '../contract/errors.ts';
import { CODE_TTL_SECONDS } from '../contract/http/auth.ts';
import type { Device } from '../contract/http/sessions.ts';
import { formatWait } from '../platform/messages.ts';

const MINUTES = CODE_TTL_SECONDS / 60;

/** The message with the code [A16]. */
export const codeMessage = (code: string): Text => ({
  ru:
    `Ваш код для входа в AIST: ${code}\n\n` +
    `Код действителен ${MINUTES} минут. Никому не сообщайте код.`,
  en:
    `Your AIST sign-in code: ${code}\n\n` +
    `It is valid for ${MINUTES} minutes. Do not tell it to anyone.`,
});

/** The message in place of a code when the number's wrong codes are spent: a sign-in link [A24]. */
export const linkMessage = (link: string): Text => ({
  ru:
    'Для вашего номера слишком часто вводили неверный код, поэтому вместо кода — ссылка для ' +
    'входа:\n' +
    `${link}\n\n` +
    `Ссылка действует ${MINUTES} минут и только один раз. Никому её не пересылайте: кто её ` +
    'откроет, войдёт в ваш аккаунт.',
  en:
    'Too many wrong codes were entered for your number, so here is a sign-in link in place of ' +
    'a code:\n' +
    `${link}\n\n` +
    `It works once, for ${MINUTES} minutes. Do not pass it on: whoever opens it is signed in ` +
    'as you.',
});

/** The message in place of that link where no APP_URL is set for it to lead to. */
export const noCodeMessage = (waitSeconds: number): Text => ({
  ru:
    'Для вашего номера слишком часто вводили неверный код, поэтому мы пока не присылаем новых. ' +
    `Запросите код через ${formatWait(waitSeconds, 'ru')}\n\n` +
    'Если код вводили не вы, ничего делать не нужно: без кода войти нельзя.',
  en:
    'Too many wrong codes were entered for your number, so we send no new ones for now. Ask ' +
    `for a code in ${formatWait(waitSeconds, 'en')}.\n\n` +
    'If that was not you, there is nothing to do: nobody gets in without a code.',
});

/** Formats for Moscow time that were made already: making one costs far more than using it. */
const timeFormats = new Map<Language, Intl.DateTimeFormat>();

const formatMoscowTime = (language: Language, at: number): string => {
  const known = timeFormats.get(language);
  if (known) return known.format(at);
  const options = { dateStyle: 'medium', timeStyle: 'short', timeZone: 'Europe/Moscow' } as const;
  const made = new Intl.DateTimeFormat(language, options);
  timeFormats.set(language, made);
  return made.format(at);
};

const placeOf = ({ city, country }: Device, language: Language): string => {
  const name =
    country && new Intl.DisplayNames(language, { type: 'region', fallback: 'none' }).of(country);
  return [city, name].filter(Boolean).join(', ');
};

/**
 * The message about a new sign-in: client, place, and Moscow time [A40].
 *
 * @param at the time of the sign-in in milliseconds since 1970
 */
export const alertMessage = (device: Device, at: number): Text => {
  const describe = (language: Language, unknown: string) => {
    const client = [device.browser, device.system].filter(Boolean).join(', ');
    const time = formatMoscowTime(language, at);
    const where = [client || unknown, placeOf(device, language)].filter(Boolean).join(' · ');
    return `${where}\n${time}`;
  };
  // Only the language of the chat is made: both cost a tenth of a sign-in.
  return {
    get ru() {
      return (
        'Новый вход в ваш аккаунт AIST:\n' +
        `${describe('ru', 'неизвестное устройство')} (МСК)\n\n` +
        'Если это не вы, нажмите кнопку: этот вход будет закрыт.'
      );
    },
    get en() {
      return (
        'New sign-in to your AIST account:\n' +
        `${describe('en', 'unknown device')} (Moscow time)\n\n` +
        'If this was not you, press the button: it will be signed out.'
      );
    },
  };
};

/** The button under {@link alertMessage} that ends the session. */
export const NOT_ME: Text = { ru: 'Это не я', en: "This wasn't me" };
