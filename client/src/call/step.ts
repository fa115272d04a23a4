import type { CallClientFrame } from '../contract.ts';
import { stepLink } from '../link/machine.ts';
import type { LinkEvent } from '../link/types.ts';
import type { CallEffect, Ending, Refusal } from './events.ts';
import type { CallMachine, ChangingCall, Somebody } from './state.ts';
import { copyCall } from './state.ts';

/** One step of a call: its state so far, which is a copy, and what it wants done. */
export class CallStep {
  readonly state: ChangingCall;
  readonly effects: CallEffect[] = [];
  readonly now: number;

  constructor(state: CallMachine, now: number) {
    this.state = copyCall(state);
    this.now = now;
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
    const known = people.findIndex(({ user }) => user === somebody.user);
    people[known < 0 ? people.length : known] = somebody;
  }

  /** Tells the link what happened, and does what it wants. */
  tellLink(event: LinkEvent): void {
    const { state } = this;
    const { state: link, effects } = stepLink(state.link, event, this.now);
    state.link = link;
    if (state.welcomed && link.phase !== 'open') {
      state.welcomed = false;
      state.lostAt = this.now;
    }
    for (const effect of effects) {
      const { url } = state;
      if (effect.type === 'ask' && url !== undefined) {
        state.url = undefined;
        this.tellLink({ type: 'ticket', attempt: effect.attempt, url });
      } else this.do(effect);
    }
  }

  /** Ends everything: nothing is waited for any more. */
  finish(ending: Ending, error?: Refusal): void {
    const { state } = this;
    const { actions } = state;
    if (state.phase === 'over') return;
    for (const one of state.people) {
      const { connection } = one;
      if (connection) this.do({ type: 'dropPeer', connection: connection.id });
      one.connection = undefined;
    }
    state.phase = 'over';
    state.ending = { ...ending, at: state.ending?.at ?? this.now };
    state.error = error;
    state.actions = [];
    state.movable = false;
    state.welcomed = false;
    this.tellLink({ type: 'stop' });
    for (const action of actions) this.do({ type: 'settle', action });
  }

  /** Ends the call as the person wanted it, or in this way. */
  finishUnlessLeft(ending: Ending, error?: Refusal): void {
    this.finish(this.state.ending ?? ending, error);
  }
}
