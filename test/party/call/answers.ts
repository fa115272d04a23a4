import type { ToCall, ToInbox } from '../../../party/wire/messages.ts';
import type { ToWorker } from '../../../party/wire/to-worker.ts';
import type { Post } from '../answering.ts';
import { answerTo, messagesIn } from '../answering.ts';

type Told = (ToCall | ToInbox | ToWorker)['type'];

/**
 * What inboxes and the Worker answer; by default all goes well. {@link HANGS} means no answer yet,
 * undefined that they cannot be reached.
 */
export type Answers = Partial<Record<Told, (user: string) => unknown>>;

/** A request that has no answer yet. */
export const HANGS = Symbol('hangs');

const DEFAULTS: Answers = {
  dial: () => ({ outcome: 'ok' }),
  ring: () => ({ outcome: 'ok', devices: 1, old: false }),
  active: () => ({ outcome: 'ok' }),
};

/** What a post is answered, by the target of the post; {@link HANGS} when any message hangs. */
export const answerPost = (post: Post, answers: Answers): unknown => {
  const target = post.to === 'worker' ? post.to : post.to.id;
  const done = () => ({ outcome: 'done' });
  const answer = ({ type }: { type: Told }) => (answers[type] ?? DEFAULTS[type] ?? done)(target);
  const isHanging = messagesIn(post).some((message) => answer(message) === HANGS);
  return isHanging ? HANGS : answerTo(post, answer);
};
