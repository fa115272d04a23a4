import type { PhoneChat, PhoneMessage } from '../chats.ts';
import { chats, lastRead, newestIn, screen, unreadIn } from './chats.ts';
import { dayOf, el, find, timeOf } from './dom.ts';
import { renderCommands } from './help.ts';
import { keyboardOf, messageOf } from './message.ts';

/** How near its end the log counts as read to the end, in pixels. */
const NEAR_END_PX = 80;

const [phone, list, log, help, input] = ['.phone', '.chats', '.log', '.help', '.input'].map(
  (selector) => find(selector),
) as [HTMLElement, HTMLElement, HTMLElement, HTMLElement, HTMLElement];

const previewOf = (message: PhoneMessage | undefined): string => {
  if (!message) return 'Сообщений пока нет';
  return 'contact' in message ? `Контакт +${message.contact.phone_number}` : message.text;
};

const faceOf = ({ id }: PhoneChat): HTMLElement => {
  const face = el('span', { class: 'face', 'aria-hidden': 'true' }, [String(id).slice(-2)]);
  face.style.setProperty('--hue', String((id * 47) % 360));
  return face;
};

const entryOf = (chat: PhoneChat): HTMLElement => {
  const { id, phone: number, messages } = chat;
  const last = messages.at(-1);
  const unread = unreadIn(chat);
  const link = el('a', { href: `#${id}` }, [
    faceOf(chat),
    el('b', {}, [number ?? `Чат ${id}`]),
    last ? timeOf(last.date) : '',
    el('span', { class: 'sub' }, [(number ? `id ${id} · ` : '') + previewOf(last)]),
  ]);
  if (unread) {
    const label = { class: 'unread', 'aria-label': `Новых: ${unread}` };
    link.append(el('span', label, [String(unread)]));
  }
  if (id === screen.shown) link.setAttribute('aria-current', 'true');
  return el('li', {}, [link]);
};

const renderList = (): void => {
  const { activeElement } = document;
  const focused = activeElement instanceof HTMLAnchorElement && list.contains(activeElement);
  const hash = focused ? activeElement.hash : undefined;
  const newestFirst = [...chats.values()].sort((a, b) => newestIn(b) - newestIn(a));
  list.replaceChildren(...newestFirst.map(entryOf));
  if (hash !== undefined)
    [...list.querySelectorAll('a')].find((link) => link.hash === hash)?.focus();
  if (!chats.size) list.append(el('li', { class: 'sub none' }, ['Чатов пока нет']));
};

/** The parts of a chat's log by keys that change when the part does. */
const partsOf = ({ messages }: PhoneChat): Map<string, () => HTMLElement> => {
  const parts = new Map<string, () => HTMLElement>();
  let day: string | undefined;
  for (const message of messages) {
    const own = dayOf(message.date);
    if (own !== day) parts.set(`day ${own}`, () => el('div', { class: 'day' }, [own]));
    day = own;
    const text = 'text' in message ? message.text : undefined;
    const key = `${message.message_id} ${JSON.stringify([text, message.reply_markup])}`;
    parts.set(key, () => messageOf(message));
  }
  return parts;
};

/** Adds what is new and replaces what was edited, so that a screen reader hears only that. */
const renderLog = (chat: PhoneChat): void => {
  const isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_END_PX;
  const parts = partsOf(chat);
  const shown = () => [...log.children].filter((node) => node instanceof HTMLElement);
  for (const node of shown()) if (!parts.has(node.dataset['key'] ?? '')) node.remove();
  [...parts].forEach(([key, make], index) => {
    const there = shown()[index];
    if (there?.dataset['key'] === key) return;
    const node = make();
    node.dataset['key'] = key;
    log.insertBefore(node, there ?? null);
  });
  find('.input .keys').replaceChildren(...keyboardOf(chat.keyboard?.keyboard ?? []));
  if (isAtEnd) log.scrollTop = log.scrollHeight;
};

/** Shows what the address asks for: a chat, the help, or the list alone on a small screen. */
export const render = (): void => {
  const chat = chats.get(Number(location.hash.slice(1)));
  if (screen.shown !== chat?.id) log.replaceChildren();
  screen.shown = chat?.id;
  const isFirstVisit = !chats.size && location.hash === '';
  phone.classList.toggle('open', Boolean(chat) || location.hash === '#help' || isFirstVisit);
  log.hidden = !chat;
  input.hidden = !chat;
  help.hidden = Boolean(chat);
  const number = chat?.phone ? `${chat.phone} · ` : '';
  find('.owner').textContent = chat ? `бот · ${number}id ${chat.id}` : 'бот';
  find('#unblock').hidden = !chat?.blocked;
  find('#write').hidden = Boolean(chat?.blocked);
  renderCommands();
  if (chat) {
    if (!document.hidden) lastRead.set(chat.id, newestIn(chat));
    renderLog(chat);
  }
  renderList();
};
