import type { Language, Text } from '../contract/errors.ts';

/** What the bot says, in every language it speaks. A function where something has to be put in; phone numbers come masked. */

/** The language of a person, from what Telegram says their app speaks (an IETF tag): Russian where it does not say. */
export const languageOf = (tag: string | undefined): Language =>
  tag && !/^ru\b/i.test(tag) ? 'en' : 'ru';

/** The button that shares one's own contact. */
export const SHARE: Text = { ru: 'Поделиться номером', en: 'Share my number' };

/** To somebody whose chat has no number. */
export const WELCOME: Text = {
  ru: 'Здравствуйте! Сюда приходят коды для входа в AIST.\n\nНажмите кнопку «Поделиться номером» под полем ввода, и коды для вашего номера будут приходить в этот чат.',
  en: 'Hello! This is where your AIST sign-in codes arrive.\n\nPress “Share my number” below the input field, and the codes for your number will come to this chat.',
};

/** To somebody whose chat has a number. */
export const ALREADY = (phone: string): Text => ({
  ru: `Здравствуйте! В этот чат приходят коды для ${phone}.\n\nНомер изменился: /phone\nОтвязать номер: /unlink`,
  en: `Hello! The codes for ${phone} arrive in this chat.\n\nYour number has changed: /phone\nUnlink the number: /unlink`,
});

/** How to tell of a changed number. */
export const CHANGED = (phone: string): Text => ({
  ru: `Сейчас в этот чат приходят коды для ${phone}.\n\nЕсли номер вашего Telegram изменился, нажмите «Поделиться номером»: аккаунт AIST перейдёт на новый номер, если у того ещё нет своего аккаунта.`,
  en: `This chat is linked to ${phone}.\n\nIf the number of your Telegram has changed, press “Share my number”: your AIST account will get the new number, unless that has an account of its own.`,
});

/** The number is linked. */
export const LINKED = (phone: string): Text => ({
  ru: `Готово! Коды для номера ${phone} теперь приходят сюда.\n\nВернитесь в AIST и запросите код.`,
  en: `Done! The codes for ${phone} now arrive here.\n\nGo back to AIST and ask for a code.`,
});

/** The account of the former number has the new one. */
export const MOVED = (phone: string, former: string): Text => ({
  ru: `Готово! Ваш аккаунт AIST перешёл с номера ${former} на ${phone}, входить заново не нужно.\n\nКоды теперь приходят для нового номера.`,
  en: `Done! Your AIST account has moved from ${former} to ${phone}; you stay signed in.\n\nCodes now arrive for the new number.`,
});

/** The chat has the new number, the account stays with the former one. */
export const REPLACED = (phone: string, former: string): Text => ({
  ru: `Готово! Коды для номера ${phone} теперь приходят сюда, а для ${former} больше не приходят.\n\nАккаунты остались при своих номерах: вход по ${phone} откроет аккаунт этого номера.`,
  en: `Done! The codes for ${phone} now arrive here, those for ${former} no longer do.\n\nThe accounts stay with their numbers: signing in with ${phone} opens the account of that number.`,
});

/** How many sessions have ended of whoever had the number before. */
export const ENDED = (count: string): Text => ({
  ru: `Номер был у другого Telegram, поэтому входы, сделанные до этого, закрыты: ${count}.`,
  en: `Another Telegram account had the number, so earlier sign-ins are signed out: ${count}.`,
});

/** To the chat of whoever had a number that another Telegram account has proved to have. */
export const TAKEN_OVER = (phone: string): Text => ({
  ru: `Номер ${phone} подтвердил другой Telegram: коды для него сюда больше не приходят, и вход с ним в AIST на всех устройствах закрыт.\n\nЕсли номер по-прежнему ваш, привяжите его снова: /start`,
  en: `Another Telegram account has proved to have ${phone}: its codes no longer arrive here, and every device signed in to AIST with it is signed out.\n\nIf the number is still yours, link it again: /start`,
});

/** To the chat whose number another bot has linked to another chat. */
export const LINKED_ELSEWHERE = (phone: string): Text => ({
  ru: `Номер ${phone} привязан к другому Telegram: коды для него сюда больше не приходят.\n\nЕсли это сделали не вы, привяжите его снова: /start`,
  en: `${phone} is linked to another Telegram account: its codes no longer arrive here.\n\nIf that was not you, link it again: /start`,
});

/** A contact that is not the person's own, or not certainly. */
export const NOT_YOURS: Text = {
  ru: 'Привязать можно только свой номер, и только кнопкой «Поделиться номером»: чужие и пересланные контакты не подойдут.',
  en: 'You can link your own number alone, and only by “Share my number”: contacts of others and forwarded ones will not do.',
};

