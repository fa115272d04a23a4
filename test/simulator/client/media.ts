import type { Clock } from '../clock.ts';
import type { SimulatedConnection } from './peer-connection.ts';

/** How long media take to begin, to be missed, and to fail, in milliseconds. */
const BEGIN_MS = 30;
const MISSED_MS = 1_000;
const FAILED_MS = 5_000;
const NEVER_MS = 15_000;

/** A connection and the network that its device is in; none is undefined. */
interface Known {
  readonly connection: SimulatedConnection;
  readonly path: () => string | undefined;
  brokenAt: number | undefined;
}

/** The media between connections: they flow where both sides agree and both have a network. */
export class Media {
  readonly connections = new Map<string, Known>();
  readonly #clock: Clock;
  #isLooking = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(connection: SimulatedConnection, path: () => string | undefined) {
    this.connections.set(connection.id, { connection, path, brokenAt: undefined });
    this.look();
  }

  /** Looks at all connections a little later, and again as long as something may change. */
  look() {
    if (this.#isLooking) return;
    this.#isLooking = true;
    this.#clock.in(BEGIN_MS, () => {
      this.#isLooking = false;
      let mayChange = false;
      for (const [id, known] of this.connections) {
        if (known.connection.isClosed) this.connections.delete(id);
        else mayChange = this.#show(known) || mayChange;
      }
      if (mayChange) this.look();
    });
  }

  /** Whether media flow over a connection. */
  flows({ connection, path }: Known): boolean {
    const other = this.connections.get(connection.other ?? '');
    if (!other || connection.session === undefined) return false;
    const [here, there] = [path(), other.path()];
    return (
      connection.session === other.connection.session &&
      here !== undefined &&
      there !== undefined &&
      connection.gatheredIn === here &&
      other.connection.gatheredIn === there &&
      connection.candidates.length > 0 &&
      other.connection.candidates.length > 0
    );
  }

  #show(known: Known): boolean {
    const { connection } = known;
    const { now } = this.#clock;
    if (this.flows(known)) {
      known.brokenAt = undefined;
      connection.showMedia('connected');
      return false;
    }
    // Without a session ICE has not begun.
    if (connection.connectionState === 'new' && connection.session === undefined) return true;
    known.brokenAt ??= now;
    const broken = now - known.brokenAt;
    const hadBegun = connection.connectionState !== 'new';
    if (broken >= (hadBegun ? FAILED_MS : NEVER_MS)) connection.showMedia('failed');
    else if (hadBegun && broken >= MISSED_MS && connection.connectionState === 'connected')
      connection.showMedia('disconnected');
    return true;
  }
}
