import { isDeepStrictEqual } from 'node:util';
import type { InboxServerFrame, InCall } from '../../src/contract/sockets/inbox.ts';
import { hold } from './broken.ts';
import type { DeviceWorld } from './device-world.ts';
import type { Link } from './network.ts';
import { Seat } from './seat.ts';
import type { Admission } from './worker.ts';

type Rung = Omit<Extract<InboxServerFrame, { type: 'ring' }>, 'type'>;

type Admitted = Pick<Extract<Admission, { outcome: 'call' }>, 'role' | 'movable'>;

/** How soon a device comes back to its inbox, in milliseconds. */
const BACK_MS = 300;

/** A device that speaks the protocol: it listens at its inbox and is in at most one call. */
export class Device {
  readonly name: string;
  readonly user: string;
  readonly sid: string;
  online = false;
  latency = 4;
  /** The rings that the device was told of. */
  readonly rings = new Map<string, { readonly call: string; readonly until: number }>();
  seat: Seat | undefined;
  /** The calls that it has taken part in, the latest at the end. */
  readonly taken: string[] = [];
  readonly #world: DeviceWorld;
  #inbox: Link | undefined;
  #welcomed = false;
  #seats = 0;
  #inCall: InCall | undefined;
  /** The call that the inbox has said its user is in. */
  told: InCall | undefined;
  #crashed = false;
  /** The calls that it has heard of. */
  readonly #known = new Set<string>();

  constructor(world: DeviceWorld, name: string) {
    this.#world = world;
    this.name = name;
    this.user = name.slice(0, 1);
    this.sid = `sid-${name}`;
  }

  /** Whether the device hears a ring at once. */
  get listens(): boolean {
    return this.#welcomed && this.#inbox?.open === true;
  }

  come() {
    if (this.online || !this.#world.worker.lives(this.sid)) return;
    this.online = true;
    this.#listen();
    this.seat?.enter();
  }

  /** Ends the connections: cleanly, or so that the server does not notice. */
  go(cleanly: boolean) {
    this.online = false;
    for (const link of [this.#inbox, this.seat?.link]) {
      if (cleanly) link?.close();
      else link?.cut(undefined, 0);
    }
    if (cleanly) {
      if (this.seat) this.seat.link = undefined;
      this.seat?.client.closed();
      this.#deaf();
    }
  }

  /** Breaks the connections; the server notices after `serverMs`, or never. */
  cut(which: 'call' | 'inbox' | 'all', serverMs: number | undefined, clientMs: number) {
    if (which !== 'inbox') this.seat?.link?.cut(serverMs, clientMs);
    if (which !== 'call') this.#inbox?.cut(serverMs, clientMs);
  }

  call(whom: readonly string[], offers: boolean) {
    this.come();
    const to = whom.filter((user) => user !== this.user);
    const [first] = to;
    if (!this.online || first === undefined) return;
    const name = this.#seatName();
    const isPosting = offers && to.length === 1;
    const seat = isPosting ? Seat.posting(this.#world, this, name, first) : this.#newSeat(name);
    const posted = isPosting ? seat.client.pending[0]?.signal : undefined;
    this.#world.note(`${this.user} calls`);
    this.#world.worker.dial(this.user, this.sid, false, to, posted, (admission) => {
      if (admission?.outcome === 'refused' && admission.held) {
        this.#inCall = { ...admission.held, here: admission.held.device === this.sid };
      }
      if (admission?.outcome !== 'call') return;
      this.#take(
        admission.created ? seat : this.#newSeat(this.#seatName()),
        admission.call,
        admission,
      );
      if (admission.role === 'callee') this.seat?.client.accept();
    });
  }

  /** Accepts the first or the last call that rings. */
  accept(which: 'first' | 'last') {
    const call = this.#ringing(which);
    if (call === undefined) return;
    this.#join(call, (seat) => seat.client.accept());
  }

