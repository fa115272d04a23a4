import type { Language, Text } from '../contract/errors.ts';

/* What the bot says, in every language that it speaks. Phone numbers are passed in masked. */

/**
 * Says which language to speak to a person.
 *
 * @param tag the language of their app (an IETF tag); without it they are spoken to in Russian
 */
export const languageOf = (tag: string | undefined): Language =>
  tag && !/^ru\b/i.test(tag) ? 'en' : 'ru';

/** The button that shares the person's own contact. */
export const SHARE: Text = { ru: 'Поделиться номером', en: 'Share my number' };

/** Greets a person whose chat has no number. */
export const WELCOME: Text = {
  ru:
    'Здравствуйте! Сюда приходят коды для входа в AIST.\n\n' +
    'Нажмите кнопку «Поделиться номером» под полем ввода, и коды для вашего номера будут ' +
    'приходить в этот чат.',
  en:
    'Hello! This is where your AIST sign-in codes arrive.\n\n' +
    'Press “Share my number” below the input field, and the codes for your number will come to ' +
    'this chat.',
};

/** Greets a person whose chat has a number. */
export const ALREADY = (phone: string): Text => ({
  ru:
    `Здравствуйте! В этот чат приходят коды для ${phone}.\n\n` +
    'Номер изменился: /phone\n' +
    'Отвязать номер: /unlink',
  en:
    `Hello! The codes for ${phone} arrive in this chat.\n\n` +
    'Your number has changed: /phone\n' +
    'Unlink the number: /unlink',
});

/** Says what to do when the number has changed. */
export const CHANGED = (phone: string): Text => ({
  ru:
    `Сейчас в этот чат приходят коды для ${phone}.\n\n` +
    'Если номер вашего Telegram изменился, нажмите «Поделиться номером»: аккаунт AIST перейдёт ' +
    'на новый номер, если у того ещё нет своего аккаунта.',
  en:
    `This chat is linked to ${phone}.\n\n` +
    'If the number of your Telegram has changed, press “Share my number”: your AIST account ' +
    'will get the new number, unless that has an account of its own.',
});

/** Says that the number is linked. */
export const LINKED = (phone: string): Text => ({
  ru: `Готово! Коды для номера ${phone} теперь приходят сюда.`,
  en: `Done! The codes for ${phone} now arrive here.`,
});

/** Says what to do when no code waited for the link. */
export const ASK_FOR_CODE: Text = {
  ru: 'Вернитесь в AIST и запросите код.',
  en: 'Go back to AIST and ask for a code.',
};

/** Says that the account of the former number has the new one. */
export const MOVED = (phone: string, former: string): Text => ({
  ru:
    `Готово! Ваш аккаунт AIST перешёл с номера ${former} на ${phone}, входить заново не ` +
    'нужно.\n\n' +
    'Коды теперь приходят для нового номера.',
  en:
    `Done! Your AIST account has moved from ${former} to ${phone}; you stay signed in.\n\n` +
    'Codes now arrive for the new number.',
});

/** Says that the chat has the new number and the account stays with the former one. */
export const REPLACED = (phone: string, former: string): Text => ({
  ru:
    `Готово! Коды для номера ${phone} теперь приходят сюда, а для ${former} больше не ` +
    'приходят.\n\n' +
    `Аккаунты остались при своих номерах: вход по ${phone} откроет аккаунт этого номера.`,
  en:
    `Done! The codes for ${phone} now arrive here, those for ${former} no longer do.\n\n` +
    `The accounts stay with their numbers: signing in with ${phone} opens the account of that ` +
    'number.',
});

/** Says how many sessions of whoever had the number before have ended [A45]. */
export const ENDED = (count: string): Text => ({
  ru: `Номер был у другого Telegram, поэтому входы, сделанные до этого, закрыты: ${count}.`,
  en: `Another Telegram account had the number, so earlier sign-ins are signed out: ${count}.`,
});

/** Tells the former chat of a number that another account has proved to have it [A45]. */
export const TAKEN_OVER = (phone: string): Text => ({
  ru:
    `Номер ${phone} подтвердил другой Telegram: коды для него сюда больше не приходят, и вход ` +
    'с ним в AIST на всех устройствах закрыт.\n\n' +
    'Если номер по-прежнему ваш, привяжите его снова: /start',
  en:
    `Another Telegram account has proved to have ${phone}: its codes no longer arrive here, ` +
    'and every device signed in to AIST with it is signed out.\n\n' +
    'If the number is still yours, link it again: /start',
});

/** Tells the former chat of a number that another bot has linked it to another chat. */
export const LINKED_ELSEWHERE = (phone: string): Text => ({
  ru:
    `Номер ${phone} привязан к другому Telegram: коды для него сюда больше не приходят.\n\n` +
    'Если это сделали не вы, привяжите его снова: /start',
  en:
    `${phone} is linked to another Telegram account: its codes no longer arrive here.\n\n` +
    'If that was not you, link it again: /start',
});

/** Refuses a contact that is not certainly the person's own [A42]. */
export const NOT_YOURS: Text = {
  ru:
    'Привязать можно только свой номер, и только кнопкой «Поделиться номером»: чужие и ' +
    'пересланные контакты не подойдут.',
  en:
    'You can link your own number alone, and only by “Share my number”: contacts of others and ' +
    'forwarded ones will not do.',
};

