import { parentPort, workerData } from 'node:worker_threads';
import { createClient } from '../../../client/src/client.ts';
import { openInbox } from '../../../client/src/inbox/inbox.ts';
import { askLocks } from './tab-locks.ts';
import type { TabAnswer, TabMessage, TabOrder, TabStart } from './tab-process.ts';

/** A tab of a browser, in a thread of its own: it can be stopped and ended as a tab can. */

const { url, gate, address } = workerData as TabStart;
const say = (answer: TabAnswer) => parentPort?.postMessage(answer);

const asked = new Map<number, (value: string | null) => void>();
let lastAsked = 0;
/** The storage of the browser, which all tabs share. */
const useStorage = (key: string, value?: string | null) =>
  new Promise<string | null>((resolve) => {
    asked.set(++lastAsked, resolve);
    say({ type: 'storage', id: lastAsked, key, value });
  });

const locks = askLocks((order) => say({ type: 'lock', order }));

const page = { window: new EventTarget(), document: new EventTarget(), isOnline: () => true };
const client = createClient({
  url,
  storage: {
    get: (key) => useStorage(key),
    set: async (key, value) => void (await useStorage(key, value)),
  },
  fetch: (input, init) =>
    fetch(input, {
      ...init,
      headers: { ...(init?.headers as object), 'CF-Connecting-IP': address },
    }),
  log: (event, details) => {
    if (event === 'machine.failed') say({ type: 'failed', reason: JSON.stringify(details) });
  },
});
const inbox = openInbox(client, { page, locks: locks.manager });

const show = () =>
  say({
    type: 'shown',
    session: client.session.get(),
    link: inbox.link.get(),
    rings: inbox.rings.get().map(({ call }) => call),
  });
for (const store of [client.session, inbox.link, inbox.rings]) store.subscribe(show);

const obey = async (order: TabOrder) => {
  switch (order.do) {
    case 'signIn':
      return client.signIn(order.token);
    case 'signOut':
      return client.signOut();
    case 'decline':
      return inbox.decline(order.call);
    case 'wake':
      page.window.dispatchEvent(new Event('online'));
      return undefined;
    case 'freeze': {
      if (order.isTold) page.document.dispatchEvent(new Event('freeze'));
      // A browser as well lets a page do its last work.
      await new Promise((resolve) => setTimeout(resolve, 50));
      const stop = new Int32Array(gate);
      Atomics.store(stop, 0, 1);
      Atomics.notify(stop, 0);
      Atomics.wait(stop, 0, 1);
      page.document.dispatchEvent(new Event('resume'));
      return undefined;
    }
    case 'close':
      inbox.dispose();
      client.dispose();
  }
};

parentPort?.on('message', (message: TabMessage) => {
  if ('storage' in message) asked.get(message.storage)?.(message.value);
  else if ('lock' in message) locks.hear(message.lock);
  else
    obey(message).then(
      () => say({ type: 'done', id: message.id }),
      (error) => say({ type: 'done', id: message.id, error: String(error) }),
    );
});
