import { pause } from '../pause.ts';
import type { User } from '../users.ts';
import { post } from './post.ts';
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
  call(
    caller: User,
    callee: User,
    offer: string,
  ): Promise<Admission & { readonly callId: string }> {
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
  async #post<Said>({ token }: User, path: string, body: object = {}): Promise<Said> {
    let answer = await post(`${this.#url}${path}`, token, body);
    if (answer.retryAfter !== undefined) {
      await pause(answer.retryAfter * 1_000);
      answer = await post(`${this.#url}${path}`, token, body);
    }
    if (answer.status >= 300)
      throw new Error(`POST ${path} answered ${answer.status}: ${answer.text}`);
    return JSON.parse(answer.text);
  }
}
