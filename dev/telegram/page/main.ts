import type { PhoneChat } from '../chats.ts';
import { act, share, write } from './actions.ts';
import { chats, lastRead, newestIn, screen } from './chats.ts';
import { find } from './dom.ts';
import { listenToHelp } from './help.ts';
import { render } from './render.ts';

/** After how long a stream that was refused is asked for again, in milliseconds. */
const RECONNECT_MS = 1_000;

/** Opens the first chat by itself where there is room for both panes. */
const openFirst = (): void => {
  const [first] = chats.keys();
  const isNamed = /^#(\d|help)/.test(location.hash);
  if (first && !isNamed && matchMedia('(min-width: 681px)').matches)
    history.replaceState(null, '', `#${first}`);
};

/** Takes over all chats. Those that were there before the page was opened count as read. */
const takeAll = (all: readonly PhoneChat[]): void => {
  chats.clear();
  for (const chat of all) chats.set(chat.id, chat);
  const isFirst = !lastRead.size;
  for (const chat of all) {
    if (isFirst || newestIn(chat) < (lastRead.get(chat.id) ?? 0))
      lastRead.set(chat.id, newestIn(chat));
  }
};

const showStatus = (isOn: boolean, text: string): void => {
  const status = find('.status');
  status.classList.toggle('on', isOn);
  status.textContent = text;
};

const connect = (): void => {
  const events = new EventSource('/_/events');
  const on = <Data>(name: string, take: (data: Data) => void) =>
    events.addEventListener(name, ({ data }) => {
      take(JSON.parse(data));
      openFirst();
      render();
    });
  on('chats', takeAll);
  on('chat', (chat: PhoneChat) => void chats.set(chat.id, chat));
  events.onopen = () => showStatus(true, 'На связи');
  events.onerror = () => {
    showStatus(false, 'Нет связи, пробуем снова…');
    // The browser retries a lost connection, but gives up after an answer that is no stream.
    if (events.readyState === EventSource.CLOSED) setTimeout(connect, RECONNECT_MS);
  };
};

/** Makes the row below the log work: what is written, shared and blocked there. */
const listenToInput = (): void => {
  const more = find<HTMLDetailsElement>('.more');
  const text = find<HTMLInputElement>('#write [name=text]');
  const block = (blocked: boolean) => () => {
    more.open = false;
    act('POST', `${screen.shown}/block`, { blocked });
  };
  find('#block').addEventListener('click', block(true));
  find('#unblock').addEventListener('click', block(false));
  find('#write').addEventListener('submit', (event) => {
    event.preventDefault();
    write(text.value);
    text.value = '';
  });
  for (const button of document.querySelectorAll<HTMLElement>('[data-contact]')) {
    button.addEventListener('click', () => {
      more.open = false;
      share(JSON.parse(button.dataset['contact'] ?? '{}'));
    });
  }
};

listenToHelp();
listenToInput();
addEventListener('hashchange', render);
document.addEventListener('visibilitychange', render);
connect();
