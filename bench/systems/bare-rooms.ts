import { post } from './post.ts';
import { Relay } from './relay.ts';
import { Socket } from './socket.ts';
import type { Ring } from './system.ts';
import { SDP } from './texts.ts';

/** Where the two Workers without any code of ours are served. */
export interface BareUrls {
  /** The one whose rooms pass on messages: `bare-room.worker.js`. */
  readonly relay: string;
  /** The one whose rooms ring: `bare-rings.worker.js`. */
  readonly rings: string;
}

/** Rooms without any code of ours. They ring as ours do: what one ring takes is the platform's. */
export class BareRooms extends Relay {
  readonly #rings: string;
  readonly #waiting: { readonly user: string; readonly inbox: Socket }[] = [];

  constructor({ relay, rings }: BareUrls) {
    super('bare room', relay);
    this.#rings = rings;
  }

  /** Opens the inboxes of so many callees. */
  async prepare(count: number): Promise<void> {
    while (this.#waiting.length < count) {
      const user = `/callee-${this.#waiting.length}`;
      const inbox = await Socket.open(`${this.#rings.replace('http', 'ws')}${user}`);
      this.#waiting.push({ user, inbox });
    }
  }

  override async ring(): Promise<Ring> {
    const chosen = this.#waiting.shift();
    if (!chosen) throw new Error('Nobody waits');
    const { user, inbox } = chosen;
    const ringing = inbox.next('ring');
    const began = performance.now();
    const posted = post(this.#rings, '', { users: [`${user}-is-called`, user], offer: SDP });
    await ringing;
    const ms = performance.now() - began;
    await posted;
    return { ms, roundTrips: 1 };
  }
}
