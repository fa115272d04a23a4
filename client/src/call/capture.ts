import { CallError } from './error.ts';
import type { Slot } from './slots.ts';
import { kindOf } from './slots.ts';
import type { DeviceProblem, OwnDevice } from './types.ts';

/** What a person wants of a microphone, a camera or a screen. */
export type Wish = boolean | { readonly device: string } | 'front' | 'back';

/** What a device is used with. */
export interface CaptureOptions {
  readonly slot: Slot;
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
const problemOf = (error: unknown): DeviceProblem =>
  PROBLEMS[(error as Error | undefined)?.name ?? ''] ?? 'failed';

const constraintsFor = (slot: Slot, wish: Wish): MediaStreamConstraints => {
  const isCamera = slot === 'camera';
  const usual = isCamera && { width: { ideal: 1_280 }, height: { ideal: 720 } };
  const wanted =
    typeof wish === 'object'
      ? { deviceId: { exact: wish.device } }
      : isCamera && { facingMode: wish === 'back' ? { ideal: 'environment' } : 'user' };
  return { [kindOf(slot)]: { ...usual, ...wanted } };
};

/**
 * A microphone, a camera or a screen of one's own. The last wish counts: what an older one brings
 * in later is let go. A device that is unplugged is replaced by another, and is taken again when
 * it comes back.
 */
export class Capture {
  readonly #options: CaptureOptions;
  #on = false;
  #problem: DeviceProblem | undefined;
  /** The device that the person had last by their own wish. */
  #wanted: string | undefined;
  #turn = 0;
  track: MediaStreamTrack | undefined;

  constructor(options: CaptureOptions) {
    this.#options = options;
  }

  get state(): OwnDevice {
    return {
      on: this.#on && this.track !== undefined,
      device: this.#options.slot === 'screen' ? undefined : this.#device,
      problem: this.#problem,
    };
  }

  get #device(): string | undefined {
    return this.track?.getSettings().deviceId;
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
    if (wish === true && this.track) {
      this.track.enabled = true;
      this.#options.changed();
      return;
    }
    const problem = await this.#acquire(wish);
    if (problem) throw new CallError(problem);
    this.#wanted = this.#device ?? this.#wanted;
  }

  /** Looks again after devices have come or gone. */
  async look(): Promise<void> {
    if (!this.#on) return;
    const turn = this.#turn;
    const kind = `${kindOf(this.#options.slot)}input`;
    const found = await this.#options.devices.enumerateDevices().catch(() => []);
    const ids = found.filter((one) => one.kind === kind).map(({ deviceId }) => deviceId);
    const wanted = this.#wanted;
    if (turn !== this.#turn) return;
    if (wanted !== undefined && ids.includes(wanted)) {
      if (this.#device !== wanted) await this.#acquire({ device: wanted });
    } else if (!this.track && ids.length > 0) await this.#acquire(true);
  }

  /** Lets the device go. */
  dispose(): void {
    this.#turn += 1;
    this.#on = false;
    this.#take(undefined);
  }

  #switchOff(): void {
    this.#on = false;
    this.#problem = undefined;
    // A microphone stays open, so that what is said right after switching on is heard. A camera is
    // let go, so that its light goes out.
    if (this.#options.slot !== 'microphone') this.#take(undefined);
    else if (this.track) this.track.enabled = false;
    this.#options.changed();
  }

  async #acquire(wish: Wish): Promise<DeviceProblem | undefined> {
    const turn = ++this.#turn;
    const { slot, devices, changed } = this.#options;
    // A phone opens one camera at a time.
    if (slot === 'camera') this.#take(undefined);
    let problem: DeviceProblem | undefined;
    let track: MediaStreamTrack | undefined;
    try {
      const stream = await (slot === 'screen'
        ? devices.getDisplayMedia({ video: true, audio: false })
        : devices.getUserMedia(constraintsFor(slot, wish)));
      [track] = stream.getTracks();
    } catch (error) {
      problem = problemOf(error);
    }
    if (turn !== this.#turn) {
      track?.stop();
      return undefined;
    }
    if (track) this.#take(track);
    // What was unplugged stays so while there is nothing else.
    if (this.#problem !== 'ended' || problem !== 'missing') this.#problem = problem;
    changed();
    return problem;
  }

  #take(track: MediaStreamTrack | undefined): void {
    if (this.track) {
      this.track.onended = null;
      this.track.stop();
    }
    this.track = track;
    if (!track) return;
    track.onended = () => {
      this.track = undefined;
      // The person ends a screen in the browser's own bar: that is no problem.
      if (this.#options.slot === 'screen') this.#on = false;
      this.#problem = this.#on ? 'ended' : undefined;
      this.#options.changed();
      if (this.#on) void this.#acquire(true);
    };
  }
}
