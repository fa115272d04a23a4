import { createClient } from '../../../client/src/client.ts';
import type { Client } from '../../../client/src/index.ts';
import type { ClientOptions, SessionStorage } from '../../../client/src/options.ts';
import { memoryStorage } from '../../../client/src/options.ts';
import { runningApi } from '../../support/client.ts';
import { freshAddress } from '../../support/fresh.ts';
import { requestCode } from '../../support/sign-in.ts';
import { stack } from '../../support/stack.ts';

const created: Client[] = [];

/** Sends requests from an address of their own, as Cloudflare would give it. */
const fromFreshAddress: typeof fetch = (input, init) =>
  fetch(input, {
    ...init,
    headers: { ...(init?.headers as object), 'CF-Connecting-IP': freshAddress() },
  });

/** A tab of a browser: tabs with one storage have one session. */
export const openTab = (
  storage: SessionStorage = memoryStorage(),
  options: Partial<ClientOptions> = {},
): Client => {
  const client = createClient({ url: stack.apiUrl, storage, fetch: fromFreshAddress, ...options });
  created.push(client);
  return client;
};

/** Disposes of all tabs. */
export const closeTabs = (): void => {
  for (const client of created.splice(0)) client.dispose();
};

/** Gets a token for a number. */
export const tokenFor = async (phone: string): Promise<string> => {
  const api = runningApi();
  const { code } = await requestCode(api, phone);
  return String((await api.post('/api/auth/verify-code', { phone, code })).body['token']);
};
