import { callListener } from '../link/runner.ts';
import type { WritableStore } from '../store.ts';
import { createStore } from '../store.ts';
import type { Wish } from './capture.ts';
import { Capture } from './capture.ts';
import { CallError } from './error.ts';
import type { Slot } from './slots.ts';
import type { CallMedia, Me } from './types.ts';

const OFF = { on: false, device: undefined, problem: undefined } as const;

/** Microphone, camera and screen of this side of a call. */
export class OwnMedia {
  readonly stream: MediaStream = new MediaStream();
  readonly me: WritableStore<Me>;
  readonly #devices: MediaDevices | undefined;
  readonly #captures: Readonly<Record<Slot, Capture>> | undefined;
  readonly #sent: () => void;
  readonly #look = () => {
    void this.#captures?.microphone.look();
    void this.#captures?.camera.look();
  };
  #isOver = false;

  /** `sent` is called whenever what is to be sent may have changed. */
  constructor(devices: MediaDevices | undefined, sent: () => void) {
    this.#devices = devices;
    this.#sent = sent;
    if (devices) {
      const capture = (slot: Slot) => new Capture({ slot, devices, changed: () => this.#show() });
      this.#captures = {
        microphone: capture('microphone'),
        camera: capture('camera'),
        screen: capture('screen'),
      };
      devices.addEventListener('devicechange', this.#look);
    }
    this.me = createStore<Me>({
      ...{ microphone: OFF, camera: OFF, screen: OFF, speaker: undefined, audioLocked: false },
      ...{ stream: this.stream, screenStream: undefined },
    });
  }

  /** What is sent in a slot: a microphone that is off is sent as silence. */
  trackOf(slot: Slot): MediaStreamTrack | undefined {
    return this.#captures?.[slot].track;
  }

  /** Begins with what a call begins with; what gives nothing is a problem that is shown. */
  async begin({ microphone = true, camera = false }: CallMedia): Promise<void> {
    await Promise.allSettled([
      microphone !== false && this.set('microphone', microphone),
      camera !== false && this.set('camera', camera),
    ]);
  }

  /**
   * Switches something on, off, or to another device.
   *
   * @throws {CallError} when it gives nothing
   */
  async set(slot: Slot, wish: Wish): Promise<void> {
    if (this.#isOver) throw new CallError('not_now');
    const isMissing = slot === 'screen' && wish && !this.#devices?.getDisplayMedia;
    if (!this.#captures || isMissing) throw new CallError('not_supported');
    await this.#captures[slot].set(wish);
  }

  /** Shows what the loudspeaker has come to. */
  showSpeaker(speaker: Pick<Me, 'speaker' | 'audioLocked'>): void {
    if (!this.#isOver) callListener(() => this.me.set({ ...this.me.get(), ...speaker }));
  }

  dispose(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#devices?.removeEventListener('devicechange', this.#look);
    for (const capture of Object.values(this.#captures ?? {})) capture.dispose();
    this.#show();
  }

  #show(): void {
    const shown = [this.trackOf('microphone'), this.trackOf('camera')];
    for (const track of this.stream.getTracks())
      if (!shown.includes(track)) this.stream.removeTrack(track);
    for (const track of shown) if (track) this.stream.addTrack(track);
    const before = this.me.get();
    const screen = this.trackOf('screen');
    const isSame = before.screenStream?.getTracks()[0] === screen;
    const me = {
      ...before,
      microphone: this.#captures?.microphone.state ?? OFF,
      camera: this.#captures?.camera.state ?? OFF,
      screen: this.#captures?.screen.state ?? OFF,
      screenStream: isSame ? before.screenStream : screen && new MediaStream([screen]),
    };
    callListener(() => this.me.set(me));
    this.#sent();
  }
}
