import { Broken, hold } from '../broken.ts';
import type { Clock } from '../clock.ts';

/** A description, as far as the simulation knows it. */
interface Description {
  readonly type: 'offer' | 'answer';
  readonly sdp: string;
  /** The connection that made it, and the number of it there. */
  readonly from: string;
  readonly number: number;
  /** Of an answer: the number of the offer it answers. */
  readonly to: number;
  readonly ufrag: string;
  readonly sections: number;
}

/** Where a connection lives: the device tells which network it is in. */
export interface Surface {
  readonly clock: Clock;
  /** Whether anything gets through, and over which network. */
  readonly path: () => string | undefined;
  /** Tells that promises may have been settled. */
  touch(): void;
  /** Tells that a rule was broken where nobody would hear of it. */
  report(broken: Broken): void;
}

const fieldOf = (sdp: string, name: string): string =>
  new RegExp(`^a=${name}:(.*)$`, 'm').exec(sdp)?.[1] ?? '';

const read = (type: 'offer' | 'answer', sdp: string): Description => ({
  type,
  sdp,
  from: fieldOf(sdp, 'from'),
  number: Number(fieldOf(sdp, 'number')),
  to: Number(fieldOf(sdp, 'to')),
  ufrag: fieldOf(sdp, 'ice-ufrag'),
  sections: sdp.split('m=audio').length - 1,
});

/** How long an operation of a connection takes, and gathering a candidate, in milliseconds. */
const OPERATION_MS = 3;
const GATHER_MS = 7;

class InvalidStateError extends Error {
  override name = 'InvalidStateError';
}

/**
 * An RTCPeerConnection on the clock of the simulation: its signaling states, its queue of
 * operations, rollback, and when it wants to negotiate, as W3C WebRTC has them. It rejects what a
 * browser rejects. Its SDP names who made it, so that what does not fit together is noticed.
 */
export class SimulatedConnection {
  readonly id: string;
  signalingState = 'stable';
  connectionState = 'new';
  /** The candidates of the other side that are usable. */
  candidates: string[] = [];
  readonly errors: string[] = [];
  /** Whether the person has not accepted: nobody may learn of an address here. */
  isHeld = false;
  readonly #surface: Surface;
  readonly #listeners = new Map<string, ((event: unknown) => void)[]>();
  #local: Description | undefined;
  #pendingLocal: Description | undefined;
  #remote: Description | undefined;
  #pendingRemote: Description | undefined;
  #made = 0;
  #ufrags = 0;
  #ufrag = '';
  /** The network in which the present ufrag was gathered. */
  gatheredIn: string | undefined;
  #wanted = 0;
  #agreed = 0;
  #restarts = false;
  #needs = false;
  #operations: (() => void)[] = [];

  constructor(id: string, surface: Surface) {
    this.id = id;
    this.#surface = surface;
  }

  get isClosed(): boolean {
    return this.signalingState === 'closed';
  }

  get localDescription() {
    return this.#pendingLocal ?? this.#local ?? null;
  }

  get remoteDescription() {
    return this.#pendingRemote ?? this.#remote ?? null;
  }

  /** What both sides have agreed on: the same on both when they talk. */
  get session(): string | undefined {
    if (this.signalingState !== 'stable' || !this.#local || !this.#remote) return undefined;
    const both = [this.#local, this.#remote].map(({ from, ufrag }) => `${from}/${ufrag}`);
    return both.sort().join(' ');
  }

  /** The connection on the other side. */
  get other(): string | undefined {
    return this.#remote?.from;
  }

  addEventListener(type: string, listener: (event: unknown) => void) {
    this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener]);
  }

  /** Wants one more section of media. */
  addTransceiver() {
    this.#wanted += 1;
    this.#look();
  }

  /** Has a section for its own media in what the other side has offered. */
  useTransceiver() {
    this.#wanted = Math.max(this.#wanted, 1);
  }

  restartIce() {
    this.#restarts = true;
    this.#look();
  }

  close() {
    this.signalingState = 'closed';
    this.connectionState = 'closed';
  }

