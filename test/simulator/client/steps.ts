import { hold } from '../broken.ts';
import type { Fault } from '../network.ts';
import type { ClientDevice } from './client-device.ts';
import type { ClientWorld } from './client-world.ts';

/** How long the world rests before a step that does not begin with `&`, in milliseconds. */
const REST_MS = 60;

const FAULTS = ['lose', 'refuse', 'deafen', 'delay', 'double'];

/**
 * Takes one step of a script of devices with the SDK. The steps are:
 *
 * - `& …` at the same moment as the step before, `&7 …` 7 ms later
 * - `wait 20000`, `restart c1`, `restart B` (the host of a call, or of an inbox)
 * - `lose create`, `delay permit 3000`: a fault of the next message of that type between servers
 * - `lose answer`: the next answer of the API does not arrive
 * - `A1 comes`, `A1 calls B C`, `A1 prepares` (what rings from now on), `A1 accepts`,
 *   `A1 hangs up` (or declines what rings), `A1 takes over` (moves the call here), `A1 reloads`
 * - `A1 invites C` (into its call)
 * - `A1 drops` (sockets break), `A1 loses 5000` (the network, without being told),
 *   `A1 misses 5000` (and is told), `A1 travels 5000` (and finds another network),
 *   `A1 changes` (network, and is told), `A1 sleeps 20000`, `A1 is slow 400`
 * - `A1 adds` (one more section of media with everybody)
 * - `A1 talks`, `A1 ended lost`: what has to hold at that moment
 */
export const takeClientStep = async (world: ClientWorld, step: string): Promise<void> => {
  const [, now, ms, words = ''] = /^(&(\d*) )?(.*)$/.exec(step) ?? [];
  await world.pass(now ? Number(ms) : REST_MS);
  const [subject = '', verb = '', ...rest] = words.split(' ');
  if (subject === 'wait') await world.pass(Number(verb));
  else if (subject === 'restart') {
    world.rooms.note('restart');
    (world.rooms.calls.get(verb) ?? world.rooms.inboxes.get(verb))?.restart();
  } else if (words === 'lose answer') world.loseAnswer();
  else if (FAULTS.includes(subject)) {
    world.rooms.note('failure');
    world.rooms.posts.fail(verb, faultOf(subject, Number(rest[0])));
  } else act(world, subject, verb, rest);
};

const faultOf = (type: string, ms: number): Fault =>
  type === 'delay' || type === 'double'
    ? { type, ms }
    : { type: type as 'lose' | 'refuse' | 'deafen' };

/** What the call of a device shows: how it ended, or its state. */
const is = ({ call }: ClientDevice): string | undefined => {
  const { state } = call?.view ?? {};
  return state?.state === 'ended' ? state.reason : state?.state;
};

const act = (world: ClientWorld, name: string, verb: string, rest: readonly string[]) => {
  const device = world.device(name);
  const ms = Number(rest[0]);
  switch (verb) {
    case 'comes':
      return device.come();
    case 'calls':
      return device.dial(rest);
    case 'prepares':
      device.prepares = true;
      return;
    case 'accepts':
      return device.accept();
    case 'hangs':
      return device.hangUp();
    case 'invites':
      return device.invite(rest[0] ?? '');
    case 'takes':
      return device.takeOver();
    case 'reloads':
      return device.reload();
    case 'drops':
      return device.drop();
    case 'loses':
      return device.lose(ms, { told: false, changes: false });
    case 'misses':
      return device.lose(ms, { told: true, changes: false });
    case 'travels':
      return device.lose(ms, { told: true, changes: true });
    case 'changes':
      return device.changeNetwork(true);
    case 'sleeps':
      return device.sleep(ms);
    case 'adds':
      return device.renegotiate();
    case 'talks':
      return hold(is(device) === 'talking', () => `${name} does not talk, but is ${is(device)}`);
    case 'ended':
      return hold(is(device) === rest[0], () => `${name} is ${is(device)}, not ${rest[0]}`);
    case 'is':
      device.latency = Number(rest[1]);
      return;
    default:
      hold(false, () => `there is no such step: ${verb}`);
  }
};
