/** How many refused callers are remembered. */
const REMEMBERED = 1_000;

/**
 * Remembers who may call nobody for a while, as far as this isolate has heard. A caller who asks
 * again before that is over costs no statement and no room.
 *
 * @param now milliseconds since 1970
 */
export const createRefusedCallers = (now: () => number) => {
  /** Maps a user to when the refusal ends; the user remembered longest ago comes first. */
  const refused = new Map<string, number>();
  return {
    /** Says in how many seconds a user may call; 0 = now, as far as is known. */
    secondsLeft(user: string): number {
      return Math.max(0, Math.ceil(((refused.get(user) ?? 0) - now()) / 1000));
    },
    remember(user: string, seconds: number): void {
      refused.delete(user);
      refused.set(user, now() + seconds * 1000);
      const [oldest] = refused.keys();
      if (refused.size > REMEMBERED && oldest !== undefined) refused.delete(oldest);
    },
  };
};
