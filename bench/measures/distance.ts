import { step } from '../progress.ts';
import { median } from '../statistics.ts';
import type { Person, Request } from '../systems/accounts.ts';
import { betterAuth, ours, readSentCode } from '../systems/accounts.ts';
import { sendAll } from './requests.ts';

/** How long a way to the stores and back takes, in milliseconds. */
export const ROUND_TRIP_MS = 20;

/** The most round trips that signing in may take. */
const MOST_ROUND_TRIPS = 1.15;
/** How many times faster than better-auth it has to be. */
const TIMES_FASTER = 8;

/** Two servers whose stores are far away, and the people of each. */
export interface FarSides {
  readonly rooms: { readonly url: string };
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
type Times = Record<'known' | 'new' | 'read' | 'change' | 'other', number[]>;

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
  };
};

/**
 * Measures sign-ins and profiles one at a time, with both stores a round trip of 20 ms away.
 *
 * @returns the lines of the table, and whether the goals hold
 */
export const measureDistance = async (
  sides: FarSides,
  runs: number,
): Promise<{ rows: string[][]; holds: boolean }> => {
  const times: Times = { known: [], new: [], read: [], change: [], other: [] };
  const newcomers = divide(sides.newcomers, runs + 1);
  for (let run = 0; run <= runs; run++) {
    const name = run === 0 ? 'warming up' : `run ${run} of ${runs}`;
    const round = await step(`stores ${ROUND_TRIP_MS} ms away, ${name}`, () =>
      measureRound(sides, { ...sides, newcomers: newcomers[run] ?? [] }),
    );
    if (run === 0) continue;
    for (const what of Object.keys(times) as (keyof Times)[]) times[what].push(round[what]);
  }
  const ms = (what: keyof Times) => median(times[what]);
  const trips = ms('known') / ROUND_TRIP_MS;
  const ratio = median(times.other.map((other, at) => other / (times.known[at] ?? Number.NaN)));
  const row = (what: string, of: keyof Times, [beside, holds] = ['–', '–']): string[] => [
    what,
    `${ms(of).toFixed(1)} ms`,
    (ms(of) / ROUND_TRIP_MS).toFixed(2),
    beside,
    holds,
  ];
  const isCompared = sides.betterAuth !== undefined;
  const fits = trips <= MOST_ROUND_TRIPS && (!isCompared || ratio >= TIMES_FASTER);
  const beside = isCompared ? `${ms('other').toFixed(0)} ms, ${ratio.toFixed(1)} ×` : '–';
  const goal = `≤ ${MOST_ROUND_TRIPS} round trips, ≥ ${TIMES_FASTER} ×: ${fits ? 'yes' : 'NO'}`;
  return {
    rows: [
      row('verify-code, known user', 'known', [beside, goal]),
      row('verify-code, new user', 'new'),
      row('GET profile', 'read'),
      row('PATCH profile', 'change'),
    ],
    holds: fits,
  };
};

/** The head of the table of distances. */
export const DISTANCE_HEAD = [
  `stores ${ROUND_TRIP_MS} ms away, one at a time`,
  'p50',
  'round trips',
  'better-auth',
  'holds',
];
