import { LEGACY_PAIRS, measureLegacyClients } from '../measures/legacy-clients.ts';
import { step } from '../progress.ts';
import type { Row } from '../rows.ts';
import { startStores } from '../servers/stores.ts';
import { startBareInboxes, startWorker } from '../servers/worker.ts';
import { RUNS, settingsFor } from '../settings.ts';
import { makeUsers } from '../users.ts';

/** Measures signals between legacy clients beside rooms without any code. */
export const run = async (): Promise<Row[]> => {
  const { settings: stores } = await step('starting the stores', startStores);
  const settings = settingsFor(stores);
  const users = await step('making users', () => makeUsers(settings, 2 * LEGACY_PAIRS));
  const rooms = await step('starting workerd', () => startWorker(settings));
  const bare = await step('starting the bare inboxes', startBareInboxes);
  return measureLegacyClients({ rooms, bare }, users, RUNS);
};
