import type { StopReason } from '../../src/contract/sockets/inbox.ts';
import type { Turn } from './turn.ts';

/** How long somebody waits before they ring again after the first unanswered call, the second... */
export const PAUSES_MS = [10_000, 30_000, 120_000, 600_000] as const;

/** How long after a pause its caller is remembered, in milliseconds. */
const FORGET_MS = 86_400_000;

/** How many callers are remembered: those who have to wait, and were answered least often. */
const PAUSE_LIMIT = 256;

/** Somebody who rang for this user in vain. */
export interface Pause {
  readonly user: string;
  /** How often, since they were answered or called back. */
  readonly count: number;
  /** When they may ring again, in milliseconds since 1970. */
  readonly until: number;
}

const isRemembered = ({ until }: Pause, now: number) => until + FORGET_MS > now;

const pauseOf = (turn: Turn, user: string): Pause | undefined =>
  turn.state.pauses.find((pause) => pause.user === user && isRemembered(pause, turn.now));

/** How often somebody has rung in vain. */
export const unansweredOf = (turn: Turn, user: string): number => pauseOf(turn, user)?.count ?? 0;

/** In how many seconds somebody may ring; 0 = now. */
export const secondsUntilRing = (turn: Turn, user: string): number => {
  const until = pauseOf(turn, user)?.until ?? 0;
  return Math.max(0, Math.ceil((until - turn.now) / 1000));
};

/**
 * Notes that somebody rang and was not answered. Whoever gives up a call themselves waits one step
 * less, since people who have misdialled call again at once.
 */
export const noteUnanswered = (turn: Turn, user: string, reason: StopReason): void => {
  const { now } = turn;
  const known = pauseOf(turn, user);
  const count = (known?.count ?? 0) + 1;
  const step = Math.min(reason === 'cancelled' ? count - 1 : count, PAUSES_MS.length);
  const until = Math.max(known?.until ?? 0, now + (PAUSES_MS[step - 1] ?? 0));
  const others = turn.state.pauses.filter((one) => one.user !== user && isRemembered(one, now));
  const pauses = [...others, { user, count, until }];
  const steps = PAUSES_MS.length;
  const rank = (pause: Pause) => (pause.until > now ? steps : 0) + Math.min(pause.count, steps);
  const least = Math.min(...others.map(rank));
  const isFull = pauses.length > PAUSE_LIMIT;
  const surplus = isFull ? others.find((other) => rank(other) === least) : undefined;
  turn.set({ pauses: pauses.filter((pause) => pause !== surplus) });
};

/** Lets people ring at once again: they were answered, or are called themselves. */
export const forgetPauses = (turn: Turn, users: readonly string[]): void => {
  const left = turn.state.pauses.filter(({ user }) => !users.includes(user));
  if (left.length < turn.state.pauses.length) turn.set({ pauses: left });
};
