import type { LinkCause, LinkState } from './state.ts';
import type { Link, LinkEffect, LinkEvent, LinkRules, LinkStep } from './types.ts';
import { LINK_MS } from './types.ts';

/** A close code of applications, which browsers let pages use, for an attempt that is given up. */
const GIVEN_UP = 4_000;

/** The close codes after which one does not come back (docs/protocol.md). */
const FINAL: Readonly<Record<number, 'over' | 'replaced'>> = {
  1000: 'over',
  4003: 'over',
  4004: 'over',
  4008: 'replaced',
  4400: 'over',
};

/** The session has ended, or the ticket was bad. */
const UNAUTHORIZED = 4_001;

/** Creates a link that is off; the seed is any number. */
export const createLink = (rules: LinkRules, seed: number): Link => ({
  rules,
  phase: 'off',
  since: 0,
  until: 0,
  isHeard: false,
  attempt: 0,
  failures: 0,
  seed: seed >>> 0,
  isOffline: false,
});

/** One step of a link under way: its state is a copy, which the step changes. */
interface Step {
  readonly link: { -readonly [Key in keyof Link]: Link[Key] };
  readonly effects: LinkEffect[];
  readonly now: number;
}

const enter = ({ link, now }: Step, phase: Link['phase'], ms: number): void => {
  link.phase = phase;
  link.since = now;
  link.until = now + ms;
  link.answerBy = undefined;
};

const turnOff = (step: Step, why?: Link['why']): void => {
  enter(step, 'off', 0);
  step.link.why = why;
  step.link.failures = 0;
  step.link.loss = undefined;
};

const lose = ({ link, now }: Step, cause: LinkCause, nextAt: number): void => {
  link.loss = { since: link.loss?.since ?? now, nextAt, cause };
};

const ask = (step: Step): void => {
  enter(step, 'asking', LINK_MS.ticket);
  step.link.attempt += 1;
  step.effects.push({ type: 'ask', attempt: step.link.attempt });
};

const close = ({ link, effects }: Step, code: number): void => {
  effects.push({ type: 'close', attempt: link.attempt, code });
};

/** Ends the attempt, and begins another at once. */
const askAgain = (step: Step): void => {
  close(step, GIVEN_UP);
  lose(step, 'no_answer', step.now);
  ask(step);
};

/** Whether the connection that ends lived for so long that the pauses begin anew. */
const wasStable = ({ link, now }: Step): boolean =>
  link.phase === 'open' && now - link.since >= LINK_MS.stable;

/** Waits for the next attempt. */
const wait = (step: Step, cause: LinkCause, retryAt = 0): void => {
  const { link, now } = step;
  const failures = wasStable(step) ? 0 : link.failures;
  const usual = Math.min(LINK_MS.firstPause * 2 ** failures, LINK_MS.longestPause);
  // A linear congruential step is chance enough to keep clients apart.
  link.seed = (Math.imul(link.seed, 1_664_525) + 1_013_904_223) >>> 0;
  const nextAt = Math.max(now + Math.ceil(usual * (0.5 + link.seed / 2 ** 33)), retryAt);
  enter(step, 'waiting', nextAt - now);
  lose(step, cause, nextAt);
  link.notBefore = Math.max(retryAt, now + LINK_MS.firstPause / 2);
  // More doublings change nothing, and numbers have an end.
  link.failures = Math.min(failures + 1, 10);
};

/** Pings; something has to come until then, if not before. */
const ping = ({ link, effects, now }: Step, answerBy: number): void => {
  link.answerBy = answerBy;
  link.until = now + link.rules.pingMs;
  effects.push({ type: 'send', attempt: link.attempt, text: 'ping' });
};

/** Pings, and wants the answer soon, unless one is due as soon. */
const probe = (step: Step): void => {
  const { link, now } = step;
  const soon = now + LINK_MS.probe;
  const { answerBy = Number.POSITIVE_INFINITY } = link;
  if (link.phase === 'open' && (answerBy < now || answerBy > soon)) ping(step, soon);
};

