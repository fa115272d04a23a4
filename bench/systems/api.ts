import { pause } from '../pause.ts';
import type { User } from '../users.ts';
import { post } from './post.ts';
import { Socket } from './socket.ts';

/** A ticket to a room as the API gives it. */
export interface Admission {
  readonly ticket: string;
  /** The path of the room. */
  readonly url: string;
}

/** The API of a Worker as clients use it. */
export class Api {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  /** Calls a user, with the offer. */
  call(
    caller: User,
    callee: User,
    offer: string,
  ): Promise<Admission & { readonly callId: string }> {
    return this.#post(caller, '/api/calls', { to: callee.id, offer });
  }

  /** Gets a ticket to a call. */
  ticket(user: User, callId: string): Promise<Admission> {
    return this.#post(user, `/api/calls/${callId}/ticket`);
  }

  /** Gets a ticket to the user's own inbox. */
  inbox(user: User): Promise<Admission> {
    return this.#post(user, '/api/calls/inbox');
  }

  /** Enters a room; `received` is from its welcome. */
  async enter({ url, ticket }: Admission) {
    const socket = await Socket.open(`${this.#url.replace('http', 'ws')}${url}?ticket=${ticket}`);
    const welcome = socket.next('welcome');
    socket.send({ type: 'hello', version: 1 });
    return { socket, received: Number((await welcome).received) };
  }

  /** Tries once more when told to, as clients do: stores can be too slow on a busy machine. */
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
