import { CallError } from './error.ts';
import type { Me } from './types.ts';

/** An element that can play to a loudspeaker of one's choice. */
type Player = HTMLAudioElement & { setSinkId?(device: string): Promise<void> };

/**
 * Plays the sound of everybody in a call, so that a page shows pictures without sound and cannot
 * forget anybody, or play them twice.
 */
export class Loudspeaker {
  readonly #players = new Map<string, Player>();
  readonly #changed: (speaker: Pick<Me, 'speaker' | 'audioLocked'>) => void;
  #device: string | undefined;
  #isLocked = false;

  constructor(changed: (speaker: Pick<Me, 'speaker' | 'audioLocked'>) => void) {
    this.#changed = changed;
  }

  /** Plays somebody's sound from now on, in place of what they had before. */
  play(user: string, tracks: readonly MediaStreamTrack[]): void {
    const player: Player = this.#players.get(user) ?? new Audio();
    this.#players.set(user, player);
    const before = player.srcObject as MediaStream | null;
    if (before && tracks.every((track) => before.getTracks().includes(track))) return;
    player.srcObject = new MediaStream([...tracks]);
    if (this.#device) player.setSinkId?.(this.#device).catch(() => undefined);
    void this.#start(player);
  }

  /** Plays somebody no longer. */
  stop(user: string): void {
    const player = this.#players.get(user);
    this.#players.delete(user);
    if (!player) return;
    player.pause();
    player.srcObject = null;
  }

  /**
   * Chooses the loudspeaker.
   *
   * @throws {CallError} when the browser or the device does not allow it
   */
  async choose(device: string): Promise<void> {
    if (!('setSinkId' in HTMLMediaElement.prototype)) throw new CallError('not_supported');
    // Nobody may be playing yet: a player of nothing finds out whether the device is there.
    const players: readonly Player[] = [...this.#players.values()];
    try {
      const asked = players.length > 0 ? players : [new Audio() as Player];
      await Promise.all(asked.map((player) => player.setSinkId?.(device)));
    } catch (error) {
      const isDenied = (error as Error).name === 'NotAllowedError';
      throw new CallError(isDenied ? 'denied' : 'missing', { cause: error });
    }
    this.#device = device;
    this.#show();
  }

  /** Starts what the browser has held back; called from a click. */
  async unlock(): Promise<void> {
    this.#isLocked = false;
    await Promise.all(Array.from(this.#players.values(), (player) => this.#start(player)));
    this.#show();
    if (this.#isLocked) throw new CallError('denied');
  }

  dispose(): void {
    for (const user of [...this.#players.keys()]) this.stop(user);
  }

  async #start(player: Player): Promise<void> {
    try {
      await player.play();
    } catch (error) {
      // What was stopped meanwhile was not held back.
      if ((error as Error).name !== 'NotAllowedError' || !player.srcObject) return;
      this.#isLocked = true;
      this.#show();
    }
  }

  #show(): void {
    this.#changed({ speaker: this.#device, audioLocked: this.#isLocked });
  }
}
