import { linkDeadline } from '../link/machine.ts';
import {
  noteMedia,
  releaseAll,
  restartAll,
  restartDeadline,
  restartDue,
  takeSignal,
} from './connections.ts';
import { beginDial, onDialFailed, onDialled, post, postIfOffered } from './dialling.ts';
import { leftEnding, onClosed, onRefused } from './endings.ts';
import type { CallEffect, CallEvent, CallLinkEvent, CallStart } from './events.ts';
import { giveUp, giveUpAt, leave, noteTrouble, troubleDeadline } from './patience.ts';
import { onFrame, sayHello, sayWish } from './room.ts';
import { flush, signalsDeadline } from './signals.ts';
import type { CallMachine } from './state.ts';
import { CALL_MS, isLeaving, newMachine } from './state.ts';
import { CallStep } from './step.ts';

/** A call after an event, and what it wants done, in this order. */
export interface CallStepResult {
  readonly state: CallMachine;
  readonly effects: readonly CallEffect[];
}

/**
 * Begins a call on this device.
 *
 * @param seed any number: what the chance in pauses comes from
 */
export const beginCall = (
  start: CallStart,
  given: { readonly now: number; readonly seed: number },
): CallStepResult => {
  const step = new CallStep(newMachine(start, given), given.now);
  if (start.type === 'dial') beginDial(step);
  else step.tellLink({ type: 'start' });
  return settle(step);
};

/** Takes an event. After the end nothing changes, and only an action is settled. */
export const stepCall = (state: CallMachine, event: CallEvent, now: number): CallStepResult => {
  const step = new CallStep(state, now);
  if (state.phase !== 'over') onEvent(step, event);
  else if (event.type === 'hangUp') step.do({ type: 'settle', action: event.action });
  return settle(step);
};

const onEvent = (step: CallStep, event: CallEvent) => {
  const { state } = step;
  switch (event.type) {
    case 'accept':
      if (state.start.type !== 'ring' || state.wants || isLeaving(state)) return;
      state.wants = 'accept';
      state.until = step.now + CALL_MS.grace;
      releaseAll(step);
      return step.tellLink({ type: 'wake' });
    case 'move':
      if (state.start.type === 'move' && !isLeaving(state)) state.wants = 'move';
      return;
    case 'hangUp':
      return hangUp(step, event.action);
    case 'leave':
      return step.finishUnlessLeft({ reason: 'lost', by: 'me' });
    case 'dialled':
      return onDialled(step, event);
    case 'dialFailed':
      return onDialFailed(step, event);
    case 'signalMade':
      takeSignal(step, event.connection, event.signal);
      return postIfOffered(step);
    case 'mediaState':
      return noteMedia(step, event.connection, event.state);
    case 'online':
      restartAll(step);
      return step.tellLink({ type: 'wake' });
    case 'offline':
    case 'wake':
      return step.tellLink(event);
    case 'time':
      return onTime(step);
    default:
      return onSocket(step, event);
  }
};

const onSocket = (step: CallStep, event: CallLinkEvent) => {
  const { attempt } = event;
  if (attempt !== step.state.link.attempt) return;
  step.tellLink(event.type === 'frame' ? { type: 'heard', attempt } : event);
  switch (event.type) {
    case 'refused':
      return onRefused(step, event);
    case 'opened':
      return sayHello(step);
    case 'frame':
      return onFrame(step, event.frame);
    case 'closed':
      return onClosed(step, event.code);
  }
};

const hangUp = (step: CallStep, action: number) => {
  const { state } = step;
  state.actions = [...state.actions, action];
  if (isLeaving(state)) return;
  const ending = leftEnding(state);
  // Nobody has heard of the call yet.
  if (state.phase === 'offering') return step.finish(ending);
  leave(step, ending);
  // A socket that is dead without having said so would swallow the word.
  step.tellLink({ type: 'wake' });
};

const onTime = (step: CallStep) => {
  step.tellLink({ type: 'time' });
  const { phase, until } = step.state;
  if ((phase === 'offering' || phase === 'pausing') && until <= step.now) post(step);
};

/** Does what has become possible or due by a step. */
const settle = (step: CallStep): CallStepResult => {
  giveUp(step);
  if (step.state.phase !== 'over') {
    sayWish(step);
    restartDue(step);
    flushSignals(step);
    noteTrouble(step);
  }
  return { state: step.state, effects: step.effects };
};

const maySend = ({ welcomed, joined, said, ending }: CallMachine): boolean =>
  welcomed && ending === undefined && (joined || said === 'accept');

const flushSignals = (step: CallStep) => {
  const { state, now } = step;
  if (!state.welcomed) return;
  const frames = flush(state.signals, { maySend: maySend(state), now });
  for (const frame of frames) step.say(frame);
};

/** When the call wants to be told the time; undefined only once it is over. */
export const callDeadline = (state: CallMachine): number | undefined => {
  if (state.phase === 'over') return undefined;
  return Math.min(
    giveUpAt(state),
    troubleDeadline(state),
    restartDeadline(state),
    linkDeadline(state.link) ?? Number.POSITIVE_INFINITY,
    state.welcomed ? signalsDeadline(state.signals, maySend(state)) : Number.POSITIVE_INFINITY,
    state.phase === 'pausing' ? state.until : Number.POSITIVE_INFINITY,
  );
};
