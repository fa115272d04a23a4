/** What the page of signing in says, in Russian. */
const ru = {
  title: 'Вход в AIST',
  lead: 'Сообщения и звонки. Код для входа приходит в Telegram.',
  phone: 'Номер телефона',
  phoneHint: '+7 999 123-45-67',
  next: 'Продолжить',
  codeTitle: 'Код из Telegram',
  codeSent: 'Он отправлен на номер {number}.',
  code: 'Шесть цифр',
  enter: 'Войти',
  change: 'Другой номер',
  again: 'Отправить ещё раз',
  againIn: 'Ещё раз можно через {time}',
  noCode: 'Кода нет? Возможно, номер ещё не привязан к Telegram.',
  bot: 'Открыть бота и поделиться номером',
  tries: 'Осталось попыток: {n}',
  noTries: 'Этот код больше не подходит. Попросите новый.',
  over: 'Код устарел. Попросите новый.',
  until: 'Попробуйте в {time}',
  qrTitle: 'Вход по QR-коду',
  step1: 'Откройте AIST на телефоне',
  step2: 'Настройки → «Войти на другом устройстве»',
  step3: 'Наведите камеру на код',
  qrAlt: 'QR-код для входа. Код для ввода: {code}',
  qrTyped: 'Без камеры введите там же: {code}',
  qrDenied: 'На телефоне вход отклонили.',
  qrAgain: 'Показать новый код',
  qrFailed: 'Кода пока нет: {why}',
  linkBusy: 'Вход по ссылке…',
  revoked: 'Вы вышли: сеанс завершён на другом устройстве.',
  expired: 'Сеанс закончился. Войдите снова.',
  offline: 'Нет соединения. Войти получится, когда оно появится.',
  light: 'Светлая тема',
  dark: 'Тёмная тема',
  other: 'English',
};

/** A word of the page. */
export type Word = keyof typeof ru;

const en: Record<Word, string> = {
  title: 'Sign in to AIST',
  lead: 'Messages and calls. The code to sign in comes in Telegram.',
  phone: 'Phone number',
  phoneHint: '+7 999 123-45-67',
  next: 'Continue',
  codeTitle: 'The code from Telegram',
  codeSent: 'It was sent to {number}.',
  code: 'Six digits',
  enter: 'Sign in',
  change: 'Another number',
  again: 'Send it again',
  againIn: 'Again in {time}',
  noCode: 'No code? The number may not be linked to Telegram yet.',
  bot: 'Open the bot and share the number',
  tries: 'Tries left: {n}',
  noTries: 'This code is used up. Ask for a new one.',
  over: 'The code has expired. Ask for a new one.',
  until: 'Try again at {time}',
  qrTitle: 'Sign in by QR code',
  step1: 'Open AIST on your phone',
  step2: 'Settings → “Sign in on another device”',
  step3: 'Point the camera at the code',
  qrAlt: 'QR code to sign in. The code to type: {code}',
  qrTyped: 'Without a camera type there: {code}',
  qrDenied: 'The sign-in was refused on the phone.',
  qrAgain: 'Show a new code',
  qrFailed: 'There is no code yet: {why}',
  linkBusy: 'Signing in by the link…',
  revoked: 'You were signed out from another device.',
  expired: 'The session has ended. Sign in again.',
  offline: 'No connection. You can sign in as soon as there is one.',
  light: 'Light theme',
  dark: 'Dark theme',
  other: 'Русский',
};

/** The words of the page, by language. */
export const WORDS = { ru, en } as const;

/** A language of the app. */
export type Language = keyof typeof WORDS;

/** Puts values into the places of a text. */
export const fill = (text: string, values: Readonly<Record<string, string | number>>): string =>
  text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''));