/** Refuses a number of a country that AIST does not serve. */
export const NOT_SERVED: Text = {
  ru: 'С номерами этой страны AIST пока не работает, поэтому привязать ваш номер нельзя.',
  en: 'AIST does not serve numbers of this country yet, so your number cannot be linked.',
};

/** Refuses a number that cannot be read. */
export const UNREADABLE: Text = {
  ru:
    'Не получилось прочитать номер в этом контакте. Нажмите «Поделиться номером» под полем ' +
    'ввода: так Telegram пришлёт номер целиком.',
  en:
    'The number in this contact could not be read. Press “Share my number” below the input ' +
    'field: Telegram then sends it in full.',
};

/** Asks before unlinking, since a link from anywhere can lead here. */
export const ASK_UNLINK = (phone: string): Text => ({
  ru: `Отвязать ${phone}? Коды перестанут приходить в этот чат.`,
  en: `Unlink ${phone}? Codes will no longer arrive in this chat.`,
});

/** The button under {@link ASK_UNLINK}. */
export const UNLINK: Text = { ru: 'Отвязать', en: 'Unlink' };

/** Says that the numbers are unlinked. */
export const UNLINKED = (phones: string): Text => ({
  ru:
    `Готово, отвязано: ${phones}. Коды сюда больше не приходят. Аккаунт остался.\n\n` +
    'Привязать снова: /start',
  en:
    `${phones} is unlinked: codes no longer arrive here. The account remains.\n\n` +
    'Link again: /start',
});

/** Says that there was nothing to unlink. */
export const NOT_LINKED: Text = {
  ru:
    'К этому чату не привязан ни один номер.\n\n' +
    'Привязать: /start\n' +
    'Если коды всё же приходят, привяжите номер и отвяжите его снова.',
  en:
    'No number is linked to this chat.\n\n' +
    'Link one: /start\n' +
    'If codes arrive all the same, link your number and unlink it again.',
};

/** The notice when the button of {@link ASK_UNLINK} is pressed again [A46]. */
export const ALREADY_UNLINKED: Text = {
  ru: 'Уже сделано: номер отвязан',
  en: 'That is done already: the number is unlinked',
};

/** The notice when a button asks for what is so already [A46]. */
export const ALREADY_SO: Text = { ru: 'Уже сделано', en: 'That is done already' };

/** Says that the chat is told of missed calls. */
export const CALLS_ON: Text = {
  ru: 'О пропущенных звонках в AIST сообщаю сюда. Изменить: /calls',
  en: 'I tell you here about the calls you miss in AIST. Change that: /calls',
};

/** Says that the chat is not told of missed calls. */
export const CALLS_OFF: Text = {
  ru: 'О пропущенных звонках в AIST не сообщаю. Изменить: /calls',
  en: 'I do not tell you about the calls you miss in AIST. Change that: /calls',
};

/** The buttons under {@link CALLS_ON} and {@link CALLS_OFF}. */
export const STOP_CALLS: Text = { ru: 'Не сообщать', en: 'Stop telling me' };
export const START_CALLS: Text = { ru: 'Сообщать', en: 'Tell me' };

/** Says what the bot can do. */
export const HELP: Text = {
  ru:
    'Этот бот присылает коды для входа в AIST и сообщает о новых входах и пропущенных ' +
    'звонках.\n\n' +
    '/start — привязать номер\n' +
    '/phone — номер изменился\n' +
    '/calls — сообщать ли о пропущенных звонках\n' +
    '/unlink — отвязать номер\n' +
    '/help — эта справка\n\n' +
    'Никому не сообщайте коды: сотрудники AIST их не спрашивают.',
  en:
    'This bot brings you AIST sign-in codes and tells you about new sign-ins and missed ' +
    'calls.\n\n' +
    '/start — link your number\n' +
    '/phone — your number has changed\n' +
    '/calls — whether to tell you about missed calls\n' +
    '/unlink — unlink your number\n' +
    '/help — this help\n\n' +
    'Never tell anybody a code: nobody at AIST will ask for one.',
};

/** Replaces the message about a sign-in once its session is ended. */
export const SESSION_ENDED: Text = {
  ru:
    'Вход закрыт: на том устройстве выполнен выход из аккаунта.\n\n' +
    'Если код для входа мог узнать кто-то ещё, никому больше его не сообщайте.',
  en:
    'Signed out: that device is no longer in your account.\n\n' +
    'If somebody else may have learned your code, do not tell it to anyone again.',
};

/** The notice when the button of a sign-in is pressed again [A46]. */
export const ALREADY_ENDED: Text = {
  ru: 'Уже сделано: этот вход закрыт',
  en: 'That is done already: the device is signed out',
};

/**
 * The notice when the button of a sign-in ended nothing: the session has ended by itself, or the
 * chat has another number by now.
 */
export const NO_SESSION: Text = {
  ru:
    'Закрыть не удалось: этого входа больше нет, или у чата теперь другой номер. Проверьте ' +
    'список сеансов в AIST.',
  en:
    'Nothing was signed out: that sign-in has ended, or this chat has another number now. ' +
    'Check the list of sessions in AIST.',
};

/** The notice when a button of an earlier version is pressed. */
export const OLD_BUTTON: Text = {
  ru: 'Эта кнопка больше не действует',
  en: 'This button no longer works',
};
