import { CHAT_PAIRS, measureChats } from '../measures/chats.ts';
import { step } from '../progress.ts';
import type { Row } from '../rows.ts';
import { startStores } from '../servers/stores.ts';
import { startWorker } from '../servers/worker.ts';
import { settingsFor } from '../settings.ts';
import { makeUsers } from '../users.ts';

/** Measures messages in chats, one at a time. */
export const run = async (): Promise<Row[]> => {
  const { settings: stores } = await step('starting the stores', startStores);
  const settings = settingsFor(stores);
  const users = await step('making users', () => makeUsers(settings, 2 * CHAT_PAIRS));
  const worker = await step('starting workerd', () => startWorker(settings));
  return step('sending messages', () => measureChats(worker, users));
};
