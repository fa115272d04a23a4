import type { InboxServerFrame } from '../contract.ts';
import { linkDeadline } from '../link/machine.ts';
import {
  askLeader,
  follow,
  lead,
  onLeader,
  onSignOut,
  onSleep,
  onWake,
  stepDown,
  tellLink,
} from './leading.ts';
import { addRing, adoptBook, expireRings, settleRing, stopRing, welcomeRings } from './rings.ts';
import type { CommandFrame, InboxEffect, InboxEvent, InboxState, TabMessage } from './state.ts';
import type { Step } from './step.ts';
import { addCommand, endCommands, INBOX_MS, isOnline, post, postState, tell } from './step.ts';

/** Takes a frame of the room, in the leader or in a tab that was handed it. */
const onFrame = (step: Step, frame: InboxServerFrame, at: number): void => {
  const { state } = step;
  switch (frame.type) {
    case 'welcome':
      welcomeRings(step, frame, at);
      state.isKnown = true;
      tell(step, frame.type, frame.n === undefined ? {} : { n: frame.n });
      break;
    case 'ring':
      addRing(step, frame, at);
      break;
    case 'stop':
      stopRing(step, frame.call, frame.reason);
      break;
    case 'in_call':
      state.book = { ...state.book, inCall: frame.inCall };
      break;
    case 'message':
    case 'change':
    case 'typing': {
      const { type, ...event } = frame;
      tell(step, type, event as never);
    }
  }
};

const onCommand = (step: Step, { id, frame }: { id: string; frame: CommandFrame }): void => {
  const { role, self: from } = step.state;
  if (role === 'off') {
    step.effects.push({ type: 'settle', id, isDone: false });
    return;
  }
  if (frame.type === 'decline') {
    // The ring ends when the person says so, with or without a network.
    settleRing(step, frame.call, 'declined');
    post(step, { type: 'settled', call: frame.call, reason: 'declined' });
  }
  const command = { id, from, frame, until: step.now + INBOX_MS.command };
  addCommand(step, command);
  if (role !== 'leader') post(step, { type: 'command', command });
};

const onTyping = (step: Step, chat: string): void => {
  const { state, effects, now } = step;
  const lately = Object.entries(state.typedAt).filter(([, at]) => at + INBOX_MS.typing > now);
  if (lately.some(([other]) => other === chat)) return;
  state.typedAt = { ...Object.fromEntries(lately), [chat]: now };
  const frame = { type: 'typing', chat } as const;
  if (state.role === 'follower') post(step, frame);
  if (isOnline(state)) effects.push({ type: 'say', attempt: state.link.attempt, frame });
};

const onReadUpTo = ({ state }: Step, n: number): boolean => {
  const isNews = n > (state.since ?? -1);
  if (isNews) state.since = n;
  return isNews;
};

const onState = (step: Step, message: Extract<TabMessage, { type: 'state' }>): void => {
  const { from: id, ledAt, link, isKnown, book, since } = message;
  if (!onLeader(step, { id, ledAt, link })) return;
  if (since !== undefined) onReadUpTo(step, since);
  if (!isKnown) return;
  adoptBook(step, book);
  step.state.isKnown = true;
};

/** Takes what another tab says. */
const onMessage = (step: Step, message: TabMessage): void => {
  const { role, self } = step.state;
  const isLeader = role === 'leader';
  switch (message.type) {
    case 'ask':
      if (isLeader) postState(step);
      break;
    case 'state':
      onState(step, message);
      break;
    case 'frame':
      if (!isLeader) onFrame(step, message.frame, message.at);
      break;
    case 'command':
      if (isLeader) addCommand(step, message.command);
      break;
    case 'done':
      endCommands(step, true, ({ id, from }) => id === message.id && from === self);
      break;
    case 'settled':
      settleRing(step, message.call, message.reason);
      break;
    case 'typing':
      if (isLeader) onTyping(step, message.chat);
      break;
    case 'read':
      onReadUpTo(step, message.n);
  }
};

const onTime = (step: Step): void => {
  const { state, now, effects } = step;
  expireRings(step);
  endCommands(step, false, ({ until }) => until <= now);
  const isDue = (at: number | undefined) => at !== undefined && at <= now;
  if (state.role === 'leader') {
    const type = isDue(state.comeBackAt) ? 'start' : 'time';
    if (type === 'start') state.comeBackAt = undefined;
    tellLink(step, { type });
  } else if (isDue(state.answerBy)) {
    state.answerBy = undefined;
    state.askAt = now + INBOX_MS.check;
    effects.push({ type: 'steal' });
  } else if (isDue(state.askAt)) askLeader(step);
};

const take = (step: Step, event: InboxEvent): void => {
  const { state, now } = step;
  const { role, link } = state;
  switch (event.type) {
    case 'signIn':
      if (role === 'off') follow(step);
      break;
    case 'signOut':
      onSignOut(step);
      break;
    case 'lead':
      lead(step);
      break;
    case 'unlead':
      stepDown(step);
      break;
    case 'alone':
      state.isAlone = true;
      lead(step);
      break;
    case 'sleep':
      onSleep(step);
      break;
    case 'hide':
      state.isSeen = false;
      state.askAt = undefined;
      state.answerBy = undefined;
      break;
    case 'wake':
      onWake(step);
      break;
    case 'time':
      onTime(step);
      break;
    case 'frame':
      if (role !== 'leader' || event.attempt !== link.attempt) break;
      post(step, { type: 'frame', frame: event.frame, at: now });
      onFrame(step, event.frame, now);
      break;
    case 'message':
      if (role !== 'off') onMessage(step, event.message);
      break;
    case 'command':
      onCommand(step, event);
      break;
    case 'taken':
      settleRing(step, event.call);
      post(step, { type: 'settled', call: event.call, reason: 'answered_elsewhere' });
      break;
    case 'typing':
      onTyping(step, event.chat);
      break;
    case 'readUpTo':
      if (onReadUpTo(step, event.n)) post(step, { type: 'read', n: event.n });
      break;
    default:
      tellLink(step, event);
  }
};

/** Takes an event. Effects are to be done in their order. */
export const stepInbox = (
  state: InboxState,
  event: InboxEvent,
  now: number,
): { readonly state: InboxState; readonly effects: readonly InboxEffect[] } => {
  const step: Step = { state: { ...state }, effects: [], now };
  take(step, event);
  return step;
};

/** When an inbox wants to be told the time. */
export const inboxDeadline = (state: InboxState): number | undefined => {
  const { role, link, book, commands, comeBackAt, askAt, answerBy } = state;
  const times = [
    ...[...book.rings, ...book.settled, ...commands].map(({ until }) => until),
    role === 'leader' ? linkDeadline(link) : undefined,
    comeBackAt,
    askAt,
    answerBy,
  ].filter((time) => time !== undefined);
  return times.length > 0 ? Math.min(...times) : undefined;
};
