import type { Call } from 'aist-client/call';
import { useStore } from 'aist-client/preact';
import { nameOf } from '../../app/names.ts';
import { words } from '../../app/words.ts';

/** How people are shown: side by side, or whoever speaks alone. */
export type View = 'grid' | 'spotlight';

/** The names of all who are in a call. */
export const useTitle = (call: Call): string => {
  const { calls: text } = useStore(words);
  const all = useStore(call.people);
  const there = all.filter(({ state }) => state !== 'left');
  return (there.length > 0 ? there : all).map(nameOf).join(', ') || text.running;
};