  /** Hears what is said in the first call that rings, so that it can answer at once. */
  prepare() {
    const call = this.#ringing('first');
    if (call === undefined || this.#isSeated) return;
    this.#join(call, () => undefined, true);
  }

  /** Takes over the call that another device of the user is in. */
  move() {
    this.come();
    const call = this.#world.runningCallOf(this.user);
    if (call === undefined || !this.online || this.#isSeated) return;
    this.#ask(call, { takeOver: true }, () => undefined);
  }

  get #isSeated(): boolean {
    return this.seat !== undefined && this.seat.client.over === undefined;
  }

  /** Declines the first call that rings, at the inbox or in the call. */
  decline(where: 'inbox' | 'call') {
    const call = this.#ringing('first');
    if (call === undefined) return;
    this.#world.note(`${this.user} declines`);
    if (where === 'inbox') this.#inbox?.send(JSON.stringify({ type: 'decline', call }));
    else this.#join(call, (seat) => seat.client.decline());
  }

  hangUp() {
    if (!this.seat || this.seat.client.over !== undefined) return;
    this.#world.note(`${this.user} hangs up`);
    this.seat.client.hangUp();
  }

  /** Enters again a call that it has left. */
  rejoin() {
    const last = this.taken.at(-1);
    if (last !== undefined && this.online && !this.#isSeated) {
      this.#join(last, (seat) => seat.client.accept());
    }
  }

  /**
   * Ends the program and starts it again without its memory: its inbox says which call it is in.
   */
  crash() {
    if (!this.online) return;
    this.#world.note(`${this.user} hangs up`);
    this.seat?.abandon();
    this.seat = undefined;
    this.#crashed = true;
    this.#inbox?.cut(0, 0);
  }

  /** Takes over the call that another device of the user makes, if the inbox told of one. */
  takeOver() {
    const { call, here, state } = this.#inCall ?? {};
    if (call === undefined || here || state !== 'ringing') return;
    // The device that had the call is out of it, and may take it back.
    this.#world.note(`${this.user} hangs up`);
    this.#ask(call, { takeOver: true }, () => undefined);
  }

  /** Ends the call that another device of the user makes. */
  endOther() {
    if (this.#inCall === undefined) return;
    this.#world.note(`${this.user} hangs up`);
    this.#inbox?.send(JSON.stringify({ type: 'hangup', call: this.#inCall.call }));
  }

  /** Sends what no client would send. */
  say(where: 'call' | 'inbox', text: string) {
    if (where === 'call') this.seat?.link?.send(text);
    else this.#inbox?.send(text);
  }

  revoke() {
    this.#world.note(`${this.user} hangs up`);
    this.#world.worker.revoke(this.user, this.sid);
    this.online = false;
  }

  #ringing(which: 'first' | 'last'): string | undefined {
    const { now } = this.#world.clock;
    const rings = [...this.rings.values()].filter(({ until }) => until > now);
    return (which === 'first' ? rings[0] : rings.at(-1))?.call;
  }

  #seatName(): string {
    this.#seats += 1;
    return `${this.name}#${this.#seats}`;
  }

  #newSeat(name: string): Seat {
    return new Seat(this.#world, this, { name });
  }

  #join(call: string, then: (seat: Seat) => void, early = false) {
    if (this.seat?.call === call && this.#isSeated) return then(this.seat);
    this.#ask(call, { early }, then);
  }

  #ask(
    call: string,
    { takeOver = false, early = false }: { takeOver?: boolean; early?: boolean },
    then: (seat: Seat) => void,
  ) {
    const { user, sid: device } = this;
    this.#world.worker.permit(call, { user, device, takeOver }, (admission) => {
      if (admission?.outcome !== 'call' || !this.online) return;
      const seat = new Seat(this.#world, this, { name: this.#seatName(), early });
      then(this.#take(seat, call, admission));
    });
  }

  #take(seat: Seat, call: string, { role, movable = false }: Admitted): Seat {
    if (this.seat?.call === call && this.#isSeated) return this.seat;
    this.seat?.abandon();
    this.seat = seat;
    this.taken.push(call);
    if (this.online && movable) seat.move(call, role);
    else if (this.online) seat.sit(call, role);
    return seat;
  }

  #listen() {
    if (!this.online || this.#inbox || !this.#world.worker.lives(this.sid)) return;
    const link: Link = this.#world.link(
      this.#world.inbox(this.user),
      this.#world.worker.entrant(this.user, this.sid),
      {
        opened: () => link.send('{"type":"hello","version":1}'),
        received: (text) => this.#hear(JSON.parse(text)),
        closed: (code) => {
          if (this.#inbox === link) this.#deaf();
          hold(code !== 4003, () => `${this.name} is shut out of its own inbox`);
          // 4008: this device has a newer socket.
          if (code !== 4008) this.#world.clock.in(BACK_MS, () => this.#listen());
        },
      },
      () => this.latency,
    );
    this.#inbox = link;
  }

  #deaf() {
    this.#inbox = undefined;
    this.#welcomed = false;
  }

  /** The device's own clock may be wrong, so only the time that is left counts. */
  #ring({ call, ringsForMs }: Rung) {
    this.rings.set(call, { call, until: this.#world.clock.now + ringsForMs });
    this.#known.add(call);
  }

  #hear(frame: InboxServerFrame) {
    switch (frame.type) {
      case 'welcome':
        this.#welcomed = true;
        this.#inCall = frame.inCall;
        this.told = frame.inCall;
        if (this.#crashed && frame.inCall?.here) this.#ask(frame.inCall.call, {}, () => undefined);
        this.#crashed = false;
        this.rings.clear();
        for (const ring of frame.rings) {
          // A device that was connected when the inbox heard of the call may ring at any time.
          if (!this.#known.has(ring.call)) this.#world.checkFirstRing(this.name, ring.call);
          this.#ring(ring);
        }
        return;
      case 'ring':
        hold(!this.rings.has(frame.call), () => `${this.name} is rung twice for ${frame.call}`);
        this.#ring(frame);
        return;
      case 'stop':
        this.rings.delete(frame.call);
        return;
      case 'in_call':
        hold(!isDeepStrictEqual(this.told, frame.inCall), () => `${this.name} is told twice`);
        this.#inCall = frame.inCall;
        this.told = frame.inCall;
        return;
      case 'error':
      case 'pong':
        return;
    }
  }
}
