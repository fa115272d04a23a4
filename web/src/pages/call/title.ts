import type { Call } from 'aist-client/call';
import { nameOf } from '../../app/names.ts';
import { signalOf } from '../../app/use-store.ts';
import { words } from '../../app/words.ts';

/** How people are shown: side by side, or whoever speaks alone. */
export type View = 'grid' | 'spotlight';

/** The names of all who are in a call. */
export const titleOf = (call: Call): string => {
  const all = signalOf(call.people).value;
  const there = all.filter(({ state }) => state !== 'left');
  return (there.length > 0 ? there : all).map(nameOf).join(', ') || words.value.calls.running;
};
