import { pause } from '../pause.ts';
import type { User } from '../users.ts';
import { Socket } from './socket.ts';

/** A ticket to a room, as the API gives it. */
export interface Admission {
  readonly ticket: string;
  /** The path of the room. */
  readonly url: string;
}

/** The API of a Worker, as clients use it. */
export class Api {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  /** Calls somebody, the offer included. */
  call(caller: User, callee: User, offer: string): Promise<Admission & { readonly callId: string }> {
    return this.#post(caller, '/api/calls', { to: callee.id, offer });
  }

  /** A ticket to a call. */
  ticket(user: User, callId: string): Promise<Admission> {
    return this.#post(user, `/api/calls/${callId}/ticket`);
  }

  /** A ticket to one's own inbox. */
  inbox(user: User): Promise<Admission> {
    return this.#post(user, '/api/calls/inbox');
  }

  /** Enters a room: its socket, and its welcome. */
  async enter({ url, ticket }: Admission) {
    const socket = await Socket.open(`${this.#url.replace('http', 'ws')}${url}?ticket=${ticket}`);
    const welcome = socket.next('welcome');
    socket.send({ type: 'hello', version: 1 });
    return { socket, received: Number((await welcome).received) };
  }

  /** Tries once more where it is told to, as clients do: on a busy machine a store can be too slow. */
  async #post<Answer>(user: User, path: string, body?: object): Promise<Answer> {
    const answer = await this.#try(user, path, body);
    if (answer.ok) return answer.json();
    const said = await answer.text();
    const seconds = Number(answer.headers.get('retry-after'));
    if (answer.status !== 503 || !seconds) throw new Error(`POST ${path} answered ${answer.status}: ${said}`);
    await pause(seconds * 1_000);
    const again = await this.#try(user, path, body);
    if (!again.ok) throw new Error(`POST ${path} answered ${again.status}: ${await again.text()}`);
    return again.json();
  }

  #try({ token }: User, path: string, body: object | undefined): Promise<Response> {
    const headers = { authorization: `Bearer ${token}`, connection: 'close', 'content-type': 'application/json' };
    return fetch(`${this.#url}${path}`, { method: 'POST', headers, ...(body && { body: JSON.stringify(body) }) });
  }
}
