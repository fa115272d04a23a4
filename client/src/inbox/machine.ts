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
import {
  addRing,
  adoptBook,
  bookDeadline,
  expireRings,
  settleRing,
  stopRing,
  welcomeRings,
} from './rings.ts';
import type { CommandFrame, InboxEffect, InboxEvent, InboxState, TabMessage } from './state.ts';
import type { Step } from './step.ts';
import {
  addCommand,
  change,
  dropCommands,
  INBOX_MS,
  isOnline,
  keepBook,
  post,
  postState,
  tell,
} from './step.ts';

/** Takes a frame of the room, in the leader or in a tab that was handed it. */
const onFrame = (step: Step, frame: InboxServerFrame, at: number): void => {
  const { book } = step.state;
  switch (frame.type) {
    case 'welcome':
      keepBook(step, welcomeRings(book, frame, [at, step.now]));
      change(step, { isKnown: true });
      tell(step, { name: 'welcome', event: frame.n === undefined ? {} : { n: frame.n } });
      break;
    case 'ring':
      keepBook(step, addRing(book, frame, at));
      break;
    case 'stop':
      keepBook(step, stopRing(book, frame.call, frame.reason));
      break;
    case 'in_call':
      change(step, { book: { ...book, inCall: frame.inCall } });
      break;
    case 'message': {
      const { type: name, ...event } = frame;
      tell(step, { name, event });
      break;
    }
    case 'change': {
      const { type: name, ...event } = frame;
      tell(step, { name, event });
      break;
    }
    case 'typing':
      tell(step, { name: 'typing', event: { chat: frame.chat, user: frame.user } });
  }
};

/** A tab of this browser has answered or refused a call. */
const settle = (step: Step, call: string, told?: 'declined' | 'answered_elsewhere'): void => {
  const before = step.state.book.rings.find((ring) => ring.call === call);
  change(step, { book: settleRing(step.state.book, call, step.now) });
  if (before && told) tell(step, { name: 'stopped', event: { ring: before, reason: told } });
};

const onCommand = (step: Step, { id, frame }: { id: string; frame: CommandFrame }): void => {
  const { role, self: from } = step.state;
  if (role === 'off') {
    step.effects.push({ type: 'settle', id, isDone: false });
    return;
  }
  if (frame.type === 'decline') {
    // The ring ends when the person says so, with or without a network.
    settle(step, frame.call, 'declined');
    post(step, { type: 'settled', call: frame.call, reason: 'declined' });
  }
  const command = { id, from, frame, until: step.now + INBOX_MS.command };
  addCommand(step, command);
  if (role !== 'leader') post(step, { type: 'command', command });
};

const onTyping = (step: Step, chat: string): void => {
  const { typedAt, role, link } = step.state;
  const lately = Object.entries(typedAt).filter(([, at]) => at + INBOX_MS.typing > step.now);
  if (lately.some(([other]) => other === chat)) return;
  change(step, { typedAt: { ...Object.fromEntries(lately), [chat]: step.now } });
  if (role === 'follower') post(step, { type: 'typing', chat });
  if (!isOnline(step.state)) return;
  step.effects.push({ type: 'say', attempt: link.attempt, frame: { type: 'typing', chat } });
};

const onReadUpTo = (step: Step, n: number): boolean => {
  if (n <= (step.state.since ?? -1)) return false;
  change(step, { since: n });
  return true;
};

const onDone = (step: Step, { id, to }: { id: string; to: string }): void => {
  const { self, commands } = step.state;
  if (to !== self || !commands.some((command) => command.id === id)) return;
  change(step, { commands: commands.filter((command) => command.id !== id) });
  step.effects.push({ type: 'settle', id, isDone: true });
};

const onState = (step: Step, message: Extract<TabMessage, { type: 'state' }>): void => {
  const { from: id, ledAt, link, isKnown, book, since } = message;
  if (!onLeader(step, { id, ledAt, link })) return;
  if (since !== undefined) onReadUpTo(step, since);
  if (!isKnown) return;
  keepBook(step, adoptBook(step.state.book, book, step.now));
  change(step, { isKnown });
};

/** Takes what another tab says. */
const onMessage = (step: Step, message: TabMessage): void => {
  const isLeader = step.state.role === 'leader';
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
      onDone(step, message);
      break;
    case 'settled':
      settle(step, message.call, message.reason);
      break;
    case 'typing':
      if (isLeader) onTyping(step, message.chat);
      break;
    case 'read':
      onReadUpTo(step, message.n);
  }
};

const onTime = (step: Step): void => {
  const { now } = step;
  keepBook(step, expireRings(step.state.book, now));
  dropCommands(step, ({ until }) => until <= now);
  const { comeBackAt, askAt, answerBy, role } = step.state;
  if (role === 'leader') {
    const isBack = comeBackAt !== undefined && comeBackAt <= now;
    if (isBack) change(step, { comeBackAt: undefined });
    tellLink(step, { type: isBack ? 'start' : 'time' });
  } else if (answerBy !== undefined && answerBy <= now) {
    change(step, { answerBy: undefined, askAt: now + INBOX_MS.check });
    step.effects.push({ type: 'steal' });
  } else if (askAt !== undefined && askAt <= now) askLeader(step);
};

const take = (step: Step, event: InboxEvent): void => {
  const { role, link } = step.state;
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
      change(step, { isAlone: true });
      lead(step);
      break;
    case 'sleep':
      onSleep(step);
      break;
    case 'hide':
      change(step, { isSeen: false, askAt: undefined, answerBy: undefined });
      break;
    case 'wake':
      onWake(step);
      break;
    case 'time':
      onTime(step);
      break;
    case 'frame':
      if (role !== 'leader' || event.attempt !== link.attempt) break;
      post(step, { type: 'frame', frame: event.frame, at: step.now });
      onFrame(step, event.frame, step.now);
      break;
    case 'message':
      if (role !== 'off') onMessage(step, event.message);
      break;
    case 'command':
      onCommand(step, event);
      break;
    case 'taken':
      settle(step, event.call);
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
): { state: InboxState; effects: readonly InboxEffect[] } => {
  const step: Step = { state, effects: [], now };
  take(step, event);
  return { state: step.state, effects: step.effects };
};

/** When an inbox wants to be told the time. */
export const inboxDeadline = (state: InboxState): number | undefined => {
  const { role, link, book, commands, comeBackAt, askAt, answerBy } = state;
  const times = [
    role === 'leader' ? linkDeadline(link) : undefined,
    bookDeadline(book),
    ...commands.map(({ until }) => until),
    comeBackAt,
    askAt,
    answerBy,
  ].filter((time) => time !== undefined);
  return times.length > 0 ? Math.min(...times) : undefined;
};
