import type { InboxServerFrame, InCall } from '../../src/contract/sockets/inbox.ts';
import type { Around } from './around.ts';
import { hold } from './broken.ts';
import type { Link } from './network.ts';
import { Seat } from './seat.ts';

type Rung = Omit<Extract<InboxServerFrame, { type: 'ring' }>, 'type'>;

/** How soon a device comes back to its inbox, in milliseconds. */
const BACK_MS = 300;

/** A device that speaks the protocol: it listens at its inbox and is in at most one call. */
export class NewDevice {
  readonly name: string;
  readonly user: string;
  readonly sid: string;
  online = false;
  latency = 4;
  /** What rings, as far as it was told. */
  readonly rings = new Map<string, { readonly call: string; readonly until: number }>();
  seat: Seat | undefined;
  /** The calls that it has taken part in, the last one at the end. */
  readonly taken: string[] = [];
  readonly #around: Around;
  #inbox: Link | undefined;
  #welcomed = false;
  #seats = 0;
  #inCall: InCall | undefined;
  #crashed = false;
  /** The calls that it has heard of. */
  readonly #known = new Set<string>();

  constructor(around: Around, name: string) {
    this.#around = around;
    this.name = name;
    this.user = name.slice(0, 1);
    this.sid = `sid-${name}`;
  }

  /** Whether it hears at once what rings. */
  get listens(): boolean {
    return this.#welcomed && this.#inbox?.open === true;
  }

  come() {
    if (this.online || !this.#around.worker.lives(this.sid)) return;
    this.online = true;
    this.#listen();
    this.seat?.enter();
  }

  /** The connections end: cleanly, or so that the server does not hear of it. */
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

  /** The connections break; the server notices at once, or not. */
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
    const seat = isPosting ? Seat.posting(this.#around, this, name, first) : this.#newSeat(name);
    const posted = isPosting ? seat.client.pending[0]?.signal : undefined;
    this.#around.note(`${this.user} calls`);
    this.#around.worker.dial(this.user, this.sid, false, to, posted, (admission) => {
      if (admission?.outcome === 'refused' && admission.held) {
        this.#inCall = { ...admission.held, here: admission.held.device === this.sid };
      }
      if (admission?.outcome !== 'call') return;
      this.#take(
        admission.created ? seat : this.#newSeat(this.#seatName()),
        admission.call,
        admission.role,
      );
      if (admission.role === 'callee') this.seat?.client.accept();
    });
  }

  /** Takes what rings first, or last. */
  accept(which: 'first' | 'last') {
    const call = this.#ringing(which);
    if (call === undefined) return;
    this.#join(call, (seat) => seat.client.accept());
  }

  /** Refuses what rings first, at the inbox or in the call. */
  decline(where: 'inbox' | 'call') {
    const call = this.#ringing('first');
    if (call === undefined) return;
    this.#around.note(`${this.user} declines`);
    if (where === 'inbox') this.#inbox?.send(JSON.stringify({ type: 'decline', call }));
    else this.#join(call, (seat) => seat.client.decline());
  }

  hangUp() {
    if (!this.seat || this.seat.client.over !== undefined) return;
    this.#around.note(`${this.user} hangs up`);
    this.seat.client.hangUp();
  }

  /** Comes once more to a call that it has left. */
  rejoin() {
    const last = this.taken.at(-1);
    if (last !== undefined && this.online && (!this.seat || this.seat.client.over !== undefined)) {
      this.#join(last, (seat) => seat.client.accept());
    }
  }

  /** The program ends, and begins again without its memory: its inbox says which call it is in. */
  crash() {
    if (!this.online) return;
    this.#around.note(`${this.user} hangs up`);
    this.seat?.abandon();
    this.seat = undefined;
    this.#crashed = true;
    this.#inbox?.cut(0, 0);
  }

  /** Has the call here that another device of the user makes, as far as it was told of that. */
  takeOver() {
    const { call, here, state } = this.#inCall ?? {};
    if (call === undefined || here || state !== 'ringing') return;
    // Whoever had it is out of it, and may take it back.
    this.#around.note(`${this.user} hangs up`);
    this.#ask(call, true, () => undefined);
  }

  /** Ends the call that another device of the user makes. */
  endOther() {
    if (this.#inCall === undefined) return;
    this.#around.note(`${this.user} hangs up`);
    this.#inbox?.send(JSON.stringify({ type: 'hangup', call: this.#inCall.call }));
  }

  /** Says what no client would say. */
  say(where: 'call' | 'inbox', text: string) {
    if (where === 'call') this.seat?.link?.send(text);
    else this.#inbox?.send(text);
  }

  revoke() {
    this.#around.note(`${this.user} hangs up`);
    this.#around.worker.revoke(this.user, this.sid);
    this.online = false;
  }

  #ringing(which: 'first' | 'last'): string | undefined {
    const { now } = this.#around.clock;
    const rings = [...this.rings.values()].filter(({ until }) => until > now);
    return (which === 'first' ? rings[0] : rings.at(-1))?.call;
  }

  #seatName(): string {
    this.#seats += 1;
    return `${this.name}#${this.#seats}`;
  }

  #newSeat(name: string): Seat {
    return new Seat(this.#around, this, name, undefined);
  }

  #join(call: string, then: (seat: Seat) => void) {
    if (this.seat?.call === call && this.seat.client.over === undefined) return then(this.seat);
    this.#ask(call, false, then);
  }

  #ask(call: string, takeOver: boolean, then: (seat: Seat) => void) {
    const { user, sid: device } = this;
    this.#around.worker.permit(call, { user, device, takeOver }, (admission) => {
      if (admission?.outcome !== 'call' || !this.online) return;
      then(this.#take(this.#newSeat(this.#seatName()), call, admission.role));
    });
  }

  #take(seat: Seat, call: string, role: 'caller' | 'callee'): Seat {
    if (this.seat?.call === call && this.seat.client.over === undefined) return this.seat;
    this.seat?.abandon();
    this.seat = seat;
    this.taken.push(call);
    if (this.online) seat.sit(call, role);
    return seat;
  }

  #listen() {
    if (!this.online || this.#inbox || !this.#around.worker.lives(this.sid)) return;
    const link: Link = this.#around.link(
      this.#around.inbox(this.user),
      this.#around.worker.entrant(this.user, this.sid, undefined),
      {
        opened: () => link.send('{"type":"hello","version":1}'),
        received: (text) => this.#hear(JSON.parse(text)),
        closed: (code) => {
          if (this.#inbox === link) this.#deaf();
          hold(code !== 4003, () => `${this.name} is shut out of its own inbox`);
          // 4008: a newer socket of this device is there.
          if (code !== 4008) this.#around.clock.in(BACK_MS, () => this.#listen());
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

  /** Its clock is its own: only what is left counts. */
  #ring({ call, ringsForMs }: Rung) {
    this.rings.set(call, { call, until: this.#around.clock.now + ringsForMs });
    this.#known.add(call);
  }

  #hear(frame: InboxServerFrame) {
    switch (frame.type) {
      case 'welcome':
        this.#welcomed = true;
        this.#inCall = frame.inCall;
        if (this.#crashed && frame.inCall?.here)
          this.#ask(frame.inCall.call, false, () => undefined);
        this.#crashed = false;
        this.rings.clear();
        for (const ring of frame.rings) {
          // Where it was when the inbox heard of the call, it may ring at any time.
          if (!this.#known.has(ring.call)) this.#around.hearsOf(this.name, ring.call);
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
      case 'error':
      case 'pong':
        return;
    }
  }
}
