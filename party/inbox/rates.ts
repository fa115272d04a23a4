import type { InboxStep } from './step.ts';

/** `burst` uses at once, and then one every `everyMs` milliseconds. */
interface Rate {
  readonly burst: number;
  readonly everyMs: number;
}

/** The rates of each user, by the field of the state that counts them. */
const RATES = {
  /** Calls that the user makes: 60 an hour [C28]. */
  dials: { burst: 60, everyMs: 60_000 },
  /** TURN credentials outside of calls, and for calls that exist already [C31]. */
  turns: { burst: 30, everyMs: 60_000 },
} as const satisfies Record<string, Rate>;

/**
 * Counts one use (GCRA). Returns 0, or in how many seconds it is allowed; then nothing is counted.
 */
export const countUse = (step: InboxStep, what: keyof typeof RATES): number => {
  const { burst, everyMs } = RATES[what];
  const arrival = Math.max(step.state[what], step.now);
  const earlyMs = arrival - step.now - (burst - 1) * everyMs;
  if (earlyMs > 0) return Math.ceil(earlyMs / 1000);
  step.set({ [what]: arrival + everyMs });
  return 0;
};
