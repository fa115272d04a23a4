import type { CallClientFrame, CallServerFrame } from '../../src/contract/sockets/call.ts';
import type { Delivered } from '../support/calls/client-parts.ts';
import { CallClient } from '../support/calls/reference-client.ts';
import { hold } from './broken.ts';
import type { DeviceWorld } from './device-world.ts';
import type { Said } from './ledger.ts';
import type { Link } from './network.ts';

/** How soon a client comes back, retries after a refusal, and acknowledges, in milliseconds. */
const BACK_MS = 300;
const AGAIN_MS = 1_000;
const TICK_MS = 200;

/** The device at which somebody sits. */
export interface Sitter {
  readonly name: string;
  readonly user: string;
  readonly sid: string;
  readonly online: boolean;
  readonly latency: number;
}

/** How a seat is named, the offer that was posted with its call, and whether it is early. */
interface Sitting {
  readonly name: string;
  readonly posted?: string | undefined;
  readonly early?: boolean | undefined;
}

/**
 * One device in one call: the reference client, its connection, and an application that negotiates
 * with everybody else there.
 */
export class Seat {
  readonly client: CallClient;
  call = '';
  link: Link | undefined;
  /** How many signals are sent twice, and whether the next two change places. */
  doubles = 0;
  swaps = false;
  /** Whether the next signal is lost while the connection stays. */
  skips = false;
  /** Whether the seat was left for another call, or for good. */
  abandoned = false;
  /** Whether it hears what the others say while it rings [C48]. */
  readonly early: boolean;
  readonly #world: DeviceWorld;
  readonly #sitter: Sitter;
  readonly #name: string;
  #role: 'caller' | 'callee' = 'caller';
  #life = 1;
  #entering = false;
  #ticking = false;
  #held: string | undefined;
  #skipped = false;
  readonly #negotiated = new Map<string, number>();
  /** Whose offers were heard before this device was in the call; they are answered then. */
  readonly #offered = new Set<string>();
  #moving = false;

  constructor(world: DeviceWorld, sitter: Sitter, { name, posted, early = false }: Sitting) {
    this.#world = world;
    this.#sitter = sitter;
    this.#name = name;
    this.early = early;
    this.client = new CallClient({
      send: (frame) => this.#send(frame),
      early,
      ...(posted !== undefined && { offer: { kind: 'offer', sdp: posted } }),
      onSignal: (delivered) => this.#hear(delivered),
      onChange: () => this.#change(),
    });
  }

  /** Who speaks: this device in this call, since it last lost its memory. */
  get life(): string {
    return `${this.#name}.${this.client.life}`;
  }

  /** Makes a seat that posts an offer with the call, as its first signal. */
  static posting(world: DeviceWorld, sitter: Sitter, name: string, to: string): Seat {
    const life = `${name}.1`;
    const posted = world.ledger.say({ kind: 'offer', from: sitter.user, to, life, epoch: 1 });
    const seat = new Seat(world, sitter, { name, posted });
    seat.#negotiated.set(to, 1);
    return seat;
  }

  /** Enters with a ticket that was given with the call. */
  sit(call: string, role: 'caller' | 'callee') {
    this.call = call;
    this.#role = role;
    this.#connect();
  }

  /** Enters a call that another device of the user is in, to take it over. */
  move(call: string, role: 'caller' | 'callee') {
    this.#moving = true;
    this.client.move();
    this.sit(call, role);
  }

  /** Enters the call, or comes back to it, with a new ticket. */
  enter() {
    const { user, sid } = this.#sitter;
    if (this.#entering || !this.#mayEnter()) return;
    this.#entering = true;
    const takeOver = this.#isMoving;
    this.#world.worker.permit(this.call, { user, device: sid, takeOver }, (admission) => {
      this.#entering = false;
      if (!this.#mayEnter()) return;
      if (admission === undefined) this.#world.clock.in(AGAIN_MS, () => this.enter());
      else if (admission.outcome !== 'call') {
        this.client.over ??=
          admission.outcome === 'elsewhere' ? 'answered_elsewhere' : 'no_such_call';
      } else this.sit(this.call, admission.role);
    });
  }

  /** Loads the page anew. */
  reload() {
    this.#drop();
    this.client.forget();
    this.#world.clock.in(BACK_MS, () => this.enter());
  }

  /** Leaves the seat for good. */
  abandon() {
    this.abandoned = true;
    this.#drop();
  }

  /** Negotiates with everybody; with `early`, candidates come before their description. */
  negotiate(early: boolean) {
    if (!this.client.joined) return;
    for (const user of this.#others()) {
      if (early) this.#say('candidate', user);
      this.#say('offer', user);
      this.#say('candidate', user);
    }
  }

