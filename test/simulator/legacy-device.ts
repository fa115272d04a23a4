import type { Entrant } from '../../party/wire/messages.ts';
import type { Signal } from '../../src/contract/sockets/call.ts';
import { hold } from './broken.ts';
import type { DeviceWorld } from './device-world.ts';
import type { Link } from './network.ts';

/** How soon a legacy client comes back, in milliseconds. */
const BACK_MS = 1_000;

const SESSION_MS = 24 * 3_600_000;

/** Where a legacy client thinks that it is. It knows one call at a time, and no id of it. */
export type Stage = 'idle' | 'dialling' | 'ringing' | 'active';

type Kind = Signal['kind'];

/** A client of the legacy server [C37]: each of its sockets is a device of its own. */
export class LegacyDevice {
  readonly name: string;
  readonly user: string;
  online = false;
  latency = 4;
  stage: Stage = 'idle';
  peer = '';
  /** The device id that the server gives to its socket. */
  device = '';
  readonly #world: DeviceWorld;
  readonly #sid: string;
  #link: Link | undefined;
  #sockets = 0;
  #stints = 0;
  /** The earliest moment at which it can hear of what it has begun or given up. */
  #heardFrom = 0;

  constructor(world: DeviceWorld, name: string) {
    this.#world = world;
    this.name = name;
    this.user = name.slice(0, 1);
    this.#sid = `sid-${name}`;
  }

  /** Who speaks: this socket, in one call. */
  get life(): string {
    return `${this.name}~${this.#stints}`;
  }

  get listens(): boolean {
    return this.#link?.open === true;
  }

  come() {
    if (!this.#world.worker.lives(this.#sid)) return;
    this.online = true;
    this.#connect();
  }

  /** Ends the connection; when it ends unclean, the server's network notices in the end. */
  go(cleanly: boolean) {
    this.online = false;
    this.#world.note(`${this.user} hangs up`);
    if (cleanly) this.#link?.close();
    else this.#link?.cut(60_000, 0);
    this.#lost();
  }

  cut(serverMs: number | undefined, clientMs: number) {
    this.#world.note(`${this.user} hangs up`);
    this.#link?.cut(serverMs ?? 60_000, clientMs);
  }

  call(to: string) {
    this.come();
    if (this.stage === 'active' && this.peer === to) return this.#say('offer');
    this.#world.note(`${this.user} calls`);
    if (this.stage !== 'idle') this.#world.note(`${this.user} hangs up`);
    this.#begin('dialling', to);
    this.#say('offer');
    this.#say('candidate');
  }

  accept() {
    if (this.stage !== 'ringing') return;
    this.stage = 'active';
    this.#deafen();
    this.#say('answer');
    this.#say('candidate');
  }

  /** Declines or gives up whatever the client is in. */
  hangUp() {
    if (this.stage === 'idle') return;
    // The client cannot tell which of the two it does when calls cross.
    this.#world.note(`${this.user} declines`);
    this.#world.note(`${this.user} hangs up`);
    this.stage = 'idle';
    this.#deafen();
    this.#send({ event: 'call:hangup' });
  }

  /** Sends candidates; while the client is rung they come before the answer. */
  trickle() {
    if (this.stage !== 'idle') this.#say('candidate');
  }

  negotiate() {
    if (this.stage === 'active') this.#say('offer');
  }

  /** Sends what no client would send. */
  say(text: string) {
    this.#link?.send(text);
  }

  revoke() {
    this.#world.note(`${this.user} hangs up`);
    this.#world.worker.revoke(this.user, this.#sid);
    this.online = false;
  }

  #connect() {
    if (!this.online || this.#link || !this.#world.worker.lives(this.#sid)) return;
    this.#sockets += 1;
    this.device = `ws-${this.name}-${this.#sockets}`;
    const { user, device } = this;
    const until = this.#world.clock.now + SESSION_MS;
    const who: Entrant = { user, device, sid: this.#sid, old: true, until };
    const link: Link = this.#world.link(
      this.#world.inbox(user),
      who,
      {
        opened: () => undefined,
        received: (text) => this.#hear(JSON.parse(text)),
        closed: () => {
          if (this.#link === link) this.#lost();
          this.#world.clock.in(BACK_MS, () => this.#connect());
        },
      },
      () => this.latency,
    );
    this.#link = link;
  }

  #lost() {
    this.#link = undefined;
    this.stage = 'idle';
  }

  /** Ignores what comes in the next moment, since it was sent before the server knew. */
  #deafen() {
    this.#heardFrom = this.#world.clock.now + 2 * this.latency;
  }

  #begin(stage: Stage, peer: string) {
    this.#stints += 1;
    this.stage = stage;
    this.peer = peer;
  }

  #send(frame: object) {
    this.#link?.send(JSON.stringify(frame));
  }

  #say(kind: Kind) {
    const { peer: to, user: from, life } = this;
    const name = this.#world.ledger.say({ kind, from, to, life, epoch: undefined });
    if (kind === 'candidate')
      return this.#send({ event: 'call:ice', payload: { candidate: { candidate: name } } });
    if (kind === 'offer') this.#deafen();
    const payload = {
      sdp: { type: kind, sdp: name },
      ...(kind === 'offer' && { userId: to, isVideo: false }),
    };
    this.#send({ event: `call:${kind}`, payload });
  }

  #hear(frame: { event: string; payload?: Record<string, unknown> }) {
    if (frame.event === 'call:hangup') {
      // This is about an earlier call: the server cannot have heard of the new call and answered
      // yet.
      const isStale = this.#world.clock.now < this.#heardFrom;
      if (isStale && this.stage === 'dialling') return;
      // A hangup for the call that has just ended may be taken for one of the next call.
      if (isStale && this.stage === 'active') this.hangUp();
      this.stage = 'idle';
      return;
    }
    const text = JSON.stringify(frame.payload ?? {});
    const name = /"(s\d+)"/.exec(text)?.[1] ?? '';
    if (frame.event === 'call:offer') this.#offered(String(frame.payload?.['fromUserId']), name);
    else if (this.stage !== 'idle') {
      if (frame.event === 'call:answer' && this.stage === 'dialling') this.stage = 'active';
      // Frames do not say whom they are from: before any description they belong to an earlier
      // ring.
      if (this.stage === 'dialling' && this.#world.ledger.heardBy(this.life).length === 0) return;
      this.#world.ledger.hear(this.life, this.user, undefined, name);
    }
  }

  #offered(from: string, name: string) {
    // A client that has just dialled, hung up or accepted cannot take this offer: it was sent
    // before the server knew.
    if (this.stage === 'idle' && this.#world.clock.now < this.#heardFrom) return;
    if (this.stage === 'dialling' && from === this.peer)
      this.#world.ledger.hear(this.life, this.user, from, name);
    if (this.stage === 'dialling') return;
    const isOther = this.stage !== 'idle' && from !== this.peer;
    hold(
      !isOther || this.#world.hostile.size > 0,
      () => `${this.name} is ${this.stage} with ${this.peer}, and hears an offer of ${from}`,
    );
    if (this.stage === 'idle') this.#begin('ringing', from);
    this.#world.ledger.hear(this.life, this.user, from, name);
    if (this.stage === 'active') this.#say('answer');
  }
}
