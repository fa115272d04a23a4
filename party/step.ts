import type { CloseReason } from '../src/contract/sockets/protocol.ts';
import type { Effect, Step } from './definition.ts';
import type { Letter, Outbox, Posted } from './outbox.ts';
import { post } from './outbox.ts';

/** What every state of a machine with an outbox has. */
interface WithOutbox {
  readonly outbox: Outbox;
}

/**
 * One step of a machine while it is taken: the state so far and the effects so far.
 * Nothing outside sees either before {@link MachineStep.result}.
 */
export abstract class MachineStep<State extends WithOutbox, Frame extends object> {
  state: State;
  readonly now: number;
  /** The state as it was written last. */
  protected readonly before: State;
  readonly #effects: Effect[] = [];
  #forgets = false;

  constructor(state: State, now: number) {
    this.state = state;
    this.now = now;
    this.before = state;
  }

  /**
   * Whether what outlives the host differs between two states, by identity: a field that is set
   * anew counts as changed, so setters leave what does not change as it is.
   */
  protected abstract differs(before: State, after: State): boolean;

  /** The state that follows, and the effects; a `keep` comes before all that relies on it. */
  get result(): Step<State> {
    const writes = !this.#forgets && this.differs(this.before, this.state);
    const effects: readonly Effect[] = this.#effects;
    return { state: this.state, effects: writes ? [{ type: 'keep' }, ...effects] : effects };
  }

  set(change: Partial<State>): void {
    this.state = { ...this.state, ...change };
  }

  /** Sends a frame to one connection. */
  send(id: string, frame: Frame): void {
    this.#effects.push({ type: 'send', to: id, frame });
  }

  /** Ends a connection. */
  close(id: string, why: CloseReason): void {
    this.#effects.push({ type: 'close', id, why });
  }

  reply(request: string, answer: object): void {
    this.#effects.push({ type: 'reply', request, answer });
  }

  /** Tells another room or the Worker. */
  post(letter: Letter): void {
    this.takeOver(post(this.state.outbox, letter));
  }

  /**
   * Asks once and outside of the outbox, so that nothing waits behind it.
   *
   * @returns the number of the answer
   */
  ask(to: Letter['to'], message: Letter['message']): number {
    const { outbox } = this.state;
    const n = outbox.next;
    this.state = { ...this.state, outbox: { ...outbox, next: n + 1 } };
    this.#effects.push({ type: 'post', n, to, message });
    return n;
  }

  /** Takes over what became of the outbox. */
  takeOver({ outbox, effects }: Posted): void {
    if (outbox !== this.state.outbox) this.state = { ...this.state, outbox };
    this.#effects.push(...effects);
  }

  /** Deletes all that was written; nothing is written in this step. */
  forget(): void {
    this.#forgets = true;
    this.#effects.push({ type: 'forget' });
  }
}

/**
 * Whether two states differ in a field that is written. Fields in `unwritten` do not count, and of
 * the outbox only what is durable counts.
 */
export const differsExcept = <State extends WithOutbox>(
  unwritten: ReadonlySet<string>,
  before: State,
  after: State,
): boolean => {
  if (before === after) return false;
  if (before.outbox.changes !== after.outbox.changes) return true;
  for (const field in after) {
    if (before[field] === after[field] || field === 'outbox') continue;
    if (!unwritten.has(field)) return true;
  }
  return false;
};
