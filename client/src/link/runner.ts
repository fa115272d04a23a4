import type { Clock, Log } from '../options.ts';

export { callListener } from '../listener.ts';

/** What runs a pure machine. */
export interface Runner<State, Event> {
  /** The state after the last event. */
  readonly state: State;
  /** Tells the machine an event: at once, or behind those that are being worked on. */
  tell(event: Event): void;
  /** Ends its timer; events that come later change nothing. */
  dispose(): void;
}

/** What a machine is made of. */
export interface Machine<State, Event, Effect> {
  readonly initial: State;
  step(
    state: State,
    event: Event,
    now: number,
  ): { readonly state: State; readonly effects: readonly Effect[] };
  /** When the machine wants to be told the time. */
  deadline(state: State): number | undefined;
  /** Tells the time. */
  readonly time: Event;
  /** Does what a step wants; it may tell further events. */
  perform(effects: readonly Effect[], state: State): void;
}

/** Timers are set for at most an hour, since browsers cannot count beyond 25 days. */
const LONGEST_TIMER_MS = 3_600_000;

/**
 * Runs a machine: takes its events one after another, also those that come while one is worked on,
 * and sets one timer for its deadline. A step that throws is logged, and changes nothing.
 */
export const runMachine = <State, Event, Effect>(
  { clock, log }: { readonly clock: Clock; readonly log: Log },
  machine: Machine<State, Event, Effect>,
): Runner<State, Event> => {
  let state = machine.initial;
  let timer: unknown;
  let isRunning = false;
  let isDisposed = false;
  const events: Event[] = [];

  const stopTimer = () => {
    if (timer !== undefined) clock.clearTimeout(timer);
    timer = undefined;
  };
  const take = (event: Event) => {
    try {
      const next = machine.step(state, event, clock.now());
      state = next.state;
      machine.perform(next.effects, state);
    } catch (error) {
      log('machine.failed', { error: String(error) });
    }
  };
  const setTimer = () => {
    stopTimer();
    const deadline = isDisposed ? undefined : machine.deadline(state);
    if (deadline === undefined) return;
    const left = deadline - clock.now();
    // A time that is no number, which only a broken frame can bring, may not turn round and round.
    const ms = Number.isNaN(left)
      ? LONGEST_TIMER_MS
      : Math.min(Math.max(left, 0), LONGEST_TIMER_MS);
    timer = clock.setTimeout(() => {
      timer = undefined;
      tell(machine.time);
    }, ms);
  };
  const tell = (event: Event): void => {
    if (isDisposed) return;
    events.push(event);
    if (isRunning) return;
    isRunning = true;
    for (let next = events.shift(); next !== undefined && !isDisposed; next = events.shift())
      take(next);
    isRunning = false;
    setTimer();
  };

  return {
    get state() {
      return state;
    },
    tell,
    dispose: () => {
      isDisposed = true;
      events.length = 0;
      stopTimer();
    },
  };
};
