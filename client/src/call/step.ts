import type { CallClientFrame } from '../contract.ts';
import { stepLink } from '../link/machine.ts';
import type { LinkEvent } from '../link/types.ts';
import type { CallEffect, Ending, Refusal } from './events.ts';
import type { CallMachine, Somebody } from './state.ts';

/** One step of a call: its state so far, and what it wants done. */
export class CallStep {
  state: CallMachine;
  readonly effects: CallEffect[] = [];
  readonly now: number;

  constructor(state: CallMachine, now: number) {
    this.state = state;
    this.now = now;
  }

  set(change: Partial<CallMachine>): void {
    this.state = { ...this.state, ...change };
  }

  do(effect: CallEffect): void {
    this.effects.push(effect);
  }

  /** Says something to the room, over the present socket. */
  say(frame: CallClientFrame): void {
    this.do({ type: 'say', attempt: this.state.link.attempt, frame });
  }

  somebody(user: string): Somebody | undefined {
    return this.state.people.find((one) => one.user === user);
  }

  /** Adds somebody, or replaces what was known of them. */
  put(somebody: Somebody): void {
    const { people } = this.state;
    const isKnown = people.some(({ user }) => user === somebody.user);
    this.set({
      people: isKnown
        ? people.map((one) => (one.user === somebody.user ? somebody : one))
        : [...people, somebody],
    });
  }

  /** Tells the link what happened, and does what it wants. */
  tellLink(event: LinkEvent): void {
    const { state, effects } = stepLink(this.state.link, event, this.now);
    this.set({ link: state });
    if (this.state.welcomed && state.phase !== 'open')
      this.set({ welcomed: false, lostAt: this.now });
    for (const effect of effects) {
      const { url } = this.state;
      if (effect.type === 'ask' && url !== undefined) {
        this.set({ url: undefined });
        this.tellLink({ type: 'ticket', attempt: effect.attempt, url });
      } else this.do(effect);
    }
  }

  /** Ends everything: nothing is waited for any more. */
  finish(ending: Ending, error?: Refusal): void {
    const { phase, people, actions, ending: before } = this.state;
    if (phase === 'over') return;
    for (const { connection } of people)
      if (connection) this.do({ type: 'dropPeer', connection: connection.id });
    this.set({
      phase: 'over',
      people: people.map((one) => ({ ...one, connection: undefined })),
      ending: { ...ending, at: before?.at ?? this.now },
      error,
      actions: [],
      movable: false,
      welcomed: false,
    });
    this.tellLink({ type: 'stop' });
    for (const action of actions) this.do({ type: 'settle', action });
  }

  /** Ends the call as the person wanted it, or in this way. */
  finishUnlessLeft(ending: Ending, error?: Refusal): void {
    this.finish(this.state.ending ?? ending, error);
  }
}
