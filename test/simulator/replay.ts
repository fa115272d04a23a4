import { isEmpty } from '../../party/outbox.ts';
import { Broken } from './broken.ts';
import { checkAtRest, checkHeard } from './checks.ts';
import { Device } from './device.ts';
import { checkEndings } from './endings.ts';
import { takeStep } from './script.ts';
import type { Machines } from './world.ts';
import { World } from './world.ts';

/**
 * How long the world needs to come to rest, and how long everybody is away at the end, in
 * milliseconds.
 */
const HEAL_MS = 15_000;
const AWAY_MS = 900_000;

/** The longest time between two tries of a post, in this many steps of so many milliseconds. */
const RETRY_MS = 1_000;
const RETRIES = 300;

/** How long it takes until nothing is under way any more, in milliseconds. */
const QUIET_MS = 20;

/**
 * Plays a script (see script.ts) in a world of its own, heals it, lets everybody go, and checks the
 * rules of calls against all that happened. Throws `Broken`.
 */
export const replay = (script: readonly string[], machines?: Machines): World => {
  const world = new World(machines);
  for (const step of script) takeStep(world, step);
  heal(world);
  checkAtRest(world);
  for (const device of world.devices.values()) {
    world.note(`${device.user} goes`);
    device.go(false);
  }
  world.clock.pass(AWAY_MS);
  checkHeard(world);
  checkEndings(world);
  return world;
};

const isTelling = ({ calls, inboxes }: World): boolean =>
  [...calls.values()].some(({ state }) => state?.call && !isEmpty(state.call.outbox)) ||
  [...inboxes.values()].some(({ state }) => state && !isEmpty(state.outbox));

const heal = (world: World) => {
  world.posts.heal();
  // What is under way over slow connections arrives now.
  world.clock.pass(1_000);
  for (const device of world.devices.values()) {
    device.latency = 4;
    if (device instanceof Device) device.seat?.release();
  }
  world.clock.pass(HEAL_MS);
  // A target that could not be reached for long is retried seldom.
  for (let tries = 0; tries < RETRIES && isTelling(world); tries++) world.clock.pass(RETRY_MS);
  const isBusy = ({ lastAt }: { lastAt: number }) => lastAt + QUIET_MS > world.clock.now;
  for (
    let tries = 0;
    tries < 20 && [...world.calls.values(), ...world.inboxes.values()].some(isBusy);
    tries++
  ) {
    world.clock.pass(QUIET_MS);
  }
};

/** The rule that a script breaks, or undefined. */
export const complaint = (script: readonly string[], machines?: Machines): string | undefined => {
  try {
    replay(script, machines);
    return undefined;
  } catch (error) {
    if (error instanceof Broken) return error.message;
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
};

/** The script without every step that is not needed to break the rule. */
export const shortest = (script: readonly string[], machines?: Machines): readonly string[] => {
  for (const index of script.keys()) {
    const without = script.toSpliced(index, 1);
    if (complaint(without, machines) !== undefined) return shortest(without, machines);
  }
  return script;
};

/** The script as text that can be pasted into a test. */
export const paste = (script: readonly string[]): string =>
  `replay([\n${script.map((step) => `  ${quoted(step)},\n`).join('')}]);`;

const quoted = (step: string) => (step.includes("'") ? JSON.stringify(step) : `'${step}'`);
