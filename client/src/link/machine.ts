import type { LinkCause, LinkState } from './state.ts';
import type { Link, LinkEvent, LinkRules, LinkStep } from './types.ts';
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
  phase: { name: 'off' },
  attempt: 0,
  failures: 0,
  seed: seed >>> 0,
  isOffline: false,
});

const rest = (state: Link): LinkStep => ({ state, effects: [] });

const turnOff = (state: Link, why?: 'signed_out' | 'replaced' | 'over'): Link => {
  const { loss: _, ...kept } = state;
  return { ...kept, failures: 0, phase: { name: 'off', ...(why && { why }) } };
};

const ask = (state: Link, now: number): LinkStep => {
  const attempt = state.attempt + 1;
  const phase = { name: 'asking', startedAt: now, until: now + LINK_MS.ticket } as const;
  return { state: { ...state, attempt, phase }, effects: [{ type: 'ask', attempt }] };
};

const withLoss = (state: Link, cause: LinkCause, [since, nextAt]: [number, number]): Link => ({
  ...state,
  loss: { since: state.loss?.since ?? since, nextAt, cause },
});

/** Ends the attempt, and begins another at once. */
const askAgain = (state: Link, now: number): LinkStep => {
  const { attempt } = state;
  const next = ask(withLoss(state, 'no_answer', [now, now]), now);
  return { ...next, effects: [{ type: 'close', attempt, code: GIVEN_UP }, ...next.effects] };
};

/** How many attempts failed since the last good connection, the present one left out. */
const countFailures = ({ phase, failures }: Link, now: number): number =>
  phase.name === 'open' && now - phase.openedAt >= LINK_MS.stable ? 0 : failures;

/** Waits for the next attempt. */
const wait = (
  state: Link,
  now: number,
  { cause, retryAt = 0 }: { cause: LinkCause; retryAt?: number | undefined },
): LinkStep => {
  const failures = countFailures(state, now);
  const usual = Math.min(LINK_MS.firstPause * 2 ** failures, LINK_MS.longestPause);
  // A linear congruential step is chance enough to keep clients apart.
  const seed = (Math.imul(state.seed, 1_664_525) + 1_013_904_223) >>> 0;
  const nextAt = Math.max(now + Math.ceil(usual * (0.5 + seed / 2 ** 33)), retryAt);
  const notBefore = Math.max(retryAt, now + LINK_MS.firstPause / 2);
  return rest({
    ...withLoss(state, cause, [now, nextAt]),
    // More doublings change nothing, and numbers have an end.
    failures: Math.min(failures + 1, 10),
    seed,
    phase: { name: 'waiting', nextAt, notBefore },
  });
};

/** Gives the attempt up, and waits for the next one. */
const giveUp = (state: Link, now: number): LinkStep => {
  const { state: next } = wait(state, now, { cause: 'no_answer' });
  return { state: next, effects: [{ type: 'close', attempt: state.attempt, code: GIVEN_UP }] };
};

/** Pings, and wants the answer soon. */
const probe = (state: Link, now: number): LinkStep => {
  const { phase, attempt } = state;
  if (phase.name !== 'open' || phase.probedUntil !== undefined) return rest(state);
  const probed = {
    ...phase,
    owedSince: phase.owedSince ?? now,
    probedUntil: now + LINK_MS.probe,
    pingAt: now + state.rules.pingMs,
  };
  return {
    state: { ...state, phase: probed },
    effects: [{ type: 'send', attempt, text: 'ping' }],
  };
};

const onWake = (state: Link, now: number): LinkStep => {
  const { phase } = state;
  const awake = { ...state, isOffline: false, failures: 0 };
  switch (phase.name) {
    case 'off':
      return rest(awake);
    case 'asking':
    case 'opening':
      // What began before the network changed may never be answered.
      return now - phase.startedAt < LINK_MS.probe ? rest(awake) : askAgain(awake, now);
    case 'open':
      return probe(awake, now);
    case 'waiting': {
      if (phase.notBefore <= now) return ask(awake, now);
      const nextAt = Math.min(phase.nextAt, phase.notBefore);
      const cause = state.loss?.cause ?? 'no_answer';
      const sooner = withLoss(awake, cause, [now, nextAt]);
      return rest({ ...sooner, phase: { ...phase, nextAt } });
    }
  }
};