  trickle() {
    if (this.client.joined)
      for (const user of this.#negotiated.keys()) this.#say('candidate', user);
  }

  /**
   * Sends what was held back for a next signal that never came; a lost signal is missed only when
   * another one comes.
   */
  release() {
    this.skips = false;
    if (this.#skipped) this.trickle();
    if (this.#held !== undefined) this.link?.send(this.#held);
    this.#held = undefined;
    this.swaps = false;
    this.doubles = 0;
  }

  #others(): readonly string[] {
    return [...this.client.peers.values()].flatMap(({ user, state }) =>
      state === 'joined' || state === 'away' || (state === 'ringing' && !this.client.group)
        ? [user]
        : [],
    );
  }

  get #isMoving(): boolean {
    return this.#moving && !this.client.joined;
  }

  #mayEnter(): boolean {
    const { online, sid } = this.#sitter;
    const isOver = this.abandoned || this.client.over !== undefined;
    return !isOver && online && !this.link && this.#world.worker.lives(sid);
  }

  #drop() {
    this.#held = undefined;
    this.link?.close();
    this.link = undefined;
  }

  #connect() {
    const { user, sid } = this.#sitter;
    const { worker, clock } = this.#world;
    const link: Link = this.#world.link(
      this.#world.call(this.call),
      worker.entrant(user, sid, { role: this.#role, takeOver: this.#isMoving }),
      {
        opened: () => this.client.opened(),
        received: (text) => {
          const frame: CallServerFrame = JSON.parse(text);
          this.client.received(frame);
          this.#tickSoon();
        },
        closed: (code) => {
          const isNewest = this.link === link;
          hold(
            code !== 4008 || !isNewest,
            () => `the newest socket of ${sid} is put out for another one`,
          );
          if (isNewest) this.link = undefined;
          this.#held = undefined;
          this.client.closed(code);
          clock.in(BACK_MS, () => this.enter());
        },
      },
      () => this.#sitter.latency,
    );
    this.link = link;
  }

  #tickSoon() {
    if (this.#ticking || !this.client.busy) return;
    this.#ticking = true;
    this.#world.clock.in(TICK_MS, () => {
      this.#ticking = false;
      this.client.tick(this.#world.clock.now);
      this.#tickSoon();
    });
  }

  #send(frame: CallClientFrame) {
    const text = JSON.stringify(frame);
    if (frame.type !== 'signal') return this.link?.send(text);
    if (this.skips) {
      this.skips = false;
      this.#skipped = true;
      return;
    }
    if (this.swaps && this.#held === undefined) {
      this.#held = text;
      return;
    }
    this.link?.send(text);
    if (this.#held !== undefined) {
      this.link?.send(this.#held);
      this.#held = undefined;
      this.swaps = false;
    }
    if (this.doubles > 0) {
      this.doubles -= 1;
      this.link?.send(text);
    }
  }

  #say(kind: Said['kind'], to: string) {
    const epoch = Math.max(1, this.client.peers.get(to)?.epoch ?? 1);
    const name = this.#world.ledger.say({
      kind,
      from: this.#sitter.user,
      to,
      life: this.life,
      epoch,
    });
    const signal =
      kind === 'candidate' ? { kind, candidate: { candidate: name } } : { kind, sdp: name };
    this.client.signal(signal, this.client.group ? to : undefined);
  }

  #hear({ from, signal }: Delivered) {
    const name = signal.kind === 'candidate' ? signal.candidate?.candidate : signal.sdp;
    this.#world.ledger.hear(this.life, this.#sitter.user, from, name ?? '');
    if (signal.kind !== 'offer') return;
    if (this.client.joined) this.#answer(from);
    else this.#offered.add(from);
  }

  #answer(from: string) {
    this.#say('answer', from);
    this.#say('candidate', from);
  }

  /**
   * The impolite side offers to every new peer; so does a client that lost its memory, since a
   * legacy peer cannot know of that.
   */
  #change() {
    const isAnew = this.client.life !== this.#life;
    if (isAnew) this.#negotiated.clear();
    this.#life = this.client.life;
    if (!this.client.joined) return;
    for (const user of this.#offered) this.#answer(user);
    this.#offered.clear();
    for (const user of this.#others()) {
      const peer = this.client.peers.get(user);
      const epoch = Math.max(1, peer?.epoch ?? 1);
      if (this.#negotiated.get(user) === epoch) continue;
      const isKnown = this.#negotiated.has(user);
      this.#negotiated.set(user, epoch);
      if (peer?.polite && (this.#life === 1 || isKnown)) continue;
      this.#say('offer', user);
      this.#say('candidate', user);
    }
  }
}
