import { act, copy } from './actions.ts';
import { chatOf, idOf } from './chats.ts';
import { button, find } from './dom.ts';

const phone = find<HTMLInputElement>('#open [name=phone]');
const language = find<HTMLSelectElement>('#open [name=language]');
const apiUrl = document.documentElement.dataset['apiUrl'];

/** A command that posts JSON to the API. */
const curl = (path: string, body: object, headers: readonly string[] = []): string =>
  [
    `curl ${apiUrl}${path}`,
    ...['content-type: application/json', ...headers].map((header) => `-H '${header}'`),
    `-d '${JSON.stringify(body)}'`,
  ].join(' \\\n  ');

/** Writes the commands, which are about the number of step 1. */
export const renderCommands = (): void => {
  const number = phone.validity.valid ? phone.value : '+79991234567';
  const link = { phone: number, telegramChatId: idOf(number) };
  find('#link').textContent = curl('/api/internal/link-telegram', link, [
    'x-link-secret: dev-link-secret',
  ]);
  find('#request').textContent = curl('/api/auth/request-code', { phone: number });
};

/** Opens the chat of the phone in step 1; the bot is greeted when it is new. */
const openChat = async (): Promise<void> => {
  const known = chatOf(phone.value);
  const id = idOf(phone.value);
  await act('PUT', `${id}`, { phone: phone.value, language: language.value });
  location.hash = String(id);
  if (!known) await act('POST', `${id}/text`, { text: '/start' });
};

/** Makes the form and the commands of the help work. */
export const listenToHelp = (): void => {
  phone.addEventListener('input', () => {
    language.value = chatOf(phone.value)?.language === 'en' ? 'en' : 'ru';
    renderCommands();
  });
  for (const block of document.querySelectorAll('.command')) {
    const text = block.querySelector('pre');
    block.append(button('Копировать', () => copy(text?.textContent ?? '')));
  }
  find('#open').addEventListener('submit', (event) => {
    event.preventDefault();
    openChat();
  });
};
