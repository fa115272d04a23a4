import type { Slot } from './slots.ts';
import { kindOf, SLOTS } from './slots.ts';

/** What is sent in the slots of a connection, and under which stream. */
export interface Sent {
  trackOf(slot: Slot): MediaStreamTrack | undefined;
  readonly stream: MediaStream;
}

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
    for (const slot of slots) this.#add(slot);
  }

  /** Uses lines of the other side's offer, before it is answered. */
  claim(slots: readonly Slot[]): void {
    for (const slot of slots) if (!this.#lines.has(slot)) this.#useFree(slot);
  }

  /** Sends what there is to send. Lines are added only once the first ones are negotiated. */
  update(canAdd: boolean): void {
    for (const slot of SLOTS) {
      const line = this.#lines.get(slot);
      if (line) this.#send(slot, line);
      else if (canAdd && this.#sent.trackOf(slot) && !this.#useFree(slot)) this.#add(slot);
    }
  }

  /** The `mid` of a slot's line, once it is negotiated. */
  midOf(slot: Slot): string | null {
    return this.#lines.get(slot)?.mid ?? null;
  }

  #add(slot: Slot): void {
    const track = this.#sent.trackOf(slot);
    const streams = [this.#sent.stream];
    const line = this.#connection.addTransceiver(track ?? kindOf(slot), { streams });
    this.#lines.set(slot, line);
  }

  /** Uses a line that is negotiated and sends nothing, if there is one. */
  #useFree(slot: Slot): boolean {
    const taken = [...this.#lines.values()];
    const free = this.#connection
      .getTransceivers()
      .find(
        (line) =>
          line.receiver.track.kind === kindOf(slot) &&
          line.sender.track === null &&
          line.mid !== null &&
          line.currentDirection !== 'stopped' &&
          !taken.includes(line),
      );
    if (!free) return false;
    this.#lines.set(slot, free);
    free.direction = 'sendrecv';
    // Clients that look for streams show what belongs to one.
    free.sender.setStreams?.(this.#sent.stream);
    this.#send(slot, free);
    return true;
  }

  #send(slot: Slot, { sender }: RTCRtpTransceiver): void {
    const track = this.#sent.trackOf(slot) ?? null;
    // It fails when the connection has been closed meanwhile, and then it does not matter.
    if (sender.track !== track) sender.replaceTrack(track).catch(() => undefined);
  }
}
