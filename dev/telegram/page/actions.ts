import { chats, screen } from './chats.ts';
import { find } from './dom.ts';

/** How long a notice stays, in milliseconds. */
const NOTICE_MS = 2_500;

const toast = find('.toast');
let hiding: number | undefined;

const say = (text: string): void => {
  toast.textContent = text;
  toast.classList.add('on');
  clearTimeout(hiding);
  hiding = window.setTimeout(() => toast.classList.remove('on'), NOTICE_MS);
};

/** Copies a text, and says so. */
export const copy = async (text: string): Promise<void> => {
  const isDone = await navigator.clipboard.writeText(text).then(
    () => true,
    () => false,
  );
  say(isDone ? 'Скопировано' : 'Не удалось скопировать');
};

/** Does something on the phone; the control interface answers when the bot has. */
export const act = async (method: string, path: string, body: object): Promise<void> => {
  const init = { method, body: JSON.stringify(body) };
  const answer = await fetch(`/_/chats/${path}`, init).catch(() => undefined);
  const done = await answer?.json().catch(() => undefined);
  if (!answer?.ok) say('Не получилось');
  else if (done?.delivered === false)
    say('Бот не получил сообщение: нет вебхука, или он отвечает ошибкой');
  else if (done?.notice) say(done.notice);
};

/** Writes a text to the bot. */
export const write = (text: string): Promise<void> => act('POST', `${screen.shown}/text`, { text });

/** A contact as the person shares it; their own when it has no number. */
export interface SharedContact {
  readonly phone?: string;
  readonly userId?: number | null;
  readonly forwarded?: boolean;
}

/** Shares a contact; a phone that nobody named is asked for its number first. */
export const share = async (contact: SharedContact): Promise<void> => {
  const id = screen.shown;
  if (id === undefined) return;
  if (!chats.get(id)?.phone && !contact.phone) {
    const phone = prompt('Номер этого телефона', '+79991234567');
    if (phone === null) return;
    if (phone) await act('PUT', `${id}`, { phone });
  }
  await act('POST', `${id}/contact`, contact);
};
