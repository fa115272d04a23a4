import type { Status } from './status-channel.ts';

/** What of somebody arrives, sorted into what is shown. */
export interface Arriving {
  readonly stream: MediaStream | undefined;
  readonly screen: MediaStream | undefined;
  readonly sound: readonly MediaStreamTrack[];
}

const fill = (
  stream: MediaStream | undefined,
  tracks: readonly MediaStreamTrack[],
): MediaStream | undefined => {
  if (tracks.length === 0) return undefined;
  const filled = stream ?? new MediaStream();
  for (const track of filled.getTracks()) if (!tracks.includes(track)) filled.removeTrack(track);
  for (const track of tracks) filled.addTrack(track);
  return filled;
};

/** The streams of one connection; each stays the same object while there is something in it. */
export class ArrivingStreams {
  readonly #lines: RTCRtpTransceiver[] = [];
  #stream: MediaStream | undefined;
  #screen: MediaStream | undefined;

  /** Keeps a line on which something may arrive. */
  add(line: RTCRtpTransceiver): void {
    if (!this.#lines.includes(line)) this.#lines.push(line);
  }

  /** Sorts what arrives. A client that does not tell its status has one picture: its camera. */
  sort(status: Status | undefined): Arriving {
    const of = (kind: string) => this.#lines.filter(({ receiver }) => receiver.track.kind === kind);
    const tracksOf = (lines: readonly RTCRtpTransceiver[]) =>
      lines.map(({ receiver }) => receiver.track);
    const sound = tracksOf(of('audio'));
    const pictures = of('video').filter(({ mid }) => mid !== null);
    const camera = status ? pictures.filter(({ mid }) => mid === status.camera) : pictures;
    const screen = pictures.filter(({ mid }) => status && mid === status.screen);
    this.#stream = fill(this.#stream, [...sound, ...tracksOf(camera).slice(0, 1)]);
    this.#screen = fill(this.#screen, tracksOf(screen));
    return { stream: this.#stream, screen: this.#screen, sound };
  }
}
