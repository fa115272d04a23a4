import { createLink, showLink } from '../link/machine.ts';
import type { LinkState } from '../link/state.ts';
import { INBOX_LINK } from '../link/types.ts';
import type { Command, InboxEffect, InboxState, TabMessage } from './state.ts';
import type { InboxEvents } from './types.ts';

/** The times of an inbox, in milliseconds. */
export const INBOX_MS = {
  /** How often a tab that is seen asks whether the leader lives. */
  check: 10_000,
  /** How long the leader may take to answer. */
  answer: 3_000,
  /** How long an action waits for a connection. */
  command: 10_000,
  /** How often a chat is said to be written in. */
  typing: 3_000,
  /** How long to wait before a place that was taken is asked for again. */
  comeBack: 1_000,
  /** How long to wait when the API denies a session that is there. */
  denied: 10_000,
  /** Whoever is replaced again within this time lets the other one have the place. */
  replaced: 10_000,
  /** How long a call that was settled is remembered at least. */
  settled: 60_000,
  /** How long a call rings of which the room does not say it. */
  ring: 45_000,
} as const;

/** Creates the inbox of a tab in which nobody is signed in. */
export const createInbox = (
  self: string,
  { isAlone, seed }: { readonly isAlone: boolean; readonly seed: number },
): InboxState => ({
  self,
  role: 'off',
  isAlone,
  isSeen: true,
  link: createLink(INBOX_LINK, seed),
  ledAt: 0,
  book: { rings: [], settled: [] },
  isKnown: false,
  typedAt: {},
  commands: [],
});

/** The connection as a tab tells of it: the leader's. */
export const showInboxLink = ({ role, link, leader }: InboxState): LinkState =>
  role === 'off' || role === 'leader' ? showLink(link) : (leader?.link ?? { state: 'connecting' });

/** One step of an inbox under way: its state is a copy, which the step changes. */
export interface Step {
  state: { -readonly [Key in keyof InboxState]: InboxState[Key] };
  readonly effects: InboxEffect[];
  readonly now: number;
}

/** Tells the other tabs. */
export const post = ({ state, effects }: Step, message: TabMessage): void => {
  if (!state.isAlone) effects.push({ type: 'post', message });
};

/** Tells the other tabs all that the leader knows. */
export const postState = (step: Step): void => {
  const { self: from, ledAt, link, isKnown, book, since } = step.state;
  post(step, { type: 'state', from, ledAt, link: showLink(link), isKnown, book, since });
};

/** Tells the listeners of this tab. */
export const tell = <Name extends keyof InboxEvents>(
  { effects }: Step,
  name: Name,
  event: InboxEvents[Name],
): void => {
  effects.push({ type: 'tell', name, event });
};

/** Whether the room can be spoken to: it has said something. */
export const isOnline = ({ role, link }: InboxState): boolean =>
  role === 'leader' && showLink(link).state === 'online';

/** Sends the actions that wait, once the room listens. */
export const sendCommands = (step: Step): void => {
  const { state, effects } = step;
  if (!isOnline(state)) return;
  for (const { id, from, frame } of state.commands) {
    effects.push({ type: 'say', attempt: state.link.attempt, frame });
    if (from === state.self) effects.push({ type: 'settle', id, isDone: true });
    else post(step, { type: 'done', id, to: from });
  }
  state.commands = [];
};

/** Takes an action on, of this tab or, in the leader, of another one. */
export const addCommand = (step: Step, command: Command): void => {
  const { state } = step;
  if (state.commands.some(({ id }) => id === command.id)) return;
  state.commands = [...state.commands, command];
  sendCommands(step);
};

/** Ends actions that wait; those of this tab hear whether they were sent. */
export const endCommands = (
  { state, effects }: Step,
  isDone: boolean,
  isEnded: (command: Command) => boolean,
): void => {
  for (const { id, from } of state.commands.filter(isEnded))
    if (from === state.self) effects.push({ type: 'settle', id, isDone });
  state.commands = state.commands.filter((command) => !isEnded(command));
};
