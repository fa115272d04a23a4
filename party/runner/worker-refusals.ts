import { createLog } from '../../src/platform/log.ts';
import type { Effect } from '../definition.ts';
import { RefusedError } from '../wire/post.ts';

/**
 * How often the Worker may refuse a message before the room gives it up. With the pauses between
 * the tries that is longer than a deployment, during which the Worker may be older than the room.
 */
export const REFUSALS_LIMIT = 12;

/** The answer that a machine gets to a message that was given up. */
const GIVEN_UP = { outcome: 'refused' } as const;

const log = createLog();

/** Counts how often the Worker has refused each message of a room. */
export class WorkerRefusals {
  /** The counts, by the message's number in the outbox. */
  readonly #counts = new Map<number, number>();

  /** Forgets a message that was answered. */
  forget(n: number): void {
    this.#counts.delete(n);
  }

  /**
   * Says what the machine hears of a message that failed: undefined, so that it tries again; or,
   * when the Worker has refused it too often, that it is given up, with a line in the log [C9].
   *
   * @param about the fields of that line
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
