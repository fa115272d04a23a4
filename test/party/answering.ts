import type { Effect } from '../../party/definition.ts';
import type { ToCall, ToInbox } from '../../party/wire/messages.ts';
import type { ToWorker } from '../../party/wire/to-worker.ts';

/** A request to another room or the Worker. */
export type Post = Extract<Effect, { type: 'post' }>;

/** The messages of a request: one, or those of a batch. */
export const messagesIn = ({ message }: Post) =>
  message.type === 'batch' ? message.messages : [message];

/** The answer to a request: one answer, or one for each message of a batch. */
export const answerTo = (
  { message }: Post,
  answer: (message: ToCall | ToInbox | ToWorker) => unknown,
): unknown =>
  message.type === 'batch' ? { answers: message.messages.map(answer) } : answer(message);
