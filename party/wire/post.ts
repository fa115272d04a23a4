import type { Room } from '../../src/contract/sockets/protocol.ts';
import type { RoomSecrets } from './signature.ts';
import { sign } from './signature.ts';

/** Sends a request to a room, wherever rooms live. `query` begins with `?`. */
export type FetchRoom = (room: Room, init: RequestInit, query?: string) => Promise<Response>;

/** How long a room is waited for, in milliseconds: a little longer than it waits for others. */
export const ROOM_TIMEOUT_MS = 4_500;

/** The receiver refuses a message for what it is. */
export class RefusedError extends Error {
  override name = 'RefusedError';
}

/** The statuses of a {@link RefusedError}: not a message, too long for one. */
const REFUSALS = [400, 413];

/** What a signed POST needs beside its message; `target` and `now` as {@link sign} has them. */
export interface PostContext {
  readonly secrets: RoomSecrets;
  readonly target: string;
  readonly now: number;
}

/**
 * Tells a room or the Worker something by a signed POST.
 *
 * @returns the JSON that is answered
 * @throws {RefusedError} when the message itself is refused, so that sending it again is of no use
 * @throws when there is no answer, or none of success
 */
export const postSigned = async (
  { secrets, target, now }: PostContext,
  message: object,
  send: (init: RequestInit) => Promise<Response>,
): Promise<unknown> => {
  const body = JSON.stringify(message);
  const headers = {
    'Content-Type': 'application/json',
    ...(await sign(secrets, { target, body }, now)),
  };
  const answer = await send({
    method: 'POST',
    headers,
    body,
    signal: AbortSignal.timeout(ROOM_TIMEOUT_MS),
  });
  if (answer.ok) return answer.json();
  await answer.body?.cancel();
  const what = `${target.split('/')[0]} answered ${answer.status}`;
  throw REFUSALS.includes(answer.status) ? new RefusedError(what) : new Error(what);
};

/**
 * Waits for the answer of a room, with a limit on the answer alone: a WebSocket lives on after it.
 *
 * @throws when there is no answer in time
 */
export const waitForRoom = async (
  request: (signal: AbortSignal) => Promise<Response>,
): Promise<Response> => {
  const controller = new AbortController();
  const late = new Error('The room did not answer in time');
  const timer = setTimeout(() => controller.abort(late), ROOM_TIMEOUT_MS);
  try {
    return await request(controller.signal);
  } finally {
    clearTimeout(timer);
  }
};
