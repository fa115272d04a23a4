import { createLog } from '../src/platform/log.ts';
import type { Effect } from './definition.ts';
import { RefusedError } from './wire/post.ts';

/**
 * How often the Worker may refuse a message before it is given up. With the pauses between the tries
 * that is longer than a deployment, in which the Worker may be of an older version than a room.
 */
export const REFUSALS_LIMIT = 12;

/** What a machine hears then. */
const GIVEN_UP = { outcome: 'refused' } as const;

const log = createLog();

/** What the Worker has refused, of all that a room tells it. */
export class Refusals {
  /** How often, by the number in the outbox. */
  readonly #counts = new Map<number, number>();

  /** A message was answered. */
  delete(n: number): void {
    this.#counts.delete(n);
  }

  /**
   * Says what the machine hears of a message that failed: nothing, so that it is tried again; or,
   * when the Worker refuses it for good, that it is given up.
   *
   * @param about fields of the log line that says so
   */
  answerTo(
    { n, to, message }: Extract<Effect, { type: 'post' }>,
    error: unknown,
    about: { readonly party: string; readonly room: string },
  ): typeof GIVEN_UP | undefined {
    if (to !== 'worker' || !(error instanceof RefusedError)) return undefined;
    const count = (this.#counts.get(n) ?? 0) + 1;
    this.#counts.set(n, count);
    if (count < REFUSALS_LIMIT) return undefined;
    this.#counts.delete(n);
    log.error('room.message_refused', { ...about, message: message.type });
    return GIVEN_UP;
  }
}
