import type { Broken } from '../broken.ts';
import { hold } from '../broken.ts';
import type { Clock } from '../clock.ts';
import type { Machines } from '../world.ts';
import { World } from '../world.ts';
import { Api } from './api.ts';
import { ClientDevice } from './client-device.ts';
import { Media } from './media.ts';

/** How often promises may be settled one after another at one moment. */
const ROUNDS = 200;

/** Lets all promises that can be settled now be settled. */
const settlePromises = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Devices with the SDK, and the rooms, on one clock. */
export class ClientWorld {
  readonly rooms: World;
  readonly clock: Clock;
  readonly api: Api;
  readonly media: Media;
  readonly devices = new Map<string, ClientDevice>();
  /** What connections could not do. */
  readonly errors: string[] = [];
  /** Prints each step, to look for a fault. */
  traces = process.env['TRACE'] !== undefined;
  #broken: Broken | undefined;
  #touched = false;
  #calls = 0;
  #losses = 0;

  constructor(machines?: Machines) {
    this.rooms = new World(machines);
    this.clock = this.rooms.clock;
    this.api = new Api(this.rooms);
    this.media = new Media(this.clock);
  }

  device(name: string): ClientDevice {
    const known = this.devices.get(name);
    if (known) return known;
    const device = new ClientDevice(this, name);
    this.devices.set(name, device);
    return device;
  }

  /** A number that was not given before. */
  nextCall(): number {
    this.#calls += 1;
    return this.#calls;
  }

  /** Has the next answer of the API be lost. */
  loseAnswer() {
    this.#losses += 1;
  }

  heal() {
    this.#losses = 0;
    this.rooms.posts.heal();
  }

  /** Whether an answer of the API that has just come is lost. */
  losesAnswer(): boolean {
    if (this.#losses === 0) return false;
    this.#losses -= 1;
    return true;
  }

  touch() {
    this.#touched = true;
  }

  report(broken: Broken) {
    this.#broken ??= broken;
  }

  trace(text: string) {
    console.log(text);
  }

  /** Lets time pass; promises are settled after each task. */
  async pass(ms: number) {
    await this.#settle();
    for (let more = this.clock.passOne(ms); more !== undefined; more = this.clock.passOne(more))
      await this.#settle();
  }

  async #settle() {
    for (let rounds = 0; this.#touched; rounds++) {
      hold(rounds < ROUNDS, () => 'promises are settled without end');
      this.#touched = false;
      await settlePromises();
    }
    if (this.#broken) throw this.#broken;
  }
}
