import type { InlineKeyboardButton, KeyboardButton, Message } from 'grammy/types';
import type { PhoneMessage } from '../chats.ts';
import { act, copy, share, write } from './actions.ts';
import { screen } from './chats.ts';
import { button, el, linkTo, timeOf } from './dom.ts';

const ADDRESS = /https?:\/\/[^\s<>"]+/;
const CODE = /(?<![\d+])\d{6}(?!\d)/;
const COMMAND = /(?<![\w/])\/[a-z]\w{0,31}(?![\w/])/;
const SPECIAL = new RegExp(`(${[ADDRESS, CODE, COMMAND].map(({ source }) => source).join('|')})`);

/** Makes codes copyable, addresses followable and commands tappable; the rest stays text. */
const richText = (text: string): (Node | string)[] =>
  text.split(SPECIAL).map((part, index) => {
    if (index % 2 === 0) return part;
    if (part.startsWith('/')) return button(part, () => write(part), { class: 'tap' });
    if (/^\d/.test(part))
      return button(part, () => copy(part), { class: 'code', title: 'Скопировать код' });
    return linkTo(part);
  });

/** Makes rows of buttons, some of which are links. */
const rowsOf = <Key extends KeyboardButton | InlineKeyboardButton>(
  rows: readonly (readonly Key[])[],
  press: (key: Key) => void,
): HTMLElement[] => {
  const keyOf = (key: Key) => {
    const { text, url = '' } = typeof key === 'string' ? { text: key } : { url: '', ...key };
    return /^https?:/.test(url) ? linkTo(url, text) : button(text, () => press(key));
  };
  return rows.map((row) => el('div', {}, row.map(keyOf)));
};

/** Makes the buttons under the input field. */
export const keyboardOf = (rows: readonly (readonly KeyboardButton[])[]): HTMLElement[] =>
  rowsOf(rows, (key) => {
    if (typeof key === 'string') return write(key);
    return 'request_contact' in key ? share({}) : write(key.text);
  });

const contactCard = (message: Message.ContactMessage): (Node | string)[] => {
  const { contact, from, forward_origin: forwarded } = message;
  const kind = contact.user_id ? 'чужой контакт' : 'контакт не из Telegram';
  const whose = contact.user_id === from?.id ? 'свой контакт' : kind;
  return [`+${contact.phone_number}`, el('small', {}, [forwarded ? `${whose}, переслан` : whose])];
};

/** Makes a message with its buttons. */
export const messageOf = (message: PhoneMessage): HTMLElement => {
  const stamp = timeOf(message.date, message.edit_date ? 'изменено ' : '');
  const content = 'contact' in message ? contactCard(message) : richText(message.text);
  const kind = message.from?.is_bot ? 'message' : 'message mine';
  const node = el('div', { class: kind }, [el('div', { class: 'bubble' }, [...content, stamp])]);
  const rows = message.reply_markup?.inline_keyboard;
  if (!rows) return node;
  const press = (key: InlineKeyboardButton) => {
    const data = 'callback_data' in key ? key.callback_data : undefined;
    return act('POST', `${screen.shown}/press`, { messageId: message.message_id, data });
  };
  node.append(el('div', { class: 'keys' }, rowsOf(rows, press)));
  return node;
};
