import { CHAT_USERS, measureChatLoad } from '../measures/chat-load.ts';
import { step } from '../progress.ts';
import type { Row } from '../rows.ts';
import { startStores } from '../servers/stores.ts';
import { startWorker } from '../servers/worker.ts';
import { settingsFor } from '../settings.ts';
import { makeUsers } from '../users.ts';

/** Measures chats at full load. */
export const run = async (): Promise<Row[]> => {
  const { settings: stores } = await step('starting the stores', startStores);
  const settings = settingsFor(stores);
  const users = await step('making users', () => makeUsers(settings, CHAT_USERS));
  const worker = await step('starting workerd', () => startWorker(settings));
  return measureChatLoad(worker, users);
};
