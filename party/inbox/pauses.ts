import type { StopReason } from '../../src/contract/sockets/inbox.ts';
import type { InboxStep } from './step.ts';

/**
 * How long a caller waits after their first unanswered call, the second one … in milliseconds
 * [C29].
 */
export const PAUSES_MS = [10_000, 30_000, 120_000, 600_000] as const;

/** How long after a pause its caller is remembered, in milliseconds. */
const FORGET_MS = 86_400_000;

/** How many callers are remembered: those who must wait, and those who rang in vain most often. */
const PAUSE_LIMIT = 256;

/** A caller whose calls this user has not answered. */
export interface Pause {
  readonly user: string;
  /** How many of their calls were unanswered since one was answered, or they were called. */
  readonly count: number;
  /** When they may ring again, in milliseconds since 1970. */
  readonly until: number;
}

const isRemembered = ({ until }: Pause, now: number) => until + FORGET_MS > now;

const findPause = (step: InboxStep, user: string): Pause | undefined =>
  step.state.pauses.find((pause) => pause.user === user && isRemembered(pause, step.now));

/** How many calls of a caller were unanswered. */
export const countUnanswered = (step: InboxStep, user: string): number =>
  findPause(step, user)?.count ?? 0;

/** In how many seconds a caller may ring again; 0 = now. */
export const secondsUntilRing = (step: InboxStep, user: string): number => {
  const until = findPause(step, user)?.until ?? 0;
  return Math.max(0, Math.ceil((until - step.now) / 1000));
};

/**
 * Notes that a call of somebody was not answered. A caller who cancels waits one step less, since
 * people who have misdialled call again at once.
 */
export const noteUnanswered = (step: InboxStep, user: string, reason: StopReason): void => {
  const { now } = step;
  const known = findPause(step, user);
  const count = (known?.count ?? 0) + 1;
  const level = Math.min(reason === 'cancelled' ? count - 1 : count, PAUSES_MS.length);
  const until = Math.max(known?.until ?? 0, now + (PAUSES_MS[level - 1] ?? 0));
  const others = step.state.pauses.filter((one) => one.user !== user && isRemembered(one, now));
  const pauses = [...others, { user, count, until }];
  const levels = PAUSES_MS.length;
  const rank = (pause: Pause) => (pause.until > now ? levels : 0) + Math.min(pause.count, levels);
  const least = Math.min(...others.map(rank));
  const isFull = pauses.length > PAUSE_LIMIT;
  const surplus = isFull ? others.find((other) => rank(other) === least) : undefined;
  step.set({ pauses: pauses.filter((pause) => pause !== surplus) });
};

/** Lets callers ring again at once: this user has answered them, or calls them. */
export const forgetPauses = (step: InboxStep, users: readonly string[]): void => {
  const left = step.state.pauses.filter(({ user }) => !users.includes(user));
  if (left.length < step.state.pauses.length) step.set({ pauses: left });
};