const onTime = (state: Link, now: number): LinkStep => {
  const { phase, attempt, rules } = state;
  switch (phase.name) {
    case 'off':
      return rest(state);
    case 'asking':
    case 'opening':
      return phase.until <= now ? giveUp(state, now) : rest(state);
    case 'waiting':
      return phase.nextAt <= now ? ask(state, now) : rest(state);
    case 'open': {
      if (phase.probedUntil !== undefined && phase.probedUntil <= now) return askAgain(state, now);
      const silentAt = (phase.owedSince ?? Number.POSITIVE_INFINITY) + rules.silentMs;
      // A timer that comes much too late means that the page slept: the answer may be under way.
      if (silentAt + LINK_MS.probe < now && phase.probedUntil === undefined)
        return probe(state, now);
      if (silentAt <= now && phase.probedUntil === undefined) return askAgain(state, now);
      if (phase.pingAt > now) return rest(state);
      const owedSince = phase.owedSince ?? now;
      const pinged = { ...phase, owedSince, pingAt: now + rules.pingMs };
      return {
        state: { ...state, phase: pinged },
        effects: [{ type: 'send', attempt, text: 'ping' }],
      };
    }
  }
};

const onHeard = (state: Link): LinkStep => {
  const { phase } = state;
  if (phase.name !== 'open') return rest(state);
  const { owedSince: _, probedUntil: __, ...kept } = phase;
  const { loss: ___, ...found } = state;
  return rest({ ...found, phase: { ...kept, isHeard: true } });
};

const onClosed = (state: Link, code: number, now: number): LinkStep => {
  const why = FINAL[code];
  if (why) return rest(turnOff(state, why));
  // The API says whether the session has ended, so it is asked at once, but not again and again.
  if (code === UNAUTHORIZED && countFailures(state, now) === 0) {
    return ask({ ...withLoss(state, 'closed', [now, now]), failures: 1 }, now);
  }
  return wait(state, now, { cause: code === 1_005 || code === 1_006 ? 'no_answer' : 'closed' });
};

const onRefused = (
  state: Link,
  { status, retryAt }: { status: number; retryAt?: number | undefined },
  now: number,
): LinkStep => {
  if (status === 401) return rest(turnOff(state, 'signed_out'));
  if (state.rules.overAfter.includes(status)) return rest(turnOff(state, 'over'));
  return wait(state, now, { cause: status === 0 ? 'no_answer' : 'refused', retryAt });
};

/** Takes an event; times are milliseconds of one clock. Effects are to be done in their order. */
export const stepLink = (state: Link, event: LinkEvent, now: number): LinkStep => {
  const { phase, attempt } = state;
  if ('attempt' in event && event.attempt !== attempt) return rest(state);
  switch (event.type) {
    case 'start':
      return phase.name === 'off' ? ask(state, now) : rest(state);
    case 'stop': {
      const isIdle = phase.name === 'off' || phase.name === 'waiting';
      const close = { type: 'close', attempt, code: 1_000 } as const;
      return { state: turnOff(state), effects: isIdle ? [] : [close] };
    }
    case 'wake':
      return onWake(state, now);
    case 'offline':
      return probe({ ...state, isOffline: true }, now);
    case 'time':
      return onTime(state, now);
    case 'ticket': {
      if (phase.name !== 'asking') return rest(state);
      const until = now + LINK_MS.opening;
      const opening = { name: 'opening', startedAt: phase.startedAt, until } as const;
      const effect = { type: 'open', attempt, url: event.url } as const;
      return { state: { ...state, phase: opening }, effects: [effect] };
    }
    case 'refused':
      return phase.name === 'asking' ? onRefused(state, event, now) : rest(state);
    case 'opened': {
      if (phase.name !== 'opening') return rest(state);
      const pingAt = now + state.rules.pingMs;
      const open = { name: 'open', openedAt: now, isHeard: false, pingAt, owedSince: now } as const;
      return rest({ ...state, phase: open });
    }
    case 'heard':
      return onHeard(state);
    case 'closed':
      return phase.name === 'opening' || phase.name === 'open'
        ? onClosed(state, event.code, now)
        : rest(state);
  }
};

/** When the link wants to be told the time; undefined only while it is off. */
export const linkDeadline = ({ phase, rules }: Link): number | undefined => {
  switch (phase.name) {
    case 'off':
      return undefined;
    case 'asking':
    case 'opening':
      return phase.until;
    case 'waiting':
      return phase.nextAt;
    case 'open': {
      const { probedUntil, owedSince, pingAt } = phase;
      if (probedUntil !== undefined) return Math.min(pingAt, probedUntil);
      return Math.min(pingAt, (owedSince ?? Number.POSITIVE_INFINITY) + rules.silentMs);
    }
  }
};

/** The link as people are told of it. */
export const showLink = ({ phase, loss, isOffline }: Link): LinkState => {
  if (phase.name === 'off') return { state: 'off', ...(phase.why && { why: phase.why }) };
  if (phase.name === 'open' && phase.isHeard) return { state: 'online' };
  if (!loss) return { state: 'connecting' };
  const { since, nextAt, cause } = loss;
  return { state: 'retrying', since, nextAt, cause: isOffline ? 'offline' : cause };
};
