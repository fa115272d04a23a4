import { Broken } from '../broken.ts';
import type { Machines } from '../world.ts';
import { checkCalm, checkOver } from './client-checks.ts';
import { ClientWorld } from './client-world.ts';
import { takeClientStep } from './steps.ts';

/** How long it takes until what had failed is good again, and until everybody has left. */
const CALM_MS = 45_000;
const LEAVE_MS = 30_000;

/** How long anything is under way, an ack included. */
const MOMENT_MS = 6_000;

/**
 * Plays a script (see steps.ts) in a world of its own, ends all faults, waits, lets everybody hang
 * up, and checks what devices with the SDK promise. Throws `Broken`.
 */
export const replayClient = async (
  script: readonly string[],
  machines?: Machines,
): Promise<ClientWorld> => {
  const world = new ClientWorld(machines);
  for (const step of script) await takeClientStep(world, step);
  world.heal();
  for (const device of world.devices.values()) device.heal();
  await world.pass(CALM_MS);
  try {
    checkCalm(world);
  } catch {
    // Something may just be under way, as the end of a call that rings.
    await world.pass(MOMENT_MS);
    checkCalm(world);
  }
  for (const device of world.devices.values()) device.hangUp();
  await world.pass(LEAVE_MS);
  // What is over is left at once, and settled as well.
  for (const { calls } of world.devices.values())
    for (const call of calls) if (!call.gone && call.over) call.hangUp();
  checkOver(world);
  return world;
};

/** The rule that a script breaks, or undefined. */
export const complainClient = async (
  script: readonly string[],
  machines?: Machines,
): Promise<string | undefined> => {
  try {
    await replayClient(script, machines);
    return undefined;
  } catch (error) {
    if (error instanceof Broken) return error.message;
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
};

/** The script without every step that is not needed to break the rule. */
export const shortestClient = async (
  script: readonly string[],
  machines?: Machines,
): Promise<readonly string[]> => {
  for (const index of script.keys()) {
    const without = script.toSpliced(index, 1);
    if ((await complainClient(without, machines)) !== undefined)
      return shortestClient(without, machines);
  }
  return script;
};
