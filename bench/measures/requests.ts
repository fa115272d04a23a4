import { step } from '../progress.ts';
import { median, quantile } from '../statistics.ts';
import type { Person, Request } from '../systems/accounts.ts';
import { betterAuth, ours, readSentCode } from '../systems/accounts.ts';
import { Requests } from '../systems/requests.ts';

/** How many requests are under way at once. */
const AT_ONCE = 32;

/** A server that is sent requests; its processor time is in seconds. */
export interface Measured {
  readonly url: string;
  processor(): number | undefined;
}

/** What one round of one kind of request gave. */
interface Round {
  readonly perSecond: number;
  readonly p50: number;
  /** The processor time of the server for a request in ms; undefined where it cannot be read. */
  readonly processor: number | undefined;
}

/** Sends everybody's request, a number at a time; returns how long each took, in ms. */
export const sendAll = async (
  url: string,
  { people, send, atOnce }: { people: readonly Person[]; send: Request; atOnce: number },
): Promise<number[]> => {
  const requests = new Requests(url, atOnce);
  const waiting = [...people];
  const times: number[] = [];
  const work = async () => {
    for (let person = waiting.pop(); person; person = waiting.pop()) {
      const began = performance.now();
      await send(requests, person);
      times.push(performance.now() - began);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  requests.close();
  return times;
};

const measureRound = async (
  server: Measured,
  people: readonly Person[],
  send: Request,
): Promise<Round> => {
  const before = server.processor();
  const began = performance.now();
  const times = await sendAll(server.url, { people, send, atOnce: AT_ONCE });
  const seconds = (performance.now() - began) / 1_000;
  const after = server.processor();
  const used = before === undefined || after === undefined ? undefined : after - before;
  return {
    perSecond: people.length / seconds,
    p50: quantile(times, 0.5),
    processor: used === undefined ? undefined : (used * 1_000) / people.length,
  };
};

/** The kinds of request, in the order in which a round sends them. */
const KINDS = [
  ['request-code', ours.requestCode, betterAuth.requestCode],
  ['verify-code, known user', ours.verifyCode, betterAuth.verifyCode],
  ['GET profile', ours.readProfile, betterAuth.readProfile],
  ['PATCH profile', ours.changeProfile, undefined],
  ['QR request', ours.requestQr, undefined],
  ['QR check', ours.checkQr, undefined],
] as const;

/** The servers of a run, and who signs in to each. */
export interface Sides {
  readonly rooms: Measured;
  readonly people: readonly Person[];
  /** Undefined where there is no PostgreSQL for it. */
  readonly betterAuth: Measured | undefined;
  readonly others: readonly Person[];
}

/**
 * Has everybody send each kind of request, 32 at once, to our Worker and to better-auth in turn;
 * the first round makes everybody known and warms up, and does not count.
 *
 * @returns a line of the table for each kind
 */
export const measureRequests = async (sides: Sides, runs: number): Promise<string[][]> => {
  const rounds = KINDS.map(() => ({ rooms: [] as Round[], betterAuth: [] as Round[] }));
  const measure = async (
    [kind, send, sendOther]: (typeof KINDS)[number],
    run: number,
  ): Promise<{ mine: Round; other: Round | undefined }> => {
    const name = run === 0 ? `${kind}, warming up` : `${kind}, run ${run} of ${runs}`;
    const mine = () => step(`${name}: rooms`, () => measureRound(sides.rooms, sides.people, send));
    const theirs = async () => {
      if (!sides.betterAuth || !sendOther) return undefined;
      const { betterAuth: server, others } = sides;
      const round = await step(`${name}: better-auth`, () =>
        measureRound(server, others, sendOther),
      );
      if (sendOther === betterAuth.requestCode)
        await sendAll(server.url, { people: others, send: readSentCode, atOnce: AT_ONCE });
      return round;
    };
    if (run % 2 === 0) return { mine: await mine(), other: await theirs() };
    const other = await theirs();
    return { mine: await mine(), other };
  };
  for (let run = 0; run <= runs; run++) {
    for (const [at, kind] of KINDS.entries()) {
      const { mine, other } = await measure(kind, run);
      if (run === 0) continue;
      rounds[at]?.rooms.push(mine);
      if (other) rounds[at]?.betterAuth.push(other);
    }
  }
  return KINDS.map(([kind], at) => rowOf(kind, rounds[at]?.rooms ?? [], rounds[at]?.betterAuth));
};

const rowOf = (kind: string, mine: readonly Round[], theirs: readonly Round[] = []): string[] => {
  const middle = (of: readonly Round[], pick: (round: Round) => number | undefined) =>
    median(of.map((round) => pick(round) ?? Number.NaN));
  const perSecond = ({ perSecond }: Round) => perSecond;
  const processor = ({ processor }: Round) => processor;
  // Each round has its own ratio, since the two of a round had the same machine.
  const ratios = theirs.map((round, at) => (mine[at]?.perSecond ?? Number.NaN) / round.perSecond);
  const isCompared = theirs.length > 0;
  return [
    kind,
    middle(mine, perSecond).toFixed(0),
    isCompared ? middle(theirs, perSecond).toFixed(0) : '–',
    isCompared ? `${median(ratios).toFixed(1)} ×` : '–',
    `${middle(mine, ({ p50 }) => p50).toFixed(1)} ms`,
    `${middle(mine, processor).toFixed(2)} ms`,
    isCompared ? `${middle(theirs, processor).toFixed(2)} ms` : '–',
  ];
};

/** The head of the table of requests. */
export const REQUESTS_HEAD = [
  '32 at once',
  'a second',
  'better-auth',
  'ratio',
  'p50',
  'processor',
  'of better-auth',
];
