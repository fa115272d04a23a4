import type { InboxServerFrame, InCall } from '../../../src/contract/sockets/inbox.ts';
import type { Link } from '../network.ts';
import { ClientCall } from './client-call.ts';
import type { ClientWorld } from './client-world.ts';

type Rung = Extract<InboxServerFrame, { type: 'ring' }>;

/** How soon a device comes back to its inbox, in milliseconds. */
const BACK_MS = 300;

/** How long a sleeping device is silent before the server gives its sockets up. */
const SILENT_MS = 15_000;

/** When a server notices that a connection has broken, in milliseconds. */
const NOTICED_MS = 2;

/** How long a client believes in a connection that is broken, in milliseconds. */
const STALL_MS = 60_000;

/** A device with the SDK: its inbox, and one call at most. Who touches it wakes it. */
export class ClientDevice {
  readonly name: string;
  readonly user: string;
  readonly sid: string;
  latency = 4;
  here = false;
  /** Whether it prepares calls that ring. */
  prepares = false;
  readonly rings = new Map<string, Rung & { readonly until: number }>();
  call: ClientCall | undefined;
  readonly calls: ClientCall[] = [];
  readonly #world: ClientWorld;
  #inbox: Link | undefined;
  #inCall: InCall | undefined;
  #networks = 0;
  #losses = 0;
  #isCut = false;
  knowsOffline = false;
  #asleep = false;
  #backlog: (() => void)[] = [];

  constructor(world: ClientWorld, name: string) {
    this.#world = world;
    this.name = name;
    this.user = name.slice(0, 1);
    this.sid = `sid-${name}`;
  }

  get reachable(): boolean {
    return this.here && !this.#isCut;
  }

  /** The network that media go over. */
  get path(): string | undefined {
    return this.reachable ? `${this.name}@${this.#networks}` : undefined;
  }

  hear(run: () => void) {
    if (this.#asleep) this.#backlog.push(run);
    else run();
  }

  come() {
    if (this.here) return;
    this.here = true;
    this.#isCut = false;
    this.#listen();
  }

  /** Calls somebody. */
  dial(to: readonly string[]) {
    this.#wake();
    this.come();
    const [first, ...others] = to.filter((user) => user !== this.user);
    if (first === undefined || this.#isBusy()) return;
    this.#world.rooms.note(`${this.user} calls`);
    this.#begin(
      new ClientCall(this.#world, this, {
        type: 'dial',
        to: others.length > 0 ? [first, ...others] : first,
        video: false,
      }),
    );
  }

  accept() {
    this.#wake();
    const ring = this.#ringing();
    if (!ring) return;
    this.#prepare(ring);
    this.call?.tell({ type: 'accept' });
  }

  /** Declines what rings, or leaves or gives up the call. */
  hangUp() {
    this.#wake();
    const ring = this.#isBusy() ? undefined : this.#ringing();
    if (ring) this.#prepare(ring);
    if (!this.call || this.call.over) return;
    this.#world.rooms.note(`${this.user} hangs up`);
    this.call.hangUp();
  }

  /** Breaks the sockets: `all` with the inbox. */
  drop() {
    this.call?.cut(NOTICED_MS, NOTICED_MS);
    this.#inbox?.cut(NOTICED_MS, NOTICED_MS);
  }

  /** Has no network for so long, and is told of it or not. */
  lose(ms: number, { told, changes }: { readonly told: boolean; readonly changes: boolean }) {
    if (!this.here || this.#isCut) return;
    this.#isCut = true;
    this.knowsOffline = told;
    this.call?.cut(undefined, STALL_MS);
    this.#inbox?.cut(undefined, STALL_MS);
    if (told) this.hear(() => this.call?.tell({ type: 'offline' }));
    this.#world.media.look();
    const losses = ++this.#losses;
    this.#world.clock.in(ms, () => {
      if (this.#isCut && losses === this.#losses) this.#find({ told, changes });
    });
  }

