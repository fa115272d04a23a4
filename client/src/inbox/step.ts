import { createLink, showLink } from '../link/machine.ts';
import type { LinkState } from '../link/state.ts';
import { INBOX_LINK } from '../link/types.ts';
import type { RingStep, Told } from './rings.ts';
import { EMPTY_BOOK } from './rings.ts';
import type { Command, InboxEffect, InboxState, TabMessage } from './state.ts';

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
  book: EMPTY_BOOK,
  isKnown: false,
  typedAt: {},
  commands: [],
});

/** The connection as a tab tells of it: the leader's. */
export const showInboxLink = ({ role, link, leader }: InboxState): LinkState =>
  role === 'off' || role === 'leader' ? showLink(link) : (leader?.link ?? { state: 'connecting' });

/** One step of an inbox under way. */
export interface Step {
  state: InboxState;
  readonly effects: InboxEffect[];
  readonly now: number;
}

/** Changes parts of the state. */
export const change = (step: Step, changed: Partial<InboxState>): void => {
  step.state = { ...step.state, ...changed };
};

/** Tells the other tabs. */
export const post = (step: Step, message: TabMessage): void => {
  if (!step.state.isAlone) step.effects.push({ type: 'post', message });
};

/** Tells the other tabs all that the leader knows. */
export const postState = (step: Step): void => {
  const { self: from, ledAt, link, isKnown, book, since } = step.state;
  post(step, { type: 'state', from, ledAt, link: showLink(link), isKnown, book, since });
};

/** Tells the listeners of this tab. */
export const tell = (step: Step, told: Told): void => {
  step.effects.push({ type: 'tell', told });
};

/** Keeps what rings now, and tells what of it is news. */
export const keepBook = (step: Step, { book, told }: RingStep): void => {
  if (book !== step.state.book) change(step, { book });
  for (const one of told) tell(step, one);
};

/** Whether the room can be spoken to: it has said something. */
export const isOnline = ({ role, link }: InboxState): boolean =>
  role === 'leader' && showLink(link).state === 'online';

/** Sends the actions that wait, once the room listens. */
export const sendCommands = (step: Step): void => {
  const { commands, link, self } = step.state;
  if (!isOnline(step.state) || commands.length === 0) return;
  change(step, { commands: [] });
  for (const { id, from, frame } of commands) {
    step.effects.push({ type: 'say', attempt: link.attempt, frame });
    if (from === self) step.effects.push({ type: 'settle', id, isDone: true });
    else post(step, { type: 'done', id, to: from });
  }
};

/** Takes an action on, of this tab or, in the leader, of another one. */
export const addCommand = (step: Step, command: Command): void => {
  const { commands } = step.state;
  if (commands.some(({ id }) => id === command.id)) return;
  change(step, { commands: [...commands, command] });
  sendCommands(step);
};

/** Gives up actions; those of this tab hear it. */
export const dropCommands = (step: Step, isDropped: (command: Command) => boolean): void => {
  const { commands, self } = step.state;
  const dropped = commands.filter(isDropped);
  if (dropped.length === 0) return;
  change(step, { commands: commands.filter((command) => !dropped.includes(command)) });
  for (const { id, from } of dropped)
    if (from === self) step.effects.push({ type: 'settle', id, isDone: false });
};
