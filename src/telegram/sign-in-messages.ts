import type { Language, Text } from '../contract/errors.ts';
import { CODE_TTL_SECONDS } from '../contract/http/auth.ts';
import type { Device } from '../contract/http/sessions.ts';
import { formatWait } from '../platform/messages.ts';

const MINUTES = CODE_TTL_SECONDS / 60;

/** The message with the code; in Russian to the letter of contract.md. */
export const codeMessage = (code: string): Text => ({
  ru: `Ваш код для входа в AIST: ${code}\n\nКод действителен ${MINUTES} минут. Никому не сообщайте код.`,
  en: `Your AIST sign-in code: ${code}\n\nIt is valid for ${MINUTES} minutes. Do not tell it to anyone.`,
});

/** The message in place of a code, when the number's budget of wrong codes is spent: a link that signs in once. */
export const linkMessage = (link: string): Text => ({
  ru: `Для вашего номера слишком часто вводили неверный код, поэтому вместо кода — ссылка для входа:\n${link}\n\nСсылка действует ${MINUTES} минут и только один раз. Никому её не пересылайте: кто её откроет, войдёт в ваш аккаунт.`,
  en: `Too many wrong codes were entered for your number, so here is a sign-in link in place of a code:\n${link}\n\nIt works once, for ${MINUTES} minutes. Do not pass it on: whoever opens it is signed in as you.`,
});

/** The same where there is no address that a link could lead to. */
export const noCodeMessage = (waitSeconds: number): Text => ({
  ru: `Для вашего номера слишком часто вводили неверный код, поэтому мы пока не присылаем новых. Запросите код через ${formatWait(waitSeconds, 'ru')}\n\nЕсли код вводили не вы, ничего делать не нужно: без кода войти нельзя.`,
  en: `Too many wrong codes were entered for your number, so we send no new ones for now. Ask for a code in ${formatWait(waitSeconds, 'en')}.\n\nIf that was not you, there is nothing to do: nobody gets in without a code.`,
});

const MOSCOW_TIME = { dateStyle: 'medium', timeStyle: 'short', timeZone: 'Europe/Moscow' } as const;

const placeOf = ({ city, country }: Device, language: Language): string => {
  const name =
    country && new Intl.DisplayNames(language, { type: 'region', fallback: 'none' }).of(country);
  return [city, name].filter(Boolean).join(', ');
};

/**
 * Word of a new sign-in: with what, where, when (Moscow time).
 *
 * @param at milliseconds since 1970
 */
export const alertMessage = (device: Device, at: number): Text => {
  const in_ = (language: Language, unknown: string) => {
    const client = [device.browser, device.system].filter(Boolean).join(', ');
    const time = new Intl.DateTimeFormat(language, MOSCOW_TIME).format(at);
    return [[client || unknown, placeOf(device, language)].filter(Boolean).join(' · '), time].join(
      '\n',
    );
  };
  return {
    ru: `Новый вход в ваш аккаунт AIST:\n${in_('ru', 'неизвестное устройство')} (МСК)\n\nЕсли это не вы, нажмите кнопку: этот вход будет закрыт.`,
    en: `New sign-in to your AIST account:\n${in_('en', 'unknown device')} (Moscow time)\n\nIf this was not you, press the button: it will be signed out.`,
  };
};

/** The button under {@link alertMessage}. */
export const NOT_ME: Text = { ru: 'Это не я', en: "This wasn't me" };
