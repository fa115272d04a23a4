import { CallError } from './error.ts';
import type { DeviceProblem, OwnDevice } from './types.ts';

/** What a person wants of a microphone or a camera. */
export type Wish = boolean | { readonly device: string } | 'front' | 'back';

/** What a device is used with. */
export interface CaptureOptions {
  readonly kind: 'audio' | 'video';
  readonly devices: MediaDevices;
  /** Hears of every change: of the track, of what is on, and of problems. */
  readonly changed: () => void;
}

const PROBLEMS: Readonly<Record<string, DeviceProblem>> = {
  NotAllowedError: 'denied',
  SecurityError: 'denied',
  NotFoundError: 'missing',
  OverconstrainedError: 'missing',
  NotReadableError: 'in_use',
  AbortError: 'in_use',
};

/** Reads why a device gives nothing. */
export const problemOf = (error: unknown): DeviceProblem =>
  PROBLEMS[(error as { name?: string } | undefined)?.name ?? ''] ?? 'failed';

const VIDEO = { width: { ideal: 1_280 }, height: { ideal: 720 } };

const constraintsFor = (kind: 'audio' | 'video', wish: Wish): MediaStreamConstraints => {
  const usual = kind === 'video' ? VIDEO : {};
  if (typeof wish === 'object') return { [kind]: { ...usual, deviceId: { exact: wish.device } } };
  if (wish === 'back') return { [kind]: { ...usual, facingMode: { ideal: 'environment' } } };
  return { [kind]: kind === 'video' ? { ...usual, facingMode: 'user' } : true };
};

/**
 * A microphone or a camera of one's own. The last wish counts: what an older one brings in later is
 * let go. A device that is unplugged is replaced by another, and is taken again when it comes back.
 */
export class Capture {
  readonly #options: CaptureOptions;
  #on = false;
  #track: MediaStreamTrack | undefined;
  #problem: DeviceProblem | undefined;
  /** The device that the person had last by their own wish. */
  #wanted: string | undefined;
  #turn = 0;

  constructor(options: CaptureOptions) {
    this.#options = options;
  }

  get track(): MediaStreamTrack | undefined {
    return this.#track;
  }

  get state(): OwnDevice {
    return {
      on: this.#on && this.#track !== undefined,
      device: this.#track?.getSettings().deviceId,
      problem: this.#problem,
    };
  }

  /**
   * Switches it on, off, or to another device.
   *
   * @throws {CallError} when it gives nothing
   */
  async set(wish: Wish): Promise<void> {
    this.#turn += 1;
    if (wish === false) return this.#switchOff();
    this.#on = true;
    if (wish === true && this.#track) {
      this.#track.enabled = true;
      this.#options.changed();
      return;
    }
    const problem = await this.#acquire(wish);
    if (problem) throw new CallError(problem);
    this.#wanted = this.#track?.getSettings().deviceId ?? this.#wanted;
  }

  /** Looks again after devices have come or gone. */
  async look(): Promise<void> {
    if (!this.#on) return;
    const turn = this.#turn;
    const kind = `${this.#options.kind}input`;
    const found = await this.#options.devices.enumerateDevices().catch(() => []);
    const ids = found.filter((one) => one.kind === kind).map(({ deviceId }) => deviceId);
    const wanted = this.#wanted;
    if (turn !== this.#turn) return;
    if (wanted !== undefined && ids.includes(wanted)) {
      if (this.#track?.getSettings().deviceId !== wanted) await this.#acquire({ device: wanted });
    } else if (!this.#track && ids.length > 0) await this.#acquire(true);
  }

  /** Lets the device go. */
  dispose(): void {
    this.#turn += 1;
    this.#on = false;
    this.#drop();
  }

  #switchOff(): void {
    this.#on = false;
    // A microphone stays open, so that what is said right after switching on is heard. A camera is
    // let go, so that its light goes out.
    if (this.#options.kind === 'video') this.#drop();
    else if (this.#track) this.#track.enabled = false;
    this.#problem = undefined;
    this.#options.changed();
  }

  #drop(): void {
    const track = this.#track;
    this.#track = undefined;
    if (!track) return;
    track.onended = null;
    track.stop();
  }

  async #acquire(wish: Wish): Promise<DeviceProblem | undefined> {
    const turn = ++this.#turn;
    const { kind, devices, changed } = this.#options;
    // A phone opens one camera at a time.
    if (kind === 'video') this.#drop();
    let problem: DeviceProblem | undefined;
    let track: MediaStreamTrack | undefined;
    try {
      [track] = (await devices.getUserMedia(constraintsFor(kind, wish))).getTracks();
    } catch (error) {
      problem = problemOf(error);
    }
    if (turn !== this.#turn) {
      track?.stop();
      return undefined;
    }
    if (track) this.#take(track);
    // What was unplugged stays so while there is nothing else.
    else this.#problem = this.#problem === 'ended' && problem === 'missing' ? 'ended' : problem;
    changed();
    return problem;
  }

  #take(track: MediaStreamTrack): void {
    this.#drop();
    this.#track = track;
    this.#problem = undefined;
    track.onended = () => {
      if (track !== this.#track) return;
      this.#track = undefined;
      this.#problem = this.#on ? 'ended' : undefined;
      this.#options.changed();
      if (this.#on) void this.#acquire(true);
    };
  }
}
