import { isRinging } from './ending.ts';
import { noteUnanswered, unansweredOf } from './pauses.ts';
import type { EntryIn } from './state.ts';
import type { Turn } from './turn.ts';

/** How many calls ring for somebody at once. */
const RINGS = 32;

/** In whose name a call is refused that no device refuses. */
const NO_DEVICE = '';

/** Refuses a call that rings, since this user is busy. */
export const refuseBusy = (turn: Turn, entry: EntryIn<'ringing'>, device = NO_DEVICE): void => {
  if (entry.declined) return;
  turn.put({ ...entry, declined: true });
  turn.act(entry.call, device, { type: 'busy' });
};

/**
 * Makes room for one more call to ring. The slots are shared: who has most of them, or has rung in
 * vain most often, gives one up, and of those who are alike the one that has rung longest. So
 * callers who are many can make nobody busy for one who is new.
 */
export const makeSlot = (turn: Turn, caller: string): boolean => {
  const ringing = turn.entriesIn('ringing').filter((entry) => isRinging(entry, turn.now));
  if (ringing.length < RINGS) return true;
  const held = (user: string) => ringing.filter(({ ring }) => ring.from.user === user).length;
  const isWorse = (one: readonly [number, number], other: readonly [number, number]) =>
    one[0] > other[0] || (one[0] === other[0] && one[1] > other[1]);
  const weigh = (user: string, more = 0) => [held(user) + more, unansweredOf(turn, user)] as const;
  const [first, ...others] = ringing;
  if (!first) return true;
  let last = first;
  for (const entry of others) {
    if (isWorse(weigh(entry.ring.from.user), weigh(last.ring.from.user))) last = entry;
  }
  const { user } = last.ring.from;
  if (isWorse(weigh(caller, 1), weigh(user))) return false;
  refuseBusy(turn, last);
  // The end as busy is not counted otherwise.
  noteUnanswered(turn, user, 'busy');
  return true;
};
