import { openChats } from '../../../client/src/chat.ts';
import type { Client } from '../../../client/src/client.ts';
import { createClient } from '../../../client/src/client.ts';
import type { ClientOptions } from '../../../client/src/options.ts';
import { memoryStorage } from '../../../client/src/options.ts';
import { freshAddress } from '../fresh.ts';
import { stack } from '../stack.ts';
import { PlainInbox } from './plain-inbox.ts';

/** How the network of a device behaves, and what went over it. */
export class Network {
  /** Whether nothing gets through. */
  isOff = false;
  /** How many answers are still to be lost, of requests whose line has this text. */
  losing: { readonly text: string; times: number } = { text: '', times: 0 };
  /** How many requests are under way. */
  underWay = 0;
  /** The requests that were sent, as `POST /api/…`. */
  readonly sent: string[] = [];

  readonly fetch: typeof fetch = async (input, init) => {
    this.underWay += 1;
    try {
      return await this.#pass(input, init);
    } finally {
      this.underWay -= 1;
    }
  };

  async #pass(...[input, init]: Parameters<typeof fetch>): Promise<Response> {
    if (this.isOff) throw new TypeError('There is no network');
    const line = `${init?.method} ${String(input).slice(stack.apiUrl.length)}`;
    this.sent.push(line);
    const headers = { ...(init?.headers as object), 'CF-Connecting-IP': freshAddress() };
    const answer = await fetch(input, { ...init, headers });
    if (this.losing.times > 0 && line.includes(this.losing.text)) {
      this.losing.times -= 1;
      throw new TypeError('The answer was lost');
    }
    return answer;
  }
}

/** A device with the SDK: its client, its inbox, its chats. */
export interface SdkDevice {
  readonly client: Client;
  readonly inbox: PlainInbox;
  readonly chats: ReturnType<typeof openChats>;
  readonly network: Network;
}

const devices: SdkDevice[] = [];

/** A device of whom a token is for; it is not connected yet. */
export const openSdk = async (
  token: string,
  options: Partial<ClientOptions> = {},
): Promise<SdkDevice> => {
  const network = new Network();
  const storage = options.storage ?? memoryStorage();
  const given = { url: stack.apiUrl, fetch: network.fetch, ...options, storage };
  const client = createClient(given);
  await client.signIn(token);
  const inbox = new PlainInbox(client);
  const device = { client, inbox, chats: openChats(client, inbox), network };
  devices.push(device);
  return device;
};

/** A device that is connected. */
export const connectSdk = async (
  token: string,
  options?: Partial<ClientOptions>,
): Promise<SdkDevice> => {
  const device = await openSdk(token, options);
  await device.inbox.connect();
  return device;
};

/** Ends everything of a device. */
export const closeSdk = ({ client, inbox, chats }: SdkDevice): void => {
  chats.dispose();
  inbox.dispose();
  client.dispose();
};

/** Ends everything of all devices. */
export const closeSdks = (): void => {
  for (const device of devices.splice(0)) closeSdk(device);
};
