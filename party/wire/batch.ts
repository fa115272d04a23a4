import * as z from 'zod';
import type { ToCall, ToInbox } from './messages.ts';
import type { ToWorker } from './to-worker.ts';

/** How many messages one request brings to a room at most. */
export const BATCH_LIMIT = 64;

/** Messages of one room to another, in order [C16]. Answered with {@link Answers}. */
export const Batch = z.object({
  type: z.literal('batch'),
  messages: z.array(z.unknown()).min(1).max(BATCH_LIMIT),
});

export type Batch = {
  readonly type: 'batch';
  readonly messages: readonly (ToCall | ToInbox | ToWorker)[];
};

/** The answers to a {@link Batch}, in the order of its messages; null where there is none. */
export const Answers = z.object({ answers: z.array(z.unknown()) });

/** The answer of a room that has too much to tell another one: the message has to come again. */
export const LATER = { outcome: 'later' } as const;