const onWake = (step: Step): void => {
  const { link, now } = step;
  link.isOffline = false;
  link.failures = 0;
  if (link.phase === 'open') probe(step);
  else if (link.phase === 'waiting') {
    const { notBefore = now } = link;
    link.until = Math.min(link.until, notBefore);
    if (notBefore <= now) ask(step);
    else lose(step, link.loss?.cause ?? 'no_answer', link.until);
    // What began before the network changed may never be answered.
  } else if (link.phase !== 'off' && now - link.since >= LINK_MS.probe) askAgain(step);
};

const onTime = (step: Step): void => {
  const { link, now } = step;
  const { phase, answerBy = Number.POSITIVE_INFINITY } = link;
  if (answerBy <= now) {
    // A timer that comes much too late means that the page slept: the answer may be under way.
    if (answerBy + LINK_MS.probe < now) probe(step);
    else askAgain(step);
  } else if (phase === 'off' || link.until > now) return;
  else if (phase === 'waiting') ask(step);
  else if (phase === 'open') ping(step, Math.min(answerBy, now + link.rules.silentMs));
  else {
    close(step, GIVEN_UP);
    wait(step, 'no_answer');
  }
};

const onClosed = (step: Step, code: number): void => {
  const { link, now } = step;
  const why = FINAL[code];
  if (why) turnOff(step, why);
  // The API says whether the session has ended, so it is asked at once, but not again and again.
  else if (code === UNAUTHORIZED && (wasStable(step) || link.failures === 0)) {
    lose(step, 'closed', now);
    link.failures = 1;
    ask(step);
  } else wait(step, code === 1_005 || code === 1_006 ? 'no_answer' : 'closed');
};

const onRefused = (step: Step, status: number, retryAt?: number): void => {
  if (status === 401) turnOff(step, 'signed_out');
  else if (step.link.rules.overAfter.includes(status)) turnOff(step, 'over');
  else wait(step, status === 0 ? 'no_answer' : 'refused', retryAt);
};

const take = (step: Step, event: LinkEvent): void => {
  const { link, now, effects } = step;
  const { phase, rules } = link;
  switch (event.type) {
    case 'start':
      if (phase === 'off') ask(step);
      break;
    case 'stop':
      if (phase !== 'off' && phase !== 'waiting') close(step, 1_000);
      turnOff(step);
      break;
    case 'wake':
      onWake(step);
      break;
    case 'offline':
      link.isOffline = true;
      probe(step);
      break;
    case 'time':
      onTime(step);
      break;
    case 'ticket':
      if (phase !== 'asking') break;
      enter(step, 'opening', LINK_MS.opening);
      effects.push({ type: 'open', attempt: link.attempt, url: event.url });
      break;
    case 'refused':
      if (phase === 'asking') onRefused(step, event.status, event.retryAt);
      break;
    case 'opened':
      if (phase !== 'opening') break;
      enter(step, 'open', rules.pingMs);
      link.isHeard = false;
      link.answerBy = now + rules.silentMs;
      break;
    case 'heard':
      if (phase !== 'open') break;
      link.isHeard = true;
      link.answerBy = undefined;
      link.loss = undefined;
      break;
    case 'closed':
      if (phase === 'opening' || phase === 'open') onClosed(step, event.code);
  }
};

/** Takes an event; times are milliseconds of one clock. Effects are to be done in their order. */
export const stepLink = (state: Link, event: LinkEvent, now: number): LinkStep => {
  const link = { ...state };
  const effects: LinkEffect[] = [];
  if (!('attempt' in event) || event.attempt === link.attempt) take({ link, effects, now }, event);
  return { state: link, effects };
};

/** When the link wants to be told the time; undefined only while it is off. */
export const linkDeadline = ({ phase, until, answerBy = until }: Link): number | undefined =>
  phase === 'off' ? undefined : Math.min(until, answerBy);

/** The link as people are told of it. */
export const showLink = ({ phase, why, isHeard, loss, isOffline }: Link): LinkState => {
  if (phase === 'off') return { state: 'off', ...(why && { why }) };
  if (phase === 'open' && isHeard) return { state: 'online' };
  if (!loss) return { state: 'connecting' };
  return { state: 'retrying', ...loss, ...(isOffline && { cause: 'offline' }) };
};
