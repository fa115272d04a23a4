import { LINES_MS } from '../../party/inbox/state.ts';
import { hold } from './broken.ts';
import { checkWaiting } from './crowd.ts';
import { Device } from './device.ts';
import { IDLE_MS } from './host.ts';
import { intrude } from './intruders.ts';
import { LegacyDevice } from './legacy-device.ts';
import type { Fault } from './network.ts';
import type { AnyDevice, World } from './world.ts';

/** How long the world rests before a step that does not begin with `&`, in milliseconds. */
const REST_MS = 60;

/** When a server notices that a connection has broken, and when a client does, in milliseconds. */
const NOTICED_MS = 2;
const STALL_MS = 4_000;

const FAULTS = ['lose', 'refuse', 'deafen', 'delay', 'double'];

/**
 * Takes one step of a script. The steps are:
 *
 * - `& …` at the same moment as the step before, `&7 …` 7 ms later
 * - `wait 20000`
 * - `A1 comes`, and what else {@link act} knows: `A1 calls B C`, `A1 offers B` (its offer goes with
 *   POST), `A1 is slow 400`, `A1 says {…}`, `A1 tells {…}` (tells its inbox)
 * - `lose ring`, `refuse ring`, `deafen ring` (the answer is lost), `delay ring 3000`,
 *   `double ring 6000`: a fault for the next message of that type between servers
 * - `restart c1`, `restart B` (the host of a call, or of an inbox), `sleep B` (after the idle time)
 * - `cut A 20000`, `cut worker 70000`: nothing reaches an inbox, a call or the Worker for so long
 * - `intrude c1`: whoever may not enter the call tries to
 */
export const takeStep = (world: World, step: string) => {
  const [, now, ms, words = ''] = /^(&(\d*) )?(.*)$/.exec(step) ?? [];
  world.clock.pass(now ? Number(ms) : REST_MS);
  checkWaiting(world);
  const [subject = '', verb = '', ...rest] = words.split(' ');
  if (subject === 'wait') world.clock.pass(Number(verb));
  else if (subject === 'restart') restart(world, verb);
  else if (subject === 'sleep') {
    // The inbox may write something before it sleeps.
    world.clock.pass(LINES_MS + IDLE_MS);
    world.inboxes.get(verb)?.sleep();
  } else if (subject === 'cut') {
    world.note('failure');
    world.posts.cut(verb, Number(rest[0]));
  } else if (subject === 'intrude') intrude(world, verb);
  else if (FAULTS.includes(subject)) {
    world.note('failure');
    world.posts.fail(verb, faultOf(subject, Number(rest[0])));
  } else act(world, world.device(subject), verb, rest);
};

const faultOf = (type: string, ms: number): Fault =>
  type === 'delay' || type === 'double'
    ? { type, ms }
    : { type: type as 'lose' | 'refuse' | 'deafen' };

const restart = (world: World, name: string) => {
  world.note('restart');
  // Legacy clients at an inbox that restarts are disconnected.
  for (const device of world.devices.values()) {
    if (device instanceof LegacyDevice && device.user === name) world.note(`${name} hangs up`);
  }
  (world.calls.get(name) ?? world.inboxes.get(name))?.restart();
};

const act = (world: World, device: AnyDevice, verb: string, rest: readonly string[]) => {
  const isNew = device instanceof Device;
  switch (verb) {
    case 'comes':
      return device.come();
    case 'goes':
      return device.go(true);
    case 'vanishes':
      return device.go(false);
    case 'drops':
      return isNew ? device.cut('all', NOTICED_MS, NOTICED_MS) : device.cut(NOTICED_MS, NOTICED_MS);
    case 'stalls':
      return isNew ? device.cut('all', undefined, STALL_MS) : device.cut(undefined, STALL_MS);
    case 'loses':
      return isNew
        ? device.cut(rest[0] === 'call' ? 'call' : 'inbox', NOTICED_MS, NOTICED_MS)
        : undefined;
    case 'calls':
      return isNew ? device.call(rest, false) : device.call(rest[0] ?? '');
    case 'offers':
      return isNew ? device.call(rest, true) : device.call(rest[0] ?? '');
    case 'accepts':
      return isNew ? device.accept(rest[0] === 'last' ? 'last' : 'first') : device.accept();
    case 'declines':
      return isNew ? device.decline('inbox') : device.hangUp();
    case 'refuses':
      return isNew ? device.decline('call') : device.hangUp();
    case 'hangs':
      return device.hangUp();
    case 'crashes':
      return isNew ? device.crash() : device.cut(NOTICED_MS, NOTICED_MS);
    case 'takes':
      return isNew ? device.takeOver() : undefined;
    case 'prepares':
      return isNew ? device.prepare() : undefined;
    case 'moves':
      return isNew ? device.move() : undefined;
    case 'ends':
      return isNew ? device.endOther() : device.hangUp();
    case 'reloads':
      return isNew ? device.seat?.reload() : device.cut(NOTICED_MS, NOTICED_MS);
    case 'rejoins':
      return isNew ? device.rejoin() : undefined;
    case 'negotiates':
      return isNew ? device.seat?.negotiate(rest[0] === 'early') : device.negotiate();
    case 'trickles':
      return isNew ? device.seat?.trickle() : device.trickle();
    case 'skips':
      if (isNew && device.seat) device.seat.skips = true;
      return;
    case 'doubles':
      if (isNew && device.seat) device.seat.doubles = 3;
      return;
    case 'swaps':
      if (isNew && device.seat) device.seat.swaps = true;
      return;
    case 'is':
      if (rest[0] === 'revoked') device.revoke();
      else device.latency = Number(rest[1]);
      return;
    case 'says':
    case 'tells':
      world.hostile.add(device.user);
      if (device instanceof Device) device.say(verb === 'says' ? 'call' : 'inbox', rest.join(' '));
      else device.say(rest.join(' '));
      return;
    default:
      hold(false, () => `there is no such step: ${verb}`);
  }
};
