import type { Slot } from './media.ts';
import { SLOTS } from './media.ts';

/** What is sent in the slots of a connection, and under which stream. */
export interface Sent {
  trackOf(slot: Slot): MediaStreamTrack | undefined;
  readonly stream: MediaStream;
}

const kindOf = (slot: Slot): 'audio' | 'video' => (slot === 'microphone' ? 'audio' : 'video');

const isFree = ({ sender, mid, currentDirection }: RTCRtpTransceiver): boolean =>
  sender.track === null && mid !== null && currentDirection !== 'stopped';

/**
 * The media lines of one connection. Microphone, camera and screen each get one when they are first
 * sent, and keep it: later only the track changes, so that nothing is negotiated and the
 * description does not grow. A line that the other side has made is used in both directions.
 */
export class MediaLines {
  readonly #connection: RTCPeerConnection;
  readonly #sent: Sent;
  readonly #lines = new Map<Slot, RTCRtpTransceiver>();

  constructor(connection: RTCPeerConnection, sent: Sent) {
    this.#connection = connection;
    this.#sent = sent;
  }

  /** Makes the lines of the first offer: sound always, since it comes in any call. */
  begin(slots: readonly Slot[]): void {
    for (const slot of slots) if (!this.#lines.has(slot)) this.#add(slot);
  }

  /** Uses lines of the other side's first offer, before it is answered. */
  claim(transceiver: RTCRtpTransceiver, slots: readonly Slot[]): void {
    const { kind } = transceiver.receiver.track;
    const taken = [...this.#lines.values()].includes(transceiver);
    const slot = slots.find((one) => kindOf(one) === kind && !this.#lines.has(one));
    if (!taken && slot) this.#take(slot, transceiver);
  }

  /** Sends what there is to send. Lines are added only once the first ones are negotiated. */
  update(canAdd: boolean): void {
    for (const slot of SLOTS) {
      const track = this.#sent.trackOf(slot);
      const line = this.#lines.get(slot);
      if (line) this.#replace(line, track);
      else if (track && canAdd) {
        const free = this.#connection
          .getTransceivers()
          .find((one) => kindOf(slot) === one.receiver.track.kind && this.#isUsable(one));
        if (free) this.#take(slot, free);
        else this.#add(slot);
      }
    }
  }

  /** The `mid` of a slot's line, once it is negotiated. */
  midOf(slot: Slot): string | null {
    return this.#lines.get(slot)?.mid ?? null;
  }

  #isUsable(transceiver: RTCRtpTransceiver): boolean {
    return isFree(transceiver) && ![...this.#lines.values()].includes(transceiver);
  }

  #add(slot: Slot): void {
    const track = this.#sent.trackOf(slot);
    const streams = [this.#sent.stream];
    const line = this.#connection.addTransceiver(track ?? kindOf(slot), { streams });
    this.#lines.set(slot, line);
  }

  #take(slot: Slot, transceiver: RTCRtpTransceiver): void {
    this.#lines.set(slot, transceiver);
    transceiver.direction = 'sendrecv';
    // Clients that look for streams show what belongs to one.
    transceiver.sender.setStreams?.(this.#sent.stream);
    this.#replace(transceiver, this.#sent.trackOf(slot));
  }

  #replace({ sender }: RTCRtpTransceiver, track: MediaStreamTrack | undefined): void {
    if (sender.track === (track ?? null)) return;
    // It fails when the connection has been closed meanwhile, and then it does not matter.
    sender.replaceTrack(track ?? null).catch(() => undefined);
  }
}
