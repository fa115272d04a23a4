import type { CallEffect, IceServers } from './events.ts';
import { fingerprintOf } from './fingerprint.ts';
import type { Sent } from './lines.ts';
import { MediaLines } from './lines.ts';
import type { Received } from './measure.ts';
import type { Peer, PeerOptions } from './peer.ts';
import { createPeer } from './peer.ts';
import type { Slot } from './slots.ts';
import type { Status } from './status-channel.ts';
import { StatusChannel } from './status-channel.ts';
import type { Arriving } from './streams.ts';
import { ArrivingStreams } from './streams.ts';
import type { Me, Quality } from './types.ts';

/** What a connection works with. */
export interface ConnectionOptions extends Pick<PeerOptions, 'onSignal' | 'onMedia' | 'onError'> {
  readonly peer: Extract<CallEffect, { type: 'peer' }>;
  readonly iceServers: IceServers;
  readonly sent: Sent & { readonly me: { get(): Me } };
  /** What is sent from the first offer or answer on, whether there is a track for it yet or not. */
  readonly slots: readonly Slot[];
  readonly now: () => number;
  /** The id of the call, once it is known. */
  call(): string | undefined;
  /** What is shown of the connection has changed. */
  changed(): void;
}

/** The connection to somebody: what is sent, what arrives, and how well. */
export class Connection {
  readonly peer: Peer;
  readonly #options: ConnectionOptions;
  readonly #connection: RTCPeerConnection;
  readonly #lines: MediaLines;
  readonly #streams = new ArrivingStreams();
  #channel: StatusChannel | undefined;
  #noteServers: () => void = () => undefined;
  /** Is settled once the ICE servers are known. */
  readonly #serversKnown = new Promise<void>((resolve) => {
    this.#noteServers = resolve;
  });
  /** The fingerprints that were compared: others make what was shown worth nothing. */
  #compared: string | undefined;
  #reading: Promise<Received> | undefined;
  #read: Received | undefined;
  status: Status | undefined;
  safety: readonly string[] = [];
  quality: Quality = 'unknown';

  constructor(options: ConnectionOptions) {
    const { peer, iceServers, sent, slots } = options;
    this.#options = options;
    const connection = new RTCPeerConnection({
      iceServers: iceServers as RTCIceServer[],
      bundlePolicy: 'max-bundle',
    });
    this.#connection = connection;
    this.#lines = new MediaLines(connection, sent);
    connection.ontrack = ({ transceiver }) => {
      this.#streams.add(transceiver);
      options.changed();
    };
    connection.onsignalingstatechange = () => {
      if (connection.signalingState === 'stable') this.update();
    };
    if (peer.offers) {
      this.#openChannel();
      this.#lines.begin(slots);
    }
    this.peer = createPeer(connection, {
      ...options,
      ...peer,
      beforeAnswer: () => this.#claim(),
      offerFirst: iceServers.length > 0 ? undefined : (tell) => this.#offerEarly(tell),
    });
  }

  /** What arrives at the moment. */
  get arriving(): Arriving {
    return this.#streams.sort(this.status);
  }

  /** Sends what there is to send, and tells what is on. */
  update(): void {
    const { signalingState, remoteDescription, connectionState } = this.#connection;
    if (connectionState === 'closed') return;
    this.#lines.update(signalingState === 'stable' && remoteDescription !== null);
    const { microphone, camera, screen } = this.#options.sent.me.get();
    this.#channel?.tell({
      microphone: microphone.on,
      camera: camera.on ? this.#lines.midOf('camera') : null,
      screen: screen.on ? this.#lines.midOf('screen') : null,
    });
    this.#compare();
  }

  setServers(iceServers: IceServers): void {
    try {
      const { bundlePolicy = 'max-bundle' } = this.#connection.getConfiguration();
      const servers = iceServers as RTCIceServer[];
      this.#connection.setConfiguration({ bundlePolicy, iceServers: servers });
    } catch {
      // It has been closed meanwhile.
    }
    this.#noteServers();
  }

  /** Reads what has arrived so far; readings do not overtake each other. */
  read(): Promise<Received> {
    this.#reading ??= this.#readNow().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #readNow(): Promise<Received> {
    // It is asked before anything is waited for, so that a connection about to close still tells.
    const reported = this.#connection.getStats();
    const [{ readStats }, report] = await Promise.all([import('./measure.ts'), reported]);
    const read = readStats(report, this.#options.now());
    // A connection that the other side has ended does not know any more which way it took.
    return read.route === 'unknown' ? { ...read, route: this.#read?.route ?? 'unknown' } : read;
  }

  /** Judges how well media arrive since it was last asked; the first time it only reads. */
  async judge(): Promise<void> {
    if (this.#connection.connectionState !== 'connected') {
      this.#read = undefined;
      this.quality = 'unknown';
      return;
    }
    const { judgeQuality } = await import('./measure.ts');
    const read = await this.read();
    this.quality = judgeQuality(this.#read, read);
    this.#read = read;
  }

  close(): void {
    this.#connection.ontrack = null;
    this.#connection.onsignalingstatechange = null;
    this.#channel?.close();
    this.peer.close();
  }

  /**
   * Makes an offer before the ICE servers are known: it goes with the request that makes the call,
   * and they come with the answer to that. Whoever looked for candidates before would find none
   * beyond their own network.
   */
  async #offerEarly(tell: (sdp: string) => void): Promise<void> {
    const offer = await this.#connection.createOffer();
    tell(offer.sdp ?? '');
    await this.#serversKnown;
    await this.#connection.setLocalDescription(offer);
  }

  /** Uses what the other side offers, before it is answered. */
  #claim(): void {
    const { remoteDescription } = this.#connection;
    // A line of data that one side adds alone would have to be negotiated once more, and clients
    // that are not ours need not be able to.
    if (remoteDescription?.sdp.includes('m=application')) this.#openChannel();
    this.#lines.claim(this.#options.slots);
  }

  #openChannel(): void {
    this.#channel ??= new StatusChannel(this.#connection, {
      opened: () => this.update(),
      status: (status) => {
        this.status = status;
        this.#options.changed();
      },
      safety: (emoji) => {
        this.safety = this.#fingerprints() === this.#compared ? emoji : [];
        this.#options.changed();
      },
    });
  }

  /** The fingerprints of both ends. */
  #fingerprints(): string | undefined {
    const { currentLocalDescription, currentRemoteDescription } = this.#connection;
    const mine = fingerprintOf(currentLocalDescription?.sdp);
    const theirs = fingerprintOf(currentRemoteDescription?.sdp);
    return mine && theirs && `${mine}\n${theirs}`;
  }

  #compare(): void {
    const call = this.#options.call();
    const fingerprints = this.#fingerprints();
    if (this.#compared !== undefined) {
      if (fingerprints === this.#compared || this.safety.length === 0) return;
      this.safety = [];
      this.#options.changed();
      return;
    }
    if (call === undefined || !fingerprints || !this.#channel?.isOpen) return;
    this.#compared = fingerprints;
    const [mine = '', theirs = ''] = fingerprints.split('\n');
    const commits = !this.#options.peer.polite;
    this.#channel.compare({ call, fingerprints: [mine, theirs], commits });
  }
}
