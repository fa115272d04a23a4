import { showLink, stepLink } from '../link/machine.ts';
import type { LinkEvent } from '../link/types.ts';
import type { InboxState, KnownLeader } from './state.ts';
import type { Step } from './step.ts';
import {
  change,
  createInbox,
  dropCommands,
  INBOX_MS,
  post,
  postState,
  sendCommands,
} from './step.ts';

/** Tells the link an event; the others hear when that changes what it shows. */
export const tellLink = (step: Step, event: LinkEvent): void => {
  const before = step.state.link;
  const { state: link, effects } = stepLink(before, event, step.now);
  change(step, { link });
  step.effects.push(...effects);
  if (before.phase.name !== 'open' && link.phase.name === 'open') {
    const { since } = step.state;
    const frame = { type: 'hello', version: 1, ...(since !== undefined && { since }) } as const;
    step.effects.push({ type: 'say', attempt: link.attempt, frame });
  }
  if (step.state.role !== 'leader') return;
  if (JSON.stringify(showLink(before)) !== JSON.stringify(showLink(link))) postState(step);
  if (before.phase !== link.phase && link.phase.name === 'off') onLinkOff(step, link.phase.why);
  sendCommands(step);
};

/**
 * The link of the leader will not come back by itself. It may have been replaced by the socket of
 * the leader before, which was slow: then the place is asked for again. Whoever is replaced twice
 * lets the other one have it.
 */
const onLinkOff = (step: Step, why: 'signed_out' | 'replaced' | 'over' | undefined): void => {
  const { replacedAt, isAlone } = step.state;
  const { now } = step;
  if (why === 'signed_out') change(step, { comeBackAt: now + INBOX_MS.denied });
  if (why !== 'replaced') return;
  const isSecond = replacedAt !== undefined && now - replacedAt < INBOX_MS.replaced;
  const comeBackAt = isAlone || isSecond ? undefined : now + INBOX_MS.comeBack;
  change(step, { replacedAt: now, comeBackAt });
};

/** Asks who leads, and while the person looks at this tab wants an answer. */
export const askLeader = (step: Step): void => {
  const { self, answerBy, isSeen } = step.state;
  post(step, { type: 'ask', from: self });
  const by = isSeen ? (answerBy ?? step.now + INBOX_MS.answer) : undefined;
  change(step, { answerBy: by, askAt: undefined });
};

/** Joins the tabs, and asks for the lead. */
export const follow = (step: Step): void => {
  change(step, { role: 'follower' });
  if (step.state.isAlone) lead(step);
  else {
    step.effects.push({ type: 'compete' });
    askLeader(step);
  }
};

/** This tab leads from now on: it connects at once. */
export const lead = (step: Step): void => {
  const { role, leader } = step.state;
  if (role !== 'follower') return;
  // Clocks can be set back, and of two leaders the later one has to be right.
  const ledAt = Math.max(step.now, (leader?.ledAt ?? 0) + 1);
  change(step, { role: 'leader', leader: undefined, ledAt, askAt: undefined, answerBy: undefined });
  tellLink(step, { type: 'start' });
};

/** Ends what a leader or follower does, and goes on in another role. */
const leave = (step: Step, role: InboxState['role']): void => {
  change(step, { role, comeBackAt: undefined, askAt: undefined, answerBy: undefined });
  tellLink(step, { type: 'stop' });
  // The other tabs hand their actions to the next leader themselves.
  change(step, { commands: step.state.commands.filter(({ from }) => from === step.state.self) });
};

/** Another tab leads. */
export const stepDown = (step: Step): void => {
  if (step.state.role !== 'leader') return;
  step.effects.push({ type: 'yield' });
  leave(step, 'follower');
  follow(step);
};

/** The browser stops this page: a page that is stopped must not lead, nor wait for the lead. */
export const onSleep = (step: Step): void => {
  const { role } = step.state;
  if (role !== 'follower' && role !== 'leader') return;
  step.effects.push({ type: 'yield' });
  leave(step, 'asleep');
};

/** The person looks at this tab, or the network is back. */
export const onWake = (step: Step): void => {
  change(step, { isSeen: true });
  const { role, link } = step.state;
  if (role === 'asleep') follow(step);
  if (role === 'follower') askLeader(step);
  if (role !== 'leader') return;
  change(step, { comeBackAt: undefined });
  tellLink(step, { type: link.phase.name === 'off' ? 'start' : 'wake' });
};

/** Nobody is signed in any more. */
export const onSignOut = (step: Step): void => {
  if (step.state.role !== 'off') {
    step.effects.push({ type: 'yield' });
    leave(step, 'off');
    dropCommands(step, () => true);
  }
  const { self, isAlone, isSeen, link } = step.state;
  const fresh = createInbox(self, { isAlone, seed: link.seed });
  // Attempts go on counting, so that what is heard late of the last session changes nothing.
  const phase = { name: 'off', why: 'signed_out' } as const;
  step.state = { ...fresh, isSeen, link: { ...fresh.link, attempt: link.attempt, phase } };
};

/** Hears of a leader; says whether it is believed, being no older than the one that is known. */
export const onLeader = (step: Step, heard: KnownLeader): boolean => {
  const { role, ledAt, self, leader } = step.state;
  if (role === 'leader') {
    const isLater = heard.ledAt > ledAt || (heard.ledAt === ledAt && heard.id > self);
    if (!isLater) {
      postState(step);
      return false;
    }
    stepDown(step);
  } else if (leader && leader.id !== heard.id && leader.ledAt > heard.ledAt) return false;
  const isWaking = step.state.isSeen && step.state.role === 'follower';
  const askAt = isWaking ? step.now + INBOX_MS.check : undefined;
  change(step, { leader: heard, answerBy: undefined, askAt });
  if (leader?.id !== heard.id)
    for (const command of step.state.commands) post(step, { type: 'command', command });
  return true;
};
