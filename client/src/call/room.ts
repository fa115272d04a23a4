import type { CallServerFrame } from '../contract.ts';
import { applySignals, dropConnection, meet, meetAll } from './connections.ts';
import { endingOf, lostEnding, movedEnding } from './endings.ts';
import { noteAcked, noteSeen, reconnect, resendFrom, takeOut } from './signals.ts';
import { isLeaving } from './state.ts';
import type { CallStep } from './step.ts';

type FrameOf<Type extends CallServerFrame['type']> = Extract<CallServerFrame, { type: Type }>;

/** The errors after which a signal is not worth another try. */
const FOR_GOOD: readonly string[] = ['too_long', 'invalid', 'no_such_peer'];

/** The socket is open: the first frame says what this device remembers. */
export const sayHello = (step: CallStep): void => {
  const { state } = step;
  const { remembers, signals, start, joined, wants } = state;
  const isEarly = start.type === 'ring' && !joined && wants === undefined;
  step.say({
    type: 'hello',
    version: 1,
    ...(remembers && { resume: { seen: signals.seen, acked: signals.acked } }),
    ...(isEarly && { early: true }),
  });
  state.said = undefined;
  signals.owed = 0;
};

/** Asks the room for what the person wants and the room has not confirmed. */
export const sayWish = (step: CallStep): void => {
  const { state } = step;
  const { welcomed, joined, movable, wants, said, signals } = state;
  if (!welcomed) return;
  const wish = isLeaving(state) ? 'hangup' : joined ? undefined : wants;
  if (wish === undefined || wish === said || (wish === 'move' && !movable)) return;
  // What was seen early need not come again.
  if (wish === 'accept' && signals.owed > 0) {
    step.say({ type: 'ack', seen: signals.seen });
    signals.owed = 0;
  }
  step.say({ type: wish });
  state.said = wish;
};

const onWelcome = (step: CallStep, frame: FrameOf<'welcome'>) => {
  const { state, now } = step;
  const { remembers, signals, joined: wasIn, start, people } = state;
  const wasAlone = people.length === 0;
  const { joined, movable = false, received, caller, you, ringsForMs } = frame;
  // The others know signals that this device has forgotten: it comes again, which counts as anew.
  if (joined && !remembers && received > 0) {
    step.tellLink({ type: 'stop' });
    step.tellLink({ type: 'start' });
    return;
  }
  state.welcomed = true;
  state.lostAt = undefined;
  state.remembers = true;
  state.joined = joined;
  state.movable = movable && start.type === 'move';
  state.role = caller === you ? 'caller' : 'callee';
  state.video = frame.video;
  state.group = frame.group;
  state.accepted = frame.state === 'accepted';
  if (ringsForMs !== undefined) state.ringsUntil = now + ringsForMs;
  reconnect(signals, { received, remembers, now });
  // The room has gone on without this device.
  if (wasIn && !joined) return step.finishUnlessLeft(lostEnding(state));
  if (start.type === 'move' && !joined && !movable)
    return step.finishUnlessLeft({ reason: 'failed', by: 'server' });
  nameCallee(step, frame);
  for (const peer of frame.peers) meet(step, peer);
  if (!wasAlone) forgetNameless(step);
};

/** Gives the connection of the first offer to the callee, whose id is known only now. */
const nameCallee = (step: CallStep, { peers, caller, you, group }: FrameOf<'welcome'>) => {
  const nameless = step.somebody('');
  const [peer] = peers;
  if (!nameless?.connection || !peer || group || caller !== you) return;
  const { connection } = nameless;
  nameless.connection = undefined;
  step.put({ ...peer, awaySince: undefined, connection });
};

const forgetNameless = (step: CallStep) => {
  const nameless = step.somebody('');
  if (nameless) dropConnection(step, nameless);
  step.state.people = step.state.people.filter((one) => one !== nameless);
};

/** The room says that this device is in the call. */
const enter = (step: CallStep) => {
  const { state } = step;
  state.accepted = true;
  state.joined = true;
  state.movable = false;
  meetAll(step);
};

const onState = (step: CallStep, { state, reason = 'failed' }: FrameOf<'state'>) => {
  if (state === 'accepted') enter(step);
  if (state === 'ended') step.finish(endingOf(step.state, reason));
};

const onSignal = (step: CallStep, frame: FrameOf<'signal'>) => {
  if (noteSeen(step.state.signals, frame, step.now)) applySignals(step, frame);
};

const onError = (step: CallStep, { code, seq }: FrameOf<'error'>) => {
  const { signals, said, joined } = step.state;
  if (seq !== undefined) {
    if (FOR_GOOD.includes(code)) takeOut(signals, seq);
    return;
  }
  // The call goes on elsewhere, or is over: what was wanted of the room cannot be had.
  if (said === 'hangup' || (said !== undefined && !joined))
    step.finishUnlessLeft({ reason: 'failed', by: 'server' }, { code, status: 0 });
};

/** Takes a frame of the room. */
export const onFrame = (step: CallStep, frame: CallServerFrame): void => {
  const { signals } = step.state;
  switch (frame.type) {
    case 'welcome':
      onWelcome(step, frame);
      break;
    case 'state':
      onState(step, frame);
      break;
    case 'answered_elsewhere':
      step.finish(movedEnding(step.state, frame.moved));
      break;
    case 'peer':
      meet(step, frame.peer);
      break;
    case 'signal':
      onSignal(step, frame);
      break;
    case 'acked':
      noteAcked(signals, frame.seq);
      break;
    case 'resend':
      resendFrom(signals, frame.seq, step.now);
      break;
    case 'error':
      onError(step, frame);
      break;
  }
};
