import { measureSdkCalls } from '../measures/sdk-call.ts';
import { step } from '../progress.ts';
import type { Row } from '../rows.ts';
import { startPeer } from '../servers/start.ts';
import { startStores } from '../servers/stores.ts';
import { startWorker } from '../servers/worker.ts';
import { settingsFor } from '../settings.ts';
import { makeUsers } from '../users.ts';

/** Measures real calls of the SDK beside PeerJS. */
export const run = async (): Promise<Row[]> => {
  const { settings: stores } = await step('starting the stores', startStores);
  const settings = settingsFor(stores);
  const users = await step('making users', () => makeUsers(settings, 2));
  const worker = await step('starting workerd', () => startWorker(settings));
  const peer = await step('starting peerjs-server', startPeer);
  return measureSdkCalls({ worker: worker.url, peer: peer.url }, users);
};
