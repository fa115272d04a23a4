import type { Signal } from '../../../src/contract/sockets/call.ts';
import { CallServerFrame } from '../../../src/contract/sockets/call.ts';
import { PATIENCE_MS } from '../patience.ts';
import type { CallLine, Device, Ticket } from './device.ts';
import { CallClient } from './reference-client.ts';

/**
 * How often the client ticks, in milliseconds: oftener than a real one, since tests wait for it.
 */
const TICK_MS = 50;

/** The reference client with a real connection, in one call. */
export class SocketClient {
  readonly client: CallClient;
  readonly #device: Device;
  readonly #call: string;
  readonly #waiting = new Set<() => void>();
  #line: CallLine | undefined;
  #ticking: NodeJS.Timeout | undefined;

  /**
   * @param call its id
   * @param offer what went with POST /api/calls
   */
  constructor(device: Device, call: string, offer?: Signal) {
    this.#device = device;
    this.#call = call;
    this.client = new CallClient({
      send: (frame) => this.#line?.say(frame),
      ...(offer && { offer }),
      onChange: () => {
        for (const look of this.#waiting) look();
      },
    });
  }

  /** Connects, or comes back, with a new ticket where none is given. */
  async connect(given?: Ticket): Promise<void> {
    const ticket = given ?? (await this.#device.callTicket(this.#call));
    const line = await this.#device.enter(ticket, CallServerFrame, (frame) => {
      if (line === this.#line) this.client.received(frame);
    });
    this.#line = line;
    this.client.opened();
    this.#ticking = setInterval(() => this.client.tick(performance.now()), TICK_MS);
    void line.closed.then(({ code }) => {
      if (line === this.#line) this.#gone(code);
    });
    await this.until(({ state }) => state !== undefined);
  }

  /** Loses the connection, without a word. */
  drop(): void {
    const line = this.#line;
    this.#gone();
    line?.drop();
  }

  /** Waits until the condition holds. */
  until(so: (client: CallClient) => boolean): Promise<void> {
    if (so(this.client)) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const end = (settle: () => void) => {
        clearTimeout(timer);
        this.#waiting.delete(look);
        settle();
      };
      const look = () => {
        if (so(this.client)) end(resolve);
      };
      const timer = setTimeout(
        () => end(() => reject(new Error(`It never came to ${so}`))),
        PATIENCE_MS,
      );
      this.#waiting.add(look);
    });
  }

  #gone(code?: number) {
    clearInterval(this.#ticking);
    this.#line = undefined;
    this.client.closed(code);
  }
}
