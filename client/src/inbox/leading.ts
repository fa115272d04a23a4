import { showLink, stepLink } from '../link/machine.ts';
import type { LinkEvent } from '../link/types.ts';
import type { InboxState, KnownLeader } from './state.ts';
import type { Step } from './step.ts';
import { createInbox, endCommands, INBOX_MS, post, postState, sendCommands } from './step.ts';

/** Tells the link an event; the others hear when that changes what it shows. */
export const tellLink = (step: Step, event: LinkEvent): void => {
  const { state, effects } = step;
  const before = state.link;
  const next = stepLink(before, event, step.now);
  const link = next.state;
  state.link = link;
  effects.push(...next.effects);
  if (before.phase !== 'open' && link.phase === 'open') {
    const { since } = state;
    const frame = { type: 'hello', version: 1, ...(since !== undefined && { since }) } as const;
    effects.push({ type: 'say', attempt: link.attempt, frame });
  }
  if (state.role !== 'leader') return;
  if (JSON.stringify(showLink(before)) !== JSON.stringify(showLink(link))) postState(step);
  if (before.phase !== 'off' && link.phase === 'off') onLinkOff(step);
  sendCommands(step);
};

/**
 * The link of the leader will not come back by itself. It may have been replaced by the socket of
 * the leader before, which was slow: then the place is asked for again. Whoever is replaced twice
 * lets the other one have it.
 */
const onLinkOff = ({ state, now }: Step): void => {
  const { replacedAt, isAlone, link } = state;
  if (link.why === 'signed_out') state.comeBackAt = now + INBOX_MS.denied;
  if (link.why !== 'replaced') return;
  const isSecond = replacedAt !== undefined && now - replacedAt < INBOX_MS.replaced;
  state.replacedAt = now;
  state.comeBackAt = isAlone || isSecond ? undefined : now + INBOX_MS.comeBack;
};

/** Ends what is waited for in a role, and goes on in another one. */
const enter = ({ state }: Step, role: InboxState['role']): void => {
  state.role = role;
  state.comeBackAt = undefined;
  state.askAt = undefined;
  state.answerBy = undefined;
};

/** Asks who leads, and while the person looks at this tab wants an answer. */
export const askLeader = (step: Step): void => {
  const { state } = step;
  post(step, { type: 'ask', from: state.self });
  state.answerBy = state.isSeen ? (state.answerBy ?? step.now + INBOX_MS.answer) : undefined;
  state.askAt = undefined;
};

/** Joins the tabs, and asks for the lead. */
export const follow = (step: Step): void => {
  step.state.role = 'follower';
  if (step.state.isAlone) lead(step);
  else {
    step.effects.push({ type: 'compete' });
    askLeader(step);
  }
};

/** This tab leads from now on: it connects at once. */
export const lead = (step: Step): void => {
  const { state } = step;
  if (state.role !== 'follower') return;
  enter(step, 'leader');
  // Clocks can be set back, and of two leaders the later one has to be right.
  state.ledAt = Math.max(step.now, (state.leader?.ledAt ?? 0) + 1);
  state.leader = undefined;
  tellLink(step, { type: 'start' });
};

/** Ends what a leader or follower does, and goes on in another role. */
const leave = (step: Step, role: InboxState['role']): void => {
  const { state, effects } = step;
  effects.push({ type: 'yield' });
  enter(step, role);
  tellLink(step, { type: 'stop' });
  // The other tabs hand their actions to the next leader themselves.
  state.commands = state.commands.filter(({ from }) => from === state.self);
};

/** Another tab leads. */
export const stepDown = (step: Step): void => {
  if (step.state.role !== 'leader') return;
  leave(step, 'follower');
  follow(step);
};

/** The browser stops this page: a page that is stopped must not lead, nor wait for the lead. */
export const onSleep = (step: Step): void => {
  const { role } = step.state;
  if (role === 'follower' || role === 'leader') leave(step, 'asleep');
};

/** The person looks at this tab, or the network is back. */
export const onWake = (step: Step): void => {
  const { state } = step;
  const { role } = state;
  state.isSeen = true;
  if (role === 'asleep') follow(step);
  if (role === 'follower') askLeader(step);
  if (role !== 'leader') return;
  state.comeBackAt = undefined;
  tellLink(step, { type: state.link.phase === 'off' ? 'start' : 'wake' });
};

/** Nobody is signed in any more. */
export const onSignOut = (step: Step): void => {
  const { self, isAlone, isSeen, role } = step.state;
  if (role !== 'off') {
    leave(step, 'off');
    endCommands(step, false, () => true);
  }
  const { link } = step.state;
  const fresh = createInbox(self, { isAlone, seed: link.seed });
  // Attempts go on counting, so that what is heard late of the last session changes nothing.
  const { attempt } = link;
  step.state = { ...fresh, isSeen, link: { ...fresh.link, attempt, why: 'signed_out' } };
};

/** Hears of a leader; says whether it is believed, being no older than the one that is known. */
export const onLeader = (step: Step, heard: KnownLeader): boolean => {
  const { state, now } = step;
  const { ledAt, self, leader } = state;
  if (state.role === 'leader') {
    if (heard.ledAt < ledAt || (heard.ledAt === ledAt && heard.id <= self)) {
      postState(step);
      return false;
    }
    stepDown(step);
  } else if (leader && leader.id !== heard.id && leader.ledAt > heard.ledAt) return false;
  state.leader = heard;
  state.answerBy = undefined;
  state.askAt = state.isSeen && state.role === 'follower' ? now + INBOX_MS.check : undefined;
  if (leader?.id !== heard.id)
    for (const command of state.commands) post(step, { type: 'command', command });
  return true;
};
