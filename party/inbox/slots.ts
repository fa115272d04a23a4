import { isRinging } from './ending.ts';
import { countUnanswered, noteUnanswered } from './pauses.ts';
import type { EntryIn } from './state.ts';
import type { InboxStep } from './step.ts';

/** How many calls ring for one user at once. */
const SLOTS = 32;

/** Stands for the device in a refusal that no device made. */
const NO_DEVICE = '';

/** Refuses a ringing call, since this user is busy. */
export const refuseBusy = (
  step: InboxStep,
  entry: EntryIn<'ringing'>,
  device = NO_DEVICE,
): void => {
  if (entry.declined) return;
  step.putEntry({ ...entry, declined: true });
  step.act(entry.call, device, { type: 'busy', invitation: entry.invitation });
};

/** How many slots a caller has, and how often they have rung in vain. */
type Weight = readonly [slots: number, unanswered: number];

const isHeavier = (one: Weight, other: Weight): boolean =>
  one[0] > other[0] || (one[0] === other[0] && one[1] > other[1]);

/**
 * Makes sure that a slot is free for one more ringing call of a caller; false if there is none.
 * When all are taken, the caller with the most slots gives one up; among equals the one who has
 * rung in vain most often; among those the one who has rung longest. So a crowd of callers makes
 * nobody busy for somebody new [C30].
 */
export const makeSlot = (step: InboxStep, caller: string): boolean => {
  const ringing = step.entriesIn('ringing').filter((entry) => isRinging(entry, step.now));
  if (ringing.length < SLOTS) return true;
  const slotsOf = (user: string) => ringing.filter(({ ring }) => ring.from.user === user).length;
  const weigh = (user: string, more = 0): Weight => [
    slotsOf(user) + more,
    countUnanswered(step, user),
  ];
  const [first, ...others] = ringing;
  if (!first) return true;
  let heaviest = first;
  for (const entry of others) {
    if (isHeavier(weigh(entry.ring.from.user), weigh(heaviest.ring.from.user))) heaviest = entry;
  }
  const { user } = heaviest.ring.from;
  if (isHeavier(weigh(caller, 1), weigh(user))) return false;
  refuseBusy(step, heaviest);
  // A call that ends as busy is not counted otherwise.
  noteUnanswered(step, user, 'busy');
  return true;
};
