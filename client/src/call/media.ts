import { callListener } from '../link/runner.ts';
import type { Store, WritableStore } from '../store.ts';
import { createStore } from '../store.ts';
import type { Wish } from './capture.ts';
import { Capture, problemOf } from './capture.ts';
import { CallError } from './error.ts';
import type { CallMedia, DeviceProblem, Me } from './types.ts';

/** What is sent: each has one line of its own in every connection. */
export const SLOTS = ['microphone', 'camera', 'screen'] as const;

export type Slot = (typeof SLOTS)[number];

const OFF = { on: false, device: undefined, problem: undefined } as const;

/** Microphone, camera and screen of this side of a call. */
export class OwnMedia {
  readonly #devices: MediaDevices | undefined;
  readonly #me: WritableStore<Me>;
  readonly #microphone: Capture | undefined;
  readonly #camera: Capture | undefined;
  readonly #stream = new MediaStream();
  readonly #sent: () => void;
  readonly #look = () => {
    void this.#microphone?.look();
    void this.#camera?.look();
  };
  #screen: MediaStreamTrack | undefined;
  #screenStream: MediaStream | undefined;
  #screenProblem: DeviceProblem | undefined;
  #screenTurn = 0;
  #isOver = false;

  /** `sent` is called whenever what is to be sent may have changed. */
  constructor(devices: MediaDevices | undefined, sent: () => void) {
    this.#devices = devices;
    this.#sent = sent;
    const changed = () => this.#show();
    if (devices) {
      this.#microphone = new Capture({ kind: 'audio', devices, changed });
      this.#camera = new Capture({ kind: 'video', devices, changed });
      devices.addEventListener('devicechange', this.#look);
    }
    this.#me = createStore<Me>({
      ...{ microphone: OFF, camera: OFF, screen: OFF, speaker: undefined, audioLocked: false },
      ...{ stream: this.#stream, screenStream: undefined },
    });
  }

  get me(): Store<Me> {
    return this.#me;
  }

  get stream(): MediaStream {
    return this.#stream;
  }

  /** What is sent in a slot: a microphone that is off is sent as silence. */
  trackOf(slot: Slot): MediaStreamTrack | undefined {
    if (slot === 'screen') return this.#screen;
    return (slot === 'microphone' ? this.#microphone : this.#camera)?.track;
  }

  /** Begins with what a call begins with; what gives nothing is a problem that is shown. */
  async begin({ microphone = true, camera = false }: CallMedia): Promise<void> {
    await Promise.allSettled([
      microphone !== false && this.microphone(microphone),
      camera !== false && this.camera(camera),
    ]);
  }

  microphone(wish: Wish): Promise<void> {
    return this.#set(this.#microphone, wish);
  }

  camera(wish: Wish): Promise<void> {
    return this.#set(this.#camera, wish);
  }

  async screen(on: boolean): Promise<void> {
    const turn = ++this.#screenTurn;
    if (this.#isOver) throw new CallError('not_now');
    if (!on) return this.#takeScreen(undefined);
    if (this.#screen) return;
    if (!this.#devices?.getDisplayMedia) throw new CallError('not_supported');
    let track: MediaStreamTrack | undefined;
    try {
      [track] = (await this.#devices.getDisplayMedia({ video: true, audio: false })).getTracks();
    } catch (error) {
      if (turn !== this.#screenTurn) return;
      this.#screenProblem = problemOf(error);
      this.#show();
      throw new CallError(this.#screenProblem, { cause: error });
    }
    if (turn !== this.#screenTurn) track?.stop();
    else this.#takeScreen(track);
  }

  /** Shows what the loudspeaker has come to. */
  showSpeaker(speaker: Pick<Me, 'speaker' | 'audioLocked'>): void {
    if (!this.#isOver) callListener(() => this.#me.set({ ...this.#me.get(), ...speaker }));
  }

  dispose(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#screenTurn += 1;
    this.#devices?.removeEventListener('devicechange', this.#look);
    this.#microphone?.dispose();
    this.#camera?.dispose();
    this.#takeScreen(undefined);
  }

  async #set(capture: Capture | undefined, wish: Wish): Promise<void> {
    if (this.#isOver) throw new CallError('not_now');
    if (!capture) throw new CallError('not_supported');
    await capture.set(wish);
  }

  #takeScreen(track: MediaStreamTrack | undefined): void {
    if (this.#screen) {
      this.#screen.onended = null;
      this.#screen.stop();
    }
    this.#screen = track;
    this.#screenProblem = undefined;
    this.#screenStream = track && new MediaStream([track]);
    // The person ends it in the browser's own bar: that is no problem.
    if (track) track.onended = () => track === this.#screen && this.#takeScreen(undefined);
    this.#show();
  }

  #show(): void {
    const shown = [this.trackOf('microphone'), this.trackOf('camera')];
    for (const track of this.#stream.getTracks())
      if (!shown.includes(track)) this.#stream.removeTrack(track);
    for (const track of shown) if (track) this.#stream.addTrack(track);
    const me = {
      ...this.#me.get(),
      microphone: this.#microphone?.state ?? OFF,
      camera: this.#camera?.state ?? OFF,
      screen: { on: this.#screen !== undefined, device: undefined, problem: this.#screenProblem },
      screenStream: this.#screenStream,
    };
    callListener(() => this.#me.set(me));
    this.#sent();
  }
}