/** A number that AIST does not serve. */
export const NOT_SERVED: Text = {
  ru: 'С номерами этой страны AIST пока не работает, поэтому привязать ваш номер нельзя.',
  en: 'AIST does not serve numbers of this country yet, so your number cannot be linked.',
};

/** A number that nobody can make out. */
export const UNREADABLE: Text = {
  ru: 'Не получилось прочитать номер в этом контакте. Нажмите «Поделиться номером» под полем ввода: так Telegram пришлёт номер целиком.',
  en: 'The number in this contact could not be read. Press “Share my number” below the input field: Telegram then sends it in full.',
};

/** Asks before unlinking: a link from anywhere can lead here. */
export const ASK_UNLINK = (phone: string): Text => ({
  ru: `Отвязать ${phone}? Коды перестанут приходить в этот чат.`,
  en: `Unlink ${phone}? Codes will no longer arrive in this chat.`,
});

/** The button under {@link ASK_UNLINK}. */
export const UNLINK: Text = { ru: 'Отвязать', en: 'Unlink' };

/** The numbers are unlinked. */
export const UNLINKED = (phones: string): Text => ({
  ru: `Готово, отвязано: ${phones}. Коды сюда больше не приходят. Аккаунт остался.\n\nПривязать снова: /start`,
  en: `${phones} is unlinked: codes no longer arrive here. The account remains.\n\nLink again: /start`,
});

/** There was nothing to unlink. */
export const NOT_LINKED: Text = {
  ru: 'К этому чату не привязан ни один номер.\n\nПривязать: /start\nЕсли коды всё же приходят, привяжите номер и отвяжите его снова.',
  en: 'No number is linked to this chat.\n\nLink one: /start\nIf codes arrive all the same, link your number and unlink it again.',
};

/** Shown when the button of {@link ASK_UNLINK} is pressed once more. */
export const ALREADY_UNLINKED: Text = {
  ru: 'Уже сделано: номер отвязан',
  en: 'That is done already: the number is unlinked',
};

/** Shown when a button asks for what is so already. */
export const ALREADY_SO: Text = { ru: 'Уже сделано', en: 'That is done already' };

/** The chat is told of missed calls. */
export const CALLS_ON: Text = {
  ru: 'О пропущенных звонках в AIST сообщаю сюда. Изменить: /calls',
  en: 'I tell you here about the calls you miss in AIST. Change that: /calls',
};

/** It is not. */
export const CALLS_OFF: Text = {
  ru: 'О пропущенных звонках в AIST не сообщаю. Изменить: /calls',
  en: 'I do not tell you about the calls you miss in AIST. Change that: /calls',
};

/** The buttons under {@link CALLS_ON} and {@link CALLS_OFF}. */
export const STOP_CALLS: Text = { ru: 'Не сообщать', en: 'Stop telling me' };
export const START_CALLS: Text = { ru: 'Сообщать', en: 'Tell me' };

/** What the bot can do. */
export const HELP: Text = {
  ru: 'Этот бот присылает коды для входа в AIST и сообщает о новых входах и пропущенных звонках.\n\n/start — привязать номер\n/phone — номер изменился\n/calls — сообщать ли о пропущенных звонках\n/unlink — отвязать номер\n/help — эта справка\n\nНикому не сообщайте коды: сотрудники AIST их не спрашивают.',
  en: 'This bot brings you AIST sign-in codes and tells you about new sign-ins and missed calls.\n\n/start — link your number\n/phone — your number has changed\n/calls — whether to tell you about missed calls\n/unlink — unlink your number\n/help — this help\n\nNever tell anybody a code: nobody at AIST will ask for one.',
};

/** In place of the message about a new sign-in, once its session is ended. */
export const SESSION_ENDED: Text = {
  ru: 'Вход закрыт: на том устройстве выполнен выход из аккаунта.\n\nЕсли код для входа мог узнать кто-то ещё, никому больше его не сообщайте.',
  en: 'Signed out: that device is no longer in your account.\n\nIf somebody else may have learned your code, do not tell it to anyone again.',
};

/** Shown when the button of a sign-in is pressed once more. */
export const ALREADY_ENDED: Text = {
  ru: 'Уже сделано: этот вход закрыт',
  en: 'That is done already: the device is signed out',
};

/** Shown when the button of a sign-in ended nothing: it has ended already, or this chat's number is another one by now. */
export const NO_SESSION: Text = {
  ru: 'Закрыть не удалось: этого входа больше нет, или у чата теперь другой номер. Проверьте список сеансов в AIST.',
  en: 'Nothing was signed out: that sign-in has ended, or this chat has another number now. Check the list of sessions in AIST.',
};

/** Shown for a moment when an old button is pressed. */
export const OLD_BUTTON: Text = {
  ru: 'Эта кнопка больше не действует',
  en: 'This button no longer works',
};
