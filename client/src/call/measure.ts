import type { CallReport, Quality } from './types.ts';

/*
 * What is measured of a call. It is loaded when a call is first looked at: never at once.
 */

/** What a connection has received and measured so far, added up over its media. */
export interface Received {
  /** When it was read, in milliseconds by any clock. */
  readonly at: number;
  readonly packets: number;
  readonly lost: number;
  readonly frames: number;
  /** How long video stood still, in seconds. */
  readonly frozenSeconds: number;
  readonly audioSeconds: number;
  readonly roundTripMs: number | undefined;
  readonly route: 'direct' | 'relayed' | 'unknown';
  readonly codecs: readonly string[];
}

/** Shares of lost packets, round trips and freezes from which on people notice, and suffer. */
const POOR = { lost: 0.03, roundTripMs: 400, frozen: 0.05 } as const;
const BAD = { lost: 0.1, roundTripMs: 1_000, frozen: 0.3 } as const;

type Fields = Readonly<Record<string, unknown>>;

const numberOf = (value: unknown): number => (typeof value === 'number' ? value : 0);

/** Finds the pair of candidates that media go by. */
const findPair = (all: ReadonlyMap<string, Fields>): Fields | undefined => {
  for (const one of all.values())
    if (one['type'] === 'transport' && typeof one['selectedCandidatePairId'] === 'string')
      return all.get(one['selectedCandidatePairId']);
  // Firefox marks the pair itself.
  for (const one of all.values())
    if (one['type'] === 'candidate-pair' && one['nominated'] && one['state'] === 'succeeded')
      return one;
  return undefined;
};

const routeOf = (all: ReadonlyMap<string, Fields>, pair: Fields | undefined): Received['route'] => {
  const ends = [pair?.['localCandidateId'], pair?.['remoteCandidateId']].map((id) =>
    all.get(String(id)),
  );
  if (!ends.every(Boolean)) return 'unknown';
  return ends.some((end) => end?.['candidateType'] === 'relay') ? 'relayed' : 'direct';
};

/** Adds up what `RTCPeerConnection.getStats` answers; nothing of it names an address. */
export const readStats = (report: RTCStatsReport, at: number): Received => {
  const all = report as unknown as ReadonlyMap<string, Fields>;
  const pair = findPair(all);
  const roundTrip = pair?.['currentRoundTripTime'];
  const sums = { packets: 0, lost: 0, frames: 0, frozenSeconds: 0, audioSeconds: 0 };
  const codecs = new Set<string>();
  for (const one of all.values()) {
    if (one['type'] !== 'inbound-rtp') continue;
    sums.packets += numberOf(one['packetsReceived']);
    sums.lost += Math.max(0, numberOf(one['packetsLost']));
    sums.frames += numberOf(one['framesDecoded']);
    sums.frozenSeconds += numberOf(one['totalFreezesDuration']);
    sums.audioSeconds += numberOf(one['totalSamplesDuration']);
    const codec = all.get(String(one['codecId']))?.['mimeType'];
    if (typeof codec === 'string') codecs.add(codec);
  }
  return {
    at,
    ...sums,
    roundTripMs: typeof roundTrip === 'number' ? Math.round(roundTrip * 1_000) : undefined,
    route: routeOf(all, pair),
    codecs: [...codecs].sort(),
  };
};

/** The share of packets that did not arrive between two readings; undefined when none were due. */
const lostShare = (before: Received, after: Received): number | undefined => {
  const lost = Math.max(0, after.lost - before.lost);
  const due = lost + Math.max(0, after.packets - before.packets);
  return due > 0 ? lost / due : undefined;
};

/** Judges how well media arrived between two readings. */
export const judgeQuality = (before: Received | undefined, after: Received): Quality => {
  if (!before || after.at <= before.at) return 'unknown';
  const lost = lostShare(before, after);
  // A counter that went back belongs to a new connection.
  if (lost === undefined) return after.packets < before.packets ? 'unknown' : 'bad';
  const seconds = (after.at - before.at) / 1_000;
  const frozen = Math.max(0, after.frozenSeconds - before.frozenSeconds) / seconds;
  const roundTripMs = after.roundTripMs ?? 0;
  const reaches = (limits: typeof POOR | typeof BAD) =>
    lost >= limits.lost || roundTripMs >= limits.roundTripMs || frozen >= limits.frozen;
  return reaches(BAD) ? 'bad' : reaches(POOR) ? 'poor' : 'good';
};

/** How browsers name themselves; where there are several, the last one is meant. */
const BROWSERS = /\b(Chrome|Firefox|Version|Edg|OPR|YaBrowser)\/\d{1,4}/g;

const NAMES: Readonly<Record<string, string>> = {
  Version: 'Safari',
  Edg: 'Edge',
  OPR: 'Opera',
  YaBrowser: 'Yandex',
};

const SYSTEMS = ['Android', 'iPhone', 'iPad', 'Windows', 'Mac OS', 'CrOS', 'Linux'] as const;

/** Names browser and system, in words of a list: the browser's own text can tell people apart. */
export const namePlatform = (userAgent: string): string => {
  const [name = 'another', version = 'browser'] =
    userAgent.match(BROWSERS)?.at(-1)?.split('/') ?? [];
  const system = SYSTEMS.find((one) => userAgent.includes(one));
  return `${NAMES[name] ?? name} ${version}, ${system ?? 'another system'}`;
};

const NOTHING = { at: 0, packets: 0, lost: 0 } as Received;

/** What a report says of somebody's media: nothing that tells who or where they are. */
export const describeMedia = (read: Received | undefined): CallReport['people'][number] => {
  const lost = read && lostShare(NOTHING, read);
  return {
    route: read?.route ?? 'unknown',
    roundTripMs: read?.roundTripMs,
    lostPercent: lost === undefined ? undefined : Math.round(lost * 1_000) / 10,
    codecs: read?.codecs ?? [],
    framesDecoded: read?.frames ?? 0,
    audioSeconds: Math.round((read?.audioSeconds ?? 0) * 10) / 10,
  };
};
