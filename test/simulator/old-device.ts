import type { Entrant } from '../../party/wire/messages.ts';
import type { Signal } from '../../src/contract/sockets/call.ts';
import type { Around } from './around.ts';
import { hold } from './broken.ts';
import type { Link } from './network.ts';

/** How soon an old client comes back, in milliseconds. */
const BACK_MS = 1_000;

const SESSION_MS = 24 * 3_600_000;

/** Where an old client thinks that it is. It knows one call at a time, and no id of it. */
export type Stage = 'idle' | 'dialling' | 'ringing' | 'active';

type Kind = Signal['kind'];

/** A client of the original server (contract.md, "Calls over /ws"): each of its sockets is a device of its own. */
export class OldDevice {
  readonly name: string;
  readonly user: string;
  online = false;
  latency = 4;
  stage: Stage = 'idle';
  peer = '';
  /** What the server calls its socket. */
  device = '';
  readonly #around: Around;
  readonly #sid: string;
  #link: Link | undefined;
  #sockets = 0;
  #stints = 0;
  /** When it can hear of what it has begun or given up, at the earliest. */
  #heardFrom = 0;

  constructor(around: Around, name: string) {
    this.#around = around;
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
    if (!this.#around.worker.lives(this.#sid)) return;
    this.online = true;
    this.#connect();
  }

  /** The connection ends; one that ends unclean is noticed by the server's network in the end. */
  go(cleanly: boolean) {
    this.online = false;
    this.#around.note(`${this.user} hangs up`);
    if (cleanly) this.#link?.close();
    else this.#link?.cut(60_000, 0);
    this.#lost();
  }

  cut(serverMs: number | undefined, clientMs: number) {
    this.#around.note(`${this.user} hangs up`);
    this.#link?.cut(serverMs ?? 60_000, clientMs);
  }

  call(to: string) {
    this.come();
    if (this.stage === 'active' && this.peer === to) return this.#say('offer');
    this.#around.note(`${this.user} calls`);
    if (this.stage !== 'idle') this.#around.note(`${this.user} hangs up`);
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

  /** Refuses or gives up whatever it is in. */
  hangUp() {
    if (this.stage === 'idle') return;
    // It cannot tell which of the two it does when calls cross.
    this.#around.note(`${this.user} declines`);
    this.#around.note(`${this.user} hangs up`);
    this.stage = 'idle';
    this.#deafen();
    this.#send({ event: 'call:hangup' });
  }

  /** Sends candidates; while it rings they come before the answer. */
  trickle() {
    if (this.stage !== 'idle') this.#say('candidate');
  }

  negotiate() {
    if (this.stage === 'active') this.#say('offer');
  }

  /** Says what no client would say. */
  say(text: string) {
    this.#link?.send(text);
  }

  revoke() {
    this.#around.note(`${this.user} hangs up`);
    this.#around.worker.revoke(this.user, this.#sid);
    this.online = false;
  }

  #connect() {
    if (!this.online || this.#link || !this.#around.worker.lives(this.#sid)) return;
    this.#sockets += 1;
    this.device = `ws-${this.name}-${this.#sockets}`;
    const { user, device } = this;
    const until = this.#around.clock.now + SESSION_MS;
    const who: Entrant = { user, device, sid: this.#sid, old: true, until };
    const link: Link = this.#around.link(
      this.#around.inbox(user),
      who,
      {
        opened: () => undefined,
        received: (text) => this.#hear(JSON.parse(text)),
        closed: () => {
          if (this.#link === link) this.#lost();
          this.#around.clock.in(BACK_MS, () => this.#connect());
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

  /** What comes in the next moment was sent before the server knew. */
  #deafen() {
    this.#heardFrom = this.#around.clock.now + 2 * this.latency;
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
    const name = this.#around.ledger.say({ kind, from, to, life, epoch: undefined });
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
      // Of what was before: no server could have heard of the new call and answered yet.
      const isStale = this.#around.clock.now < this.#heardFrom;
      if (isStale && this.stage === 'dialling') return;
      // What was meant for the call that has just ended may be taken for one to the next.
      if (isStale && this.stage === 'active') this.hangUp();
      this.stage = 'idle';
      return;
    }
    const text = JSON.stringify(frame.payload ?? {});
    const name = /"(s\d+)"/.exec(text)?.[1] ?? '';
    if (frame.event === 'call:offer') this.#offered(String(frame.payload?.['fromUserId']), name);
    else if (this.stage !== 'idle') {
      if (frame.event === 'call:answer' && this.stage === 'dialling') this.stage = 'active';
      // Nothing says whom it is from: what comes before any description is of a call that rang before.
      if (this.stage === 'dialling' && this.#around.ledger.heardBy(this.life).length === 0) return;
      this.#around.ledger.hear(this.life, this.user, undefined, name);
    }
  }

  #offered(from: string, name: string) {
    // One that has just dialled or hung up, or is in a call, cannot take another up: it was sent before the server knew.
    if (this.stage === 'idle' && this.#around.clock.now < this.#heardFrom) return;
    if (this.stage === 'dialling' && from === this.peer)
      this.#around.ledger.hear(this.life, this.user, from, name);
    if (this.stage === 'dialling') return;
    const isOther = this.stage !== 'idle' && from !== this.peer;
    hold(
      !isOther || this.#around.hostile.size > 0,
      () => `${this.name} is ${this.stage} with ${this.peer}, and hears an offer of ${from}`,
    );
    if (this.stage === 'idle') this.#begin('ringing', from);
    this.#around.ledger.hear(this.life, this.user, from, name);
    if (this.stage === 'active') this.#say('answer');
  }
}
