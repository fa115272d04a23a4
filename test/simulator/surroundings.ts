import type { Effect } from '../../party/definition.ts';
import type { Room } from '../../src/contract/sockets/protocol.ts';
import type { Clock } from './clock.ts';
import type { Connection, OnAnswer } from './network.ts';

/** What a host needs of the world around it. */
export interface Surroundings<State> {
  readonly clock: Clock;
  post(from: Room, to: Room | 'worker', message: object, onAnswer: OnAnswer): void;
  /** Inspects each effect in the state that follows it; throws when it breaks a rule. */
  look(state: State, effect: Effect, connection: Connection | undefined): void;
}
