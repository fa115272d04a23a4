import type { Goal } from '../goals.ts';
import { GOALS } from '../goals.ts';
import { step } from '../progress.ts';
import type { Row } from '../rows.ts';
import { ms, rowOf, times as timesOf } from '../rows.ts';
import { median, medianRatio } from '../statistics.ts';
import type { Person, Request } from '../systems/accounts.ts';
import { bare, betterAuth, ours, readSentCode } from '../systems/accounts.ts';
import { sendAll } from './requests.ts';

/** How long a way to the stores and back takes, in milliseconds. */
export const ROUND_TRIP_MS = 20;

/** Two servers whose stores are far away, and the people of each. */
export interface FarSides {
  readonly rooms: { readonly url: string };
  readonly bare: { readonly url: string };
  readonly people: readonly Person[];
  readonly newcomers: readonly Person[];
  readonly betterAuth: { readonly url: string } | undefined;
  readonly others: readonly Person[];
}

const medianOf = async (url: string, people: readonly Person[], send: Request) =>
  median(await sendAll(url, { people, send, atOnce: 1 }));

/** Divides people into parts, one for each round and one for warming up. */
const divide = (people: readonly Person[], parts: number): Person[][] => {
  const size = Math.floor(people.length / parts);
  return Array.from({ length: parts }, (_, at) => people.slice(at * size, (at + 1) * size));
};

/** The medians of the rounds, in milliseconds. */
type Times = Record<'known' | 'new' | 'read' | 'change' | 'other' | 'bare', number[]>;

/** Measures one round; the sign-ins of both systems follow each other. */
const measureRound = async (
  sides: FarSides,
  { people, newcomers, others }: Pick<FarSides, 'people' | 'newcomers' | 'others'>,
): Promise<Record<keyof Times, number>> => {
  const { url } = sides.rooms;
  const signIn = async (who: readonly Person[]) => {
    await sendAll(url, { people: who, send: ours.requestCode, atOnce: 8 });
    return medianOf(url, who, ours.verifyCode);
  };
  const known = await signIn(people);
  let other = Number.NaN;
  if (sides.betterAuth) {
    const there = sides.betterAuth.url;
    await sendAll(there, { people: others, send: betterAuth.requestCode, atOnce: 8 });
    await sendAll(there, { people: others, send: readSentCode, atOnce: 8 });
    other = await medianOf(there, others, betterAuth.verifyCode);
  }
  return {
    known,
    other,
    new: await signIn(newcomers),
    read: await medianOf(url, people, ours.readProfile),
    change: await medianOf(url, people, ours.changeProfile),
    bare: await medianOf(sides.bare.url, people, bare.redis),
  };
};

/**
 * Measures sign-ins and profiles one at a time, with both stores a round trip of 20 ms away.
 */
export const measureDistance = async (sides: FarSides, runs: number): Promise<Row[]> => {
  const times: Times = { known: [], new: [], read: [], change: [], other: [], bare: [] };
  const newcomers = divide(sides.newcomers, runs + 1);
  for (let run = 0; run <= runs; run++) {
    const name = run === 0 ? 'warming up' : `round ${run} of ${runs}`;
    const round = await step(`stores ${ROUND_TRIP_MS} ms away, ${name}`, () =>
      measureRound(sides, { ...sides, newcomers: newcomers[run] ?? [] }),
    );
    if (run === 0) continue;
    for (const what of Object.keys(times) as (keyof Times)[]) times[what].push(round[what]);
  }
  const row = (what: string, of: keyof Times, goal?: Goal): Row => {
    const value = median(times[of]);
    const trips = `${(value / ROUND_TRIP_MS).toFixed(2)} round trips`;
    const title = `${what}, one at a time, stores ${ROUND_TRIP_MS} ms away, p50`;
    return rowOf(title, { here: `${ms(value)}, ${trips}`, value, ...(goal && { goal }) });
  };
  const rows = [
    row('verify-code, known user', 'known', GOALS.verifyKnownFar),
    row('verify-code, new user', 'new', GOALS.verifyNewFar),
    row('GET profile', 'read', GOALS.profileFar),
    row('PATCH profile', 'change', GOALS.profileFar),
    row('a Worker without our code asks Redis once', 'bare'),
  ];
  if (!sides.betterAuth) return rows;
  const ratio = medianRatio(times.other, times.known);
  const faster = rowOf('verify-code, known user, there, how many times faster', {
    here: ratio === undefined ? '–' : timesOf(ratio),
    value: ratio,
    goal: GOALS.besideFar,
    peers: { 'better-auth': ms(median(times.other)) },
  });
  return [...rows, faster];
};
