import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';
import type { User } from '../users.ts';
import { Api } from './api.ts';
import type { Socket } from './socket.ts';

/** Connections are kept: so many requests would use up the ports of the machine. */
const agent = new Agent({ keepAlive: true, maxSockets: 64 });

/** Asks the API of a Worker over a kept connection; throws unless it succeeds. */
const ask = <Said>(
  { url, token }: { readonly url: string; readonly token: string },
  method: string,
  body?: object,
): Promise<Said> =>
  new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const sent = request(url, { method, headers, agent }, (response) => {
      text(response).then((said) => {
        if ((response.statusCode ?? 0) < 300) resolve(JSON.parse(said));
        else reject(new Error(`${method} ${url} answered ${response.statusCode}: ${said}`));
      }, reject);
    });
    sent.on('error', reject);
    sent.end(body && JSON.stringify(body));
  });

interface SyncPage {
  readonly changes: readonly {
    readonly type: string;
    readonly message?: { readonly id: string };
  }[];
  readonly next: string;
  readonly more: boolean;
}

/** A member of a group with one device, which listens. */
export class Member {
  /** How often each message came by a frame, by its id. */
  readonly heard = new Map<string, number>();
  /** Hears the text of each message as it comes. */
  onText: (text: string) => void = () => undefined;
  readonly user: User;
  readonly #url: string;
  #cursor = '';
  #socket: Socket | undefined;

  constructor(url: string, user: User) {
    this.#url = url;
    this.user = user;
  }

  /** Opens the inbox, and notes where its feed stands. */
  async listen(): Promise<void> {
    const api = new Api(this.#url);
    const { socket } = await api.enter(await api.inbox(this.user));
    this.#socket = socket;
    socket.heard = ({ type, message }) => {
      if (type !== 'message') return;
      const { id, text } = message as { id: string; text: string };
      this.heard.set(id, (this.heard.get(id) ?? 0) + 1);
      this.onText(text);
    };
    this.#cursor = (await this.#get<SyncPage>('/api/sync')).next;
  }

  /** Makes a group of this member and others. */
  async makeGroup(others: readonly Member[]): Promise<string> {
    const members = others.map(({ user }) => user.id);
    const body = { type: 'group', name: 'Bench', members };
    return (await this.#post<{ id: string }>('/api/chats', body)).id;
  }

  /** Sends a message; resolves to its id. */
  async send(chat: string, text: string, clientId: string): Promise<string> {
    const path = `/api/chats/${chat}/messages`;
    return (await this.#post<{ id: string }>(path, { text, clientId })).id;
  }

  /** The ids of the messages that sync tells since {@link listen}. */
  async catchUp(): Promise<string[]> {
    const ids: string[] = [];
    for (let more = true; more; ) {
      const page = await this.#get<SyncPage>(`/api/sync?since=${this.#cursor}`);
      for (const { message } of page.changes) if (message) ids.push(message.id);
      this.#cursor = page.next;
      ({ more } = page);
    }
    return ids;
  }

  close(): void {
    void this.#socket?.close();
  }

  #get<Said>(path: string): Promise<Said> {
    return ask({ url: this.#url + path, token: this.user.token }, 'GET');
  }

  #post<Said>(path: string, body: object): Promise<Said> {
    return ask({ url: this.#url + path, token: this.user.token }, 'POST', body);
  }
}
