import { setTimeout as sleep } from 'node:timers/promises';
import type { CallLine, InboxLine } from './device.ts';

/** A clock that slows down with the machine. */
export interface Beats {
  /** How many beats there were so far. */
  readonly count: number;
  stop(): void;
}

/**
 * Counts beats: a room answers a ping, and a pause passes. A busy machine beats slower, so that
 * "before so many beats" holds where "within so many milliseconds" would fail.
 */
export const startBeats = (line: CallLine | InboxLine, pauseMs: number): Beats => {
  let count = 0;
  let isBeating = true;
  const beat = async () => {
    for (; isBeating; count++) {
      line.say({ type: 'ping' });
      await line.next({ type: 'pong' }, 60_000);
      await sleep(pauseMs);
    }
  };
  // The connection may end at any time, and the clock stands still then.
  void beat().catch(() => undefined);
  return {
    get count() {
      return count;
    },
    stop: () => {
      isBeating = false;
    },
  };
};
