import type { InboxClientFrame } from '../../src/contract/sockets/inbox.ts';
import { VERSION } from '../../src/contract/sockets/protocol.ts';
import { FeedAnswer } from '../wire/to-worker.ts';
import { noteDeviceHere, ringsOnLateDevice } from './crossing.ts';
import { describeRing, isRinging } from './ending.ts';
import { describeHeldCall } from './held.ts';
import type { InboxSocket } from './state.ts';
import type { InboxStep } from './step.ts';

/** How long a welcome waits for the Worker, in milliseconds [M22]. */
const WAIT_MS = 2_000;

/** How often the devices of a user may have the Worker asked: so often at once, then one each. */
const ASKED = { burst: 16, everyMs: 1_000 } as const;

/**
 * A new device says which version it speaks, and is welcomed. With `since` it wants to know how far
 * its user's feed has come: it is told of changes from now on, and then that is asked [M22].
 */
export const onHello = (
  step: InboxStep,
  socket: InboxSocket,
  { version, since }: Extract<InboxClientFrame, { type: 'hello' }>,
): void => {
  if (version !== VERSION) {
    step.close(socket.id, 'version');
    return;
  }
  step.updateSocket(socket, { hello: true });
  const ringing = listRinging(step, socket);
  if (since === undefined || !awaitNewest(step, socket)) welcome(step, socket);
  // What rings does not wait for the Worker.
  else for (const { ring } of ringing) step.send(socket.id, ringFrame(step, ring));
  for (const { call } of ringing) markReachable(step, call, socket.who.device);
};

const ringFrame = ({ now }: InboxStep, ring: Parameters<typeof describeRing>[0]) =>
  ({ type: 'ring', ...describeRing(ring, now) }) as const;

const listRinging = (step: InboxStep, { who: { device } }: InboxSocket) =>
  step
    .entriesIn('ringing')
    .filter((entry) => isRinging(entry, step.now) && ringsOnLateDevice(entry, device, step.now));

/** Tells a device all that rings, and the newest number in the feed, if that is known. */
const welcome = (step: InboxStep, socket: InboxSocket, n?: number): void => {
  const rings = listRinging(step, socket).map(({ ring }) => describeRing(ring, step.now));
  step.send(socket.id, {
    type: 'welcome',
    version: VERSION,
    rings,
    ...describeHeldCall(step, socket.who.device),
    ...(n !== undefined && { n }),
  });
};

/** Asks the Worker for the newest number, once for a device; false if that was too often. */
const awaitNewest = (step: InboxStep, socket: InboxSocket): boolean => {
  if (socket.welcome) return true;
  const { burst, everyMs } = ASKED;
  const arrival = Math.max(step.state.feedAsked, step.now);
  if (arrival - step.now > (burst - 1) * everyMs) return false;
  step.set({ feedAsked: arrival + everyMs });
  const n = step.ask('worker', { type: 'feed', user: step.state.id });
  step.updateSocket(socket, { welcome: { n, until: step.now + WAIT_MS } });
  return true;
};

const endWait = (step: InboxStep, socket: InboxSocket, n?: number): void => {
  step.updateSocket(socket, { welcome: undefined });
  welcome(step, socket, n);
};

/** The Worker has said how far the feed has come, or has not: then the device is to sync. */
export const onFeedReply = (step: InboxStep, asked: number, answer: unknown): void => {
  const socket = step.state.sockets.find((one) => one.welcome?.n === asked);
  if (socket) endWait(step, socket, FeedAnswer.safeParse(answer).data?.n);
};

/** Welcomes devices for which the Worker takes too long. */
export const expireWelcomes = (step: InboxStep): void => {
  const late = step.state.sockets.filter((one) => one.welcome && one.welcome.until <= step.now);
  for (const socket of late) endWait(step, socket);
};

/** A call rings on a device that has come; if it rang on none before, its room is told [C5]. */
const markReachable = (step: InboxStep, call: string, device: string): void => {
  noteDeviceHere(step, call, device);
  const entry = step.entry(call);
  if (entry?.state !== 'ringing') return;
  if (entry.answer.outcome !== 'ok' || entry.answer.devices > 0) return;
  step.putEntry({ ...entry, answer: { ...entry.answer, devices: 1 } });
  step.act(call, device, { type: 'here' });
};
