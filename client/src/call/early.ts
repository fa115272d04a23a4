import type { Inbox, Ring } from '../inbox/types.ts';
import type { ActiveCall } from './active-call.ts';

/** What a call that rings is prepared with. */
export interface EarlyOptions {
  readonly inbox: Pick<Inbox, 'rings'>;
  /** Whether this tab is looked at, and has no call. */
  readonly isWanted: () => boolean;
  prepare(ring: Ring): ActiveCall;
}

/** What takes a call that rings before it is accepted: one tab of a browser has it. */
const LOCK = 'aist.call.early';

/**
 * Prepares the call that rings first, in the tab that is looked at: its room is entered, and the
 * offer applied, so that accepting is one message. Nothing is captured, and no address of this
 * device is told to the caller, before the person accepts.
 */
export class EarlyCalls {
  readonly #options: EarlyOptions;
  readonly #unsubscribe: () => void;
  #prepared: { readonly ring: string; readonly call: ActiveCall } | undefined;
  #letGo: (() => void) | undefined;
  /** The call that is asked for, or was prepared here before: no call is prepared twice. */
  #tried: string | undefined;

  constructor(options: EarlyOptions) {
    this.#options = options;
    this.#unsubscribe = options.inbox.rings.subscribe(() => this.look());
  }

  /** Looks whether there is something to prepare, or to give up. */
  look(): void {
    const [first] = this.#options.inbox.rings.get();
    const rings = (id: string) => this.#options.inbox.rings.get().some(({ call }) => call === id);
    if (this.#prepared && !rings(this.#prepared.ring)) this.#giveUp();
    if (!first || this.#prepared || this.#tried === first.call || !this.#options.isWanted()) return;
    this.#tried = first.call;
    const prepare = () => {
      const isStill = rings(first.call) && this.#tried === first.call && this.#options.isWanted();
      if (isStill) this.#prepared = { ring: first.call, call: this.#options.prepare(first) };
      return isStill;
    };
    // It only makes accepting faster: a call that could not be prepared is taken without.
    this.#whileAlone(prepare).catch(() => undefined);
  }

  /** Hands over the call that was prepared, if it was. */
  take(ring: string): ActiveCall | undefined {
    this.#tried = ring;
    const prepared = this.#prepared;
    if (prepared?.ring !== ring) return undefined;
    this.#prepared = undefined;
    this.#letGo?.();
    // One that has ended by itself is asked for again: the answer says what became of it.
    return prepared.call.state.get().state === 'ended' ? undefined : prepared.call;
  }

  dispose(): void {
    this.#unsubscribe();
    this.#tried = undefined;
    this.#giveUp();
  }

  #giveUp(): void {
    const prepared = this.#prepared;
    this.#prepared = undefined;
    this.#letGo?.();
    prepared?.call.leave();
  }

  /** Works in one tab at a time: two sockets of one browser would put each other out. */
  async #whileAlone(work: () => boolean): Promise<void> {
    const locks = globalThis.navigator?.locks;
    if (!locks) {
      work();
      return;
    }
    await locks.request(LOCK, { ifAvailable: true }, async (lock) => {
      if (!lock) return;
      const held = new Promise<void>((resolve) => {
        this.#letGo = resolve;
      });
      try {
        if (work()) await held;
      } finally {
        this.#letGo = undefined;
      }
    });
  }
}