  /** Ends what keeps the device from the network, and from running. */
  heal() {
    this.latency = 4;
    if (this.#isCut) this.#find({ told: true, changes: false });
    this.#wake();
  }

  sleep(ms: number) {
    if (this.#asleep || !this.here) return;
    this.#asleep = true;
    this.#world.clock.in(Math.min(ms, SILENT_MS), () => {
      if (!this.#asleep || ms < SILENT_MS) return;
      this.call?.cut(0, 0);
      this.#inbox?.cut(0, 0);
    });
    this.#world.clock.in(ms, () => this.#wake());
  }

  /** Loads the page anew: the call is told by the inbox. */
  reload() {
    if (!this.reachable || this.#asleep) return;
    this.call?.vanish();
    this.call = undefined;
    this.rings.clear();
    this.#inbox?.close();
    this.#inbox = undefined;
    this.#world.clock.in(BACK_MS, () => this.#listen());
  }

  /** Takes over the call that another device of the user has. */
  takeOver() {
    this.#wake();
    const { call, here } = this.#inCall ?? {};
    if (call === undefined || here || this.#isBusy() || !this.here) return;
    this.#world.rooms.note(`${this.user} moves`);
    const moved = new ClientCall(this.#world, this, { type: 'move', call });
    this.#begin(moved);
    moved.tell({ type: 'move' });
  }

  /** Rings somebody else into the call. */
  invite(to: string) {
    this.#wake();
    const { call } = this.call?.state ?? {};
    if (call === undefined || !this.reachable || to === this.user) return;
    this.#world.rooms.note(`${this.user} invites`);
    this.#world.api.invite(this, { call, to });
  }

  /** Wants one more section of media with everybody. */
  renegotiate() {
    for (const { connection } of this.call?.talks.values() ?? []) connection.addTransceiver();
  }

  /** Comes into another network: media break, and the page is told or not. */
  changeNetwork(told: boolean) {
    this.#networks += 1;
    this.drop();
    this.#world.media.look();
    if (told) this.hear(() => this.call?.tell({ type: 'online' }));
  }

  #find({ told, changes }: { told: boolean; changes: boolean }) {
    this.#isCut = false;
    if (changes) this.#networks += 1;
    this.#world.media.look();
    if (told) this.hear(() => this.call?.tell({ type: 'online' }));
    if (this.#inbox?.open !== true) {
      this.#inbox = undefined;
      this.#listen();
    }
  }

  #wake() {
    if (!this.#asleep) return;
    this.#asleep = false;
    const backlog = this.#backlog;
    this.#backlog = [];
    for (const run of backlog) run();
    this.call?.tell({ type: 'wake' });
  }

  #isBusy(): boolean {
    return this.call !== undefined && !this.call.over && !this.#isPrepared();
  }

  /** Whether the present call only rings. */
  #isPrepared(): boolean {
    const { start, wants, joined } = this.call?.state ?? {};
    return start?.type === 'ring' && wants === undefined && joined === false;
  }

  #ringing(): (Rung & { readonly until: number }) | undefined {
    return [...this.rings.values()].find(({ until }) => until > this.#world.clock.now);
  }

  #prepare({ call, from, video, group, until }: Rung & { readonly until: number }) {
    if (this.call && !this.call.over) {
      if (this.call.state.call === call) return;
      if (!this.#isPrepared()) {
        this.call.hangUp();
        this.#world.rooms.note(`${this.user} hangs up`);
      } else this.call.tell({ type: 'leave' });
    }
    this.#begin(
      new ClientCall(this.#world, this, { type: 'ring', call, from, video, group, until }),
    );
  }

  #begin(call: ClientCall) {
    if (this.call && !this.call.over && this.#isPrepared()) this.call.tell({ type: 'leave' });
    this.call = call;
    this.calls.push(call);
  }

  #listen() {
    if (!this.reachable || this.#inbox) return;
    const { rooms, clock } = this.#world;
    const link: Link = rooms.link(
      rooms.inbox(this.user),
      rooms.worker.entrant(this.user, this.sid, undefined),
      {
        opened: () => link.send('{"type":"hello","version":1}'),
        received: (text) => this.hear(() => this.#onFrame(JSON.parse(text))),
        closed: (code) => {
          if (this.#inbox === link) this.#inbox = undefined;
          if (code !== 4008) clock.in(BACK_MS, () => this.#listen());
        },
      },
      () => this.latency,
    );
    this.#inbox = link;
  }

  #onFrame(frame: InboxServerFrame) {
    const { now } = this.#world.clock;
    if (frame.type === 'welcome') {
      this.#inCall = frame.inCall;
      this.rings.clear();
      for (const ring of frame.rings)
        this.rings.set(ring.call, { type: 'ring', ...ring, until: now + ring.ringsForMs });
      const isLost = this.call === undefined || (this.call.over && !this.#hadCall(frame.inCall));
      if (frame.inCall?.here && isLost)
        this.#begin(
          new ClientCall(this.#world, this, { type: 'comeBack', call: frame.inCall.call }),
        );
    } else if (frame.type === 'ring') {
      const ring = { ...frame, until: now + frame.ringsForMs };
      this.rings.set(frame.call, ring);
      if (this.prepares && (!this.call || this.call.over)) this.#prepare(ring);
    } else if (frame.type === 'stop') this.rings.delete(frame.call);
  }

  /** Whether this page has had the call already and left it. */
  #hadCall(inCall: InCall | undefined): boolean {
    return this.calls.some(({ state }) => state.call === inCall?.call);
  }
}
