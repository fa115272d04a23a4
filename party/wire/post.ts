import type { Room } from '../../src/contract/sockets/protocol.ts';
import { type RoomSecrets, sign } from './signature.ts';

/** Sends a request to a room, wherever rooms live. `query` begins with `?`. */
export type FetchRoom = (room: Room, init: RequestInit, query?: string) => Promise<Response>;

/** How long anybody waits for a room, in milliseconds: a little longer than the room itself waits for what it asks. */
export const ROOM_TIMEOUT_MS = 4_500;

/** Whoever was told something says that it is nothing they could be told. */
export class RefusedError extends Error {
  override name = 'RefusedError';
}

/** The answers that say so: not a message, and too long for one. */
const REFUSALS = [400, 413];

/**
 * Tells somebody something by a signed POST.
 *
 * @param target as {@link sign} has it
 * @returns the JSON that is answered
 * @throws {RefusedError} when it is refused for what it is
 * @throws when nobody answers, or not with success
 */
export const postSigned = async (
  secrets: RoomSecrets,
  target: string,
  message: object,
  send: (init: RequestInit) => Promise<Response>,
  now: number,
): Promise<unknown> => {
  const body = JSON.stringify(message);
  const headers = {
    'Content-Type': 'application/json',
    ...(await sign(secrets, target, { body }, now)),
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
 * Waits for the answer of a room, which may last for longer than anybody waits: a WebSocket.
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