  setLocalDescription(): Promise<void> {
    return this.#operate(() => {
      if (this.signalingState === 'have-remote-offer') this.#answer();
      else this.#offer();
      this.#gather();
    });
  }

  setRemoteDescription({ type, sdp }: { type: 'offer' | 'answer'; sdp: string }): Promise<void> {
    return this.#operate(() => {
      const given = read(type, sdp);
      const known = this.#remote?.from;
      hold(
        known === undefined || known === given.from,
        () => `${this.id} talks with ${known}, and gets a description of ${given.from}`,
      );
      if (type === 'answer') {
        if (this.signalingState !== 'have-local-offer')
          throw new InvalidStateError(`an answer in ${this.signalingState}`);
        hold(
          given.to === this.#pendingLocal?.number,
          () => `${this.id} has offered ${this.#pendingLocal?.number}, and gets ${sdp}`,
        );
        this.#pendingRemote = given;
        this.#settle();
      } else {
        if (this.signalingState === 'have-local-offer') this.#rollBack();
        this.#pendingRemote = given;
        this.signalingState = 'have-remote-offer';
      }
      this.candidates = this.candidates.filter((each) => each.includes(given.ufrag));
    });
  }

  addIceCandidate({ candidate }: { candidate: string }): Promise<void> {
    return this.#operate(() => {
      hold(!this.isHeld, () => `${this.id} uses a candidate before it was accepted`);
      const known = [this.#remote, this.#pendingRemote].flatMap((one) => one?.ufrag ?? []);
      if (known.length === 0) throw new InvalidStateError('a candidate without a description');
      if (!known.some((ufrag) => candidate.includes(` ${ufrag} `)))
        throw new Error(`OperationError: ${candidate} fits ${known}`);
      this.candidates.push(candidate);
    });
  }

  /** Changes how media go, and tells it. */
  showMedia(state: string) {
    if (this.isClosed || this.connectionState === state) return;
    this.connectionState = state;
    this.#fire('connectionstatechange', {});
  }

  #fire(type: string, event: unknown) {
    this.#surface.touch();
    for (const listener of this.#listeners.get(type) ?? []) listener(event);
  }

  /** Queues an operation; what a closed connection was told is never answered. */
  #operate(work: () => void): Promise<void> {
    this.#surface.touch();
    if (this.isClosed) return Promise.reject(new InvalidStateError('closed'));
    return new Promise((resolve, reject) => {
      this.#operations.push(() => {
        if (this.isClosed) return;
        try {
          work();
          resolve();
        } catch (error) {
          if (error instanceof Broken) this.#surface.report(error);
          this.errors.push(String(error));
          reject(error);
        }
        this.#surface.touch();
        this.#operations.shift();
        this.#next();
        this.#look();
      });
      if (this.#operations.length === 1) this.#next();
    });
  }

  #next() {
    if (this.#operations.length > 0)
      this.#surface.clock.in(OPERATION_MS, () => this.#operations[0]?.());
  }

  #describe(type: 'offer' | 'answer', { to, sections }: { to: number; sections: number }) {
    this.#made += 1;
    const lines = [
      'v=0',
      `a=from:${this.id}`,
      `a=number:${this.#made}`,
      `a=to:${to}`,
      `a=ice-ufrag:${this.#ufrag}`,
      ...Array.from({ length: sections }, () => 'm=audio'),
    ];
    return read(type, `${lines.join('\r\n')}\r\n`.replaceAll('\r', ''));
  }

  #renewUfrag() {
    this.#ufrags += 1;
    this.#ufrag = `${this.id}.u${this.#ufrags}`;
    this.gatheredIn = this.#surface.path();
  }

  #offer() {
    if (this.#restarts || !this.#local) this.#renewUfrag();
    const sections = Math.max(this.#wanted, this.#agreed, this.#remote?.sections ?? 0);
    this.#pendingLocal = this.#describe('offer', { to: 0, sections });
    this.signalingState = 'have-local-offer';
  }

  #answer() {
    const offer = this.#pendingRemote;
    if (!offer) throw new InvalidStateError('nothing to answer');
    // A restart of the other side is one on this side as well.
    if (!this.#local || this.#remote?.ufrag !== offer.ufrag) this.#renewUfrag();
    this.#pendingLocal = this.#describe('answer', { to: offer.number, sections: offer.sections });
    this.#settle();
  }

  #rollBack() {
    this.#pendingLocal = undefined;
    this.signalingState = 'stable';
    // What was gathered for the offer is forgotten with it.
    this.#ufrag = this.#local?.ufrag ?? '';
  }

  /** An offer was answered: both descriptions hold from now on. */
  #settle() {
    const hadRestarted = this.#pendingLocal?.ufrag !== this.#local?.ufrag;
    this.#local = this.#pendingLocal;
    this.#remote = this.#pendingRemote;
    this.#pendingLocal = undefined;
    this.#pendingRemote = undefined;
    this.signalingState = 'stable';
    if (hadRestarted) this.#restarts = false;
    this.#agreed = Math.max(this.#agreed, Math.min(this.#wanted, this.#local?.sections ?? 0));
    this.#needs = false;
  }

  /** Asks to negotiate when that is needed, once. */
  #look() {
    const isNeeded = this.#wanted > this.#agreed || this.#restarts;
    if (this.signalingState !== 'stable' || this.#operations.length > 0) return;
    if (!isNeeded || this.#needs) return;
    this.#needs = true;
    this.#surface.clock.in(0, () => {
      if (this.isClosed) return;
      // The standard looks again before it fires.
      if (this.signalingState !== 'stable' || this.#operations.length > 0) this.#needs = false;
      else this.#fire('negotiationneeded', {});
    });
  }

  #gather() {
    const ufrag = this.#ufrag;
    const { clock } = this.#surface;
    for (const n of [1, 2])
      clock.in(GATHER_MS * n, () => {
        if (this.isClosed || ufrag !== this.#ufrag) return;
        const candidate = `candidate:${n} 1 udp ${ufrag} typ host`;
        this.#fire('icecandidate', { candidate: { candidate, sdpMid: '0', sdpMLineIndex: 0 } });
      });
    clock.in(GATHER_MS * 3, () => this.#fire('icecandidate', { candidate: null }));
  }
}
