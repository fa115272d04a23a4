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

  async #post<Answer>({ token }: User, path: string, body?: object): Promise<Answer> {
    const headers = { authorization: `Bearer ${token}`, connection: 'close', 'content-type': 'application/json' };
    const answer = await fetch(`${this.#url}${path}`, {
      method: 'POST',
      headers,
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`POST ${path} answered ${answer.status}: ${await answer.text()}`);
    return answer.json();
  }
}
