import type { RoomCall } from '../../party/call/state.ts';
import { memberOf } from '../../party/call/state.ts';
import type { Outbox } from '../../party/outbox.ts';
import { QUEUE_LIMIT } from '../../party/outbox.ts';
import type { Post } from '../party/answering.ts';
import { messagesIn } from '../party/answering.ts';
import { hold } from './broken.ts';

/**
 * How often a legacy device is handed the same signal while it rings: once, and once more after it
 * dropped it.
 */
const HANDED_LIMIT = 2;

/**
 * [C17] Checks what rooms send one another: never without bound, and never the same again and
 * again.
 */
export class Traffic {
  readonly #handed = new Map<string, number>();

  /** Checks a post of a call; where requests fail, all of it may have to be told again. */
  look(call: RoomCall, post: Post, mayFail: boolean) {
    checkQueues(call.outbox);
    const { to } = post;
    if (mayFail || to === 'worker' || memberOf(call, to.id)?.state !== 'ringing') return;
    for (const message of messagesIn(post)) {
      if (message.type !== 'signal' || message.device === undefined) continue;
      const { device, from, epoch, seq } = message;
      const name = [call.id, device, from, epoch, seq].join(' ');
      const times = (this.#handed.get(name) ?? 0) + 1;
      this.#handed.set(name, times);
      hold(
        times <= HANDED_LIMIT,
        () => `${device} is handed signal ${seq} of ${call.id} ${times} times`,
      );
    }
  }
}

const checkQueues = ({ queues }: Outbox) => {
  for (const { passing, items } of queues) {
    hold(passing <= QUEUE_LIMIT, () => `${items.length} messages wait for one target`);
  }
};
