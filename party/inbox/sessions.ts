import { SessionsAnswer } from '../wire/to-worker.ts';
import { isLegacyDevice } from './state.ts';
import type { InboxStep } from './step.ts';

/**
 * How long the inbox takes sessions for alive before it asks the Worker again, in milliseconds
 * [C25].
 */
const CHECK_AFTER_MS = 60_000;

/**
 * How long an ended session is remembered, in milliseconds: an isolate of the Worker takes it for
 * alive for 30 s, and a call that it lets in then may ring for 45 s.
 */
const ENDED_MS = 120_000;

/** How many ended sessions are remembered: the latest ones. */
const ENDED_LIMIT = 256;

/** Sessions have ended: closes their sockets, and tells the calls that they may be in. */
export const endSessions = (step: InboxStep, sids: readonly string[]): void => {
  const until = step.now + ENDED_MS;
  const recent = step.state.ended.filter(
    (other) => other.until > step.now && !sids.includes(other.sid),
  );
  step.set({ ended: [...recent, ...sids.map((sid) => ({ sid, until }))].slice(-ENDED_LIMIT) });
  const sockets = step.state.sockets.filter(({ who }) => sids.includes(who.sid));
  const devices = new Set([...sids, ...sockets.map(({ who }) => who.device)]);
  for (const { call, state } of step.state.calls) {
    if (state !== 'over') for (const device of devices) step.act(call, device, { type: 'revoke' });
  }
  for (const { id, dial } of sockets) {
    step.close(id, 'unauthorized');
    if (dial !== undefined) step.withdrawRequest(dial);
  }
};

/**
 * All sessions that are connected or in a call, except one and those that began after the others
 * were ended: these end by themselves after `until`.
 */
export const sessionsOtherThan = (
  step: InboxStep,
  { but, until }: { readonly but: string; readonly until: number },
): readonly string[] => {
  const { sockets } = step.state;
  const later = sockets.filter(({ who }) => who.until > until).map(({ who }) => who.sid);
  const spared = new Set([but, ...later]);
  const connected = sockets.map(({ who }) => who.sid);
  return [...new Set([...connected, ...devicesInCalls(step)])].filter((sid) => !spared.has(sid));
};

/**
 * The new devices in calls, which are named for their sessions; legacy ones are named for sockets.
 */
const devicesInCalls = (step: InboxStep): readonly string[] =>
  step.state.calls.flatMap((entry) =>
    'device' in entry && !isLegacyDevice(entry.device) ? [entry.device] : [],
  );

/** Ends the sessions that have come to their own end. */
export const expireSessions = (step: InboxStep): void => {
  const sids = step.state.sockets.flatMap(({ who }) => (who.until <= step.now ? [who.sid] : []));
  if (sids.length > 0) endSessions(step, sids);
};

/**
 * Asks the Worker which of the sessions here have ended, at most once a minute: this inbox may not
 * have been told [C25].
 *
 * @param joining the connection that the Worker has just let in, if there is one
 */
export const checkSessions = (step: InboxStep, joining?: string): void => {
  const { sessionsCheckedAt: checkedAt, sockets } = step.state;
  if (checkedAt !== undefined && step.now < checkedAt + CHECK_AFTER_MS) return;
  const untilOf = new Map<string, number | undefined>();
  for (const device of devicesInCalls(step)) untilOf.set(device, undefined);
  for (const { id, who } of sockets) {
    if (id === joining) untilOf.delete(who.sid);
    else untilOf.set(who.sid, who.until);
  }
  const sessions = Array.from(untilOf, ([sid, until]) => ({
    sid,
    ...(until !== undefined && { until }),
  })).filter(({ sid }) => !step.hasEnded(sid));
  if (sessions.length === 0) return;
  step.set({ sessionsCheckedAt: step.now });
  step.askForEnded(sessions);
};

/** The Worker has said which sessions have ended. Without an answer the next event asks again. */
export const onSessionsReply = (step: InboxStep, answer: unknown): void => {
  const { data } = SessionsAnswer.safeParse(answer);
  if (!data) step.set({ sessionsCheckedAt: undefined });
  else if (data.ended.length > 0) endSessions(step, data.ended);
};
