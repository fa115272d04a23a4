import { SessionsChecked } from '../wire/messages.ts';
import { isOldDevice } from './state.ts';
import type { Turn } from './turn.ts';

/** After so long the inbox asks again which sessions have ended, in milliseconds [C25]. */
const CHECK_AFTER_MS = 60_000;

/** An isolate of the Worker takes a session for alive 30 s longer; a call that it lets in then may ring for 45 s. In milliseconds. */
const ENDED_MS = 120_000;

/** How many of them are remembered: the newest. */
const ENDED_LIMIT = 256;

/** The sessions of all devices that are connected or in a call, but one, and but those that have begun since, which end later. */
export const othersThan = (
  turn: Turn,
  { but, until }: { but: string; until: number },
): string[] => {
  const since = new Set([
    but,
    ...turn.state.sockets.filter(({ who }) => who.until > until).map(({ who }) => who.sid),
  ]);
  const connected = turn.state.sockets.map(({ who }) => who.sid);
  return [...new Set([...connected, ...devicesInCalls(turn)])].filter((sid) => !since.has(sid));
};

/** The devices in calls that are named for their session; an old device is named for its socket. */
const devicesInCalls = (turn: Turn): readonly string[] =>
  turn.state.calls.flatMap((entry) =>
    'device' in entry && !isOldDevice(entry.device) ? [entry.device] : [],
  );

/** Sessions have ended: their sockets end, and the calls that they may be in are told. */
export const revoked = (turn: Turn, sids: readonly string[]): void => {
  const until = turn.now + ENDED_MS;
  const recent = turn.state.ended.filter(
    (other) => other.until > turn.now && !sids.includes(other.sid),
  );
  turn.set({ ended: [...recent, ...sids.map((sid) => ({ sid, until }))].slice(-ENDED_LIMIT) });
  const ended = turn.state.sockets.filter(({ who }) => sids.includes(who.sid));
  const devices = new Set([...sids, ...ended.map(({ who }) => who.device)]);
  for (const { call, state } of turn.state.calls) {
    if (state !== 'over') for (const device of devices) turn.act(call, device, { type: 'revoke' });
  }
  for (const { id, dial } of ended) {
    turn.close(id, 'unauthorized');
    if (dial !== undefined) turn.undial(dial);
  }
};

/** Puts out those whose session has come to its own end. */
export const expireSessions = (turn: Turn): void => {
  const sids = turn.state.sockets.flatMap(({ who }) => (who.until <= turn.now ? [who.sid] : []));
  if (sids.length > 0) revoked(turn, sids);
};

/**
 * Asks the Worker which of the sessions here have ended, at most once a minute: the word of an end
 * may not have reached this inbox [C25].
 *
 * @param joining the connection of a device that the Worker has just let in, if one was
 */
export const checkSessions = (turn: Turn, joining?: string): void => {
  const { sessionsCheckedAt: checkedAt } = turn.state;
  if (checkedAt !== undefined && turn.now < checkedAt + CHECK_AFTER_MS) return;
  const untilOf = new Map<string, number | undefined>();
  for (const device of devicesInCalls(turn)) untilOf.set(device, undefined);
  for (const { id, who } of turn.state.sockets) {
    if (id === joining) untilOf.delete(who.sid);
    else untilOf.set(who.sid, who.until);
  }
  const sessions = Array.from(untilOf, ([sid, until]) => ({
    sid,
    ...(until !== undefined && { until }),
  })).filter(({ sid }) => !turn.hasEnded(sid));
  if (sessions.length === 0) return;
  turn.set({ sessionsCheckedAt: turn.now });
  turn.askForEnded(sessions);
};

/** The Worker has said which sessions have ended; or has not, and is asked at the next occasion. */
export const onSessionsChecked = (turn: Turn, answer: unknown): void => {
  const { data } = SessionsChecked.safeParse(answer);
  if (!data) turn.set({ sessionsCheckedAt: undefined });
  else if (data.ended.length > 0) revoked(turn, data.ended);
};
