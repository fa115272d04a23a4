import { connectTo } from './connections.ts';
import { endingOf } from './endings.ts';
import type { CallEvent, Refusal } from './events.ts';
import { notePosted } from './signals.ts';
import { CALL_MS } from './state.ts';
import type { CallStep } from './step.ts';

type EventOf<Type extends CallEvent['type']> = Extract<CallEvent, { type: Type }>;

/** Somebody whose name the room will tell. */
const NAMELESS = { user: '', username: '', displayName: '' } as const;

/** Begins to call: of one callee the offer comes first. */
export const beginDial = (step: CallStep): void => {
  if (step.state.group) {
    post(step);
    return;
  }
  step.state.until = step.now + CALL_MS.offer;
  const callee = {
    ...NAMELESS,
    state: 'ringing',
    epoch: 1,
    polite: false,
    awaySince: undefined,
    connection: undefined,
  } as const;
  step.put(callee);
  connectTo(step, callee);
};

const offerOf = ({ state }: CallStep): string | undefined => {
  const signal = state.signals.waiting[0]?.signal;
  return signal?.kind === 'offer' ? signal.sdp : undefined;
};

/** Makes the call, once the offer is there or has taken too long. */
export const post = (step: CallStep): void => {
  const { state } = step;
  const { start, group } = state;
  if (start.type !== 'dial') return;
  const offer = offerOf(step);
  state.phase = 'posting';
  state.dials += 1;
  step.do({
    type: 'post',
    to: start.to,
    video: start.video,
    ...(offer !== undefined && !group && { offer }),
  });
};

/** The first offer was made. */
export const postIfOffered = (step: CallStep): void => {
  if (step.state.phase === 'offering' && offerOf(step) !== undefined) post(step);
};

/** The call was made, or there was one already. */
export const onDialled = (step: CallStep, event: EventOf<'dialled'>): void => {
  const { state, now } = step;
  if (state.phase !== 'posting') return;
  const { role, existing, reason = 'failed' } = event;
  state.phase = 'in';
  state.call = event.callId;
  state.role = role;
  state.video = event.video;
  state.url = event.url;
  state.ringsUntil = now + CALL_MS.ring;
  if (event.state === 'ended') {
    step.finish(endingOf(state, reason));
    return;
  }
  // Whoever gave up calling somebody has not declined what that one calls them by.
  if (role === 'callee' && state.ending) {
    step.finish(state.ending);
    return;
  }
  const isPosted = !existing && offerOf(step) !== undefined;
  if (isPosted) {
    notePosted(state.signals);
    state.remembers = true;
  }
  // Whoever calls somebody who calls them takes that call.
  if (role === 'callee') {
    state.wants = 'accept';
    state.until = now + CALL_MS.grace;
  }
  step.tellLink({ type: 'start' });
};

/** The call was not made, or nobody knows: then it is tried again. */
export const onDialFailed = (step: CallStep, refusal: Refusal): void => {
  const { state, now } = step;
  if (state.phase !== 'posting') return;
  const { status, retryAt = 0 } = refusal;
  const until = Math.max(retryAt, now + CALL_MS.dialPause * 2 ** (state.dials - 1));
  if ((status === 0 || status === 503) && until < state.dialUntil) {
    state.phase = 'pausing';
    state.until = until;
    return;
  }
  const reason = status === 401 ? 'signed_out' : 'failed';
  step.finishUnlessLeft({ reason, by: 'server' }, refusal);
};
