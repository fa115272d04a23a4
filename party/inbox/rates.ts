import type { Turn } from './turn.ts';

/** How often something may be done: so often at once, and then once in so many milliseconds. */
interface Rate {
  readonly burst: number;
  readonly everyMs: number;
}

/** What is counted for each user. */
const RATES = {
  /** Calls that are made: 60 an hour. */
  dials: { burst: 60, everyMs: 60_000 },
  /** TURN credentials that are given for calls that there are already, and outside of calls. */
  turns: { burst: 30, everyMs: 60_000 },
} as const satisfies Record<string, Rate>;

/** Counts something (generic cell rate algorithm); 0, or in how many seconds it may be done. */
export const takeOne = (turn: Turn, what: keyof typeof RATES): number => {
  const { burst, everyMs } = RATES[what];
  const counted = Math.max(turn.state[what], turn.now);
  const early = counted - turn.now - (burst - 1) * everyMs;
  if (early > 0) return Math.ceil(early / 1000);
  turn.set({ [what]: counted + everyMs });
  return 0;
};
