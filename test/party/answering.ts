import type { Effect } from '../../party/definition.ts';
import type { ToCall, ToInbox, ToWorker } from '../../party/wire/messages.ts';

/** A request to another room or the Worker. */
export type Post = Extract<Effect, { type: 'post' }>;

/** What a request brings: one message, or several. */
export const messagesIn = ({ message }: Post) =>
  message.type === 'batch' ? message.messages : [message];

/** The answer to a request: that to its message, or to each of several. */
export const answerTo = (
  { message }: Post,
  answer: (message: ToCall | ToInbox | ToWorker) => unknown,
): unknown =>
  message.type === 'batch' ? { answers: message.messages.map(answer) } : answer(message);
