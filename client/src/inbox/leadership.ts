/** What a tab hears of the lead. */
export interface LeadListeners {
  /** This tab leads. */
  readonly lead: () => void;
  /** Another tab has taken the lead away. */
  readonly unlead: () => void;
  /** The browser refuses locks. */
  readonly fail: () => void;
}

/** The part of Web Locks that elects the leader. */
export type Locks = Pick<LockManager, 'request'>;

/** Who of the tabs leads: the one that has the lock. */
export interface Leadership {
  /** Asks for the lead: it comes when nobody else has it. */
  compete(name: string): void;
  /** Takes the lead from a tab that does not answer. */
  steal(name: string): void;
  /** Gives the lead up, or asks for it no longer. */
  yield(): void;
}

/**
 * Elects the leader by a lock, which the browser takes back however a tab ends. Nothing is told
 * while a lock is asked for.
 */
export const createLeadership = (locks: Locks, on: LeadListeners): Leadership => {
  /** Grows with each request: what is heard of an older one does not count. */
  let turn = 0;
  let end: () => void = () => undefined;

  const request = (name: string, steal: boolean) => {
    end();
    const mine = ++turn;
    const controller = new AbortController();
    const held = new Promise<void>((release) => {
      end = () => {
        turn += 1;
        release();
        controller.abort();
      };
    });
    const tellIfMine = (told: () => void) => {
      if (mine === turn) told();
    };
    const hold = () => {
      if (mine !== turn) return undefined;
      void Promise.resolve().then(() => tellIfMine(on.lead));
      return held;
    };
    // A request that steals cannot be called off; it is granted at once.
    const options = steal ? { steal } : { signal: controller.signal };
    Promise.resolve()
      .then(() => (mine === turn ? locks.request(name, options, hold) : undefined))
      .catch((error: Error) => tellIfMine(error.name === 'AbortError' ? on.unlead : on.fail));
  };

  return {
    compete: (name) => request(name, false),
    steal: (name) => request(name, true),
    yield: () => end(),
  };
};
