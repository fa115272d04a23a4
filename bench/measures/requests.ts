import type { Goal } from '../goals.ts';
import { GOALS } from '../goals.ts';
import { step } from '../progress.ts';
import type { Row } from '../rows.ts';
import { ms, perSecond, rowOf, times, us } from '../rows.ts';
import { medianOfRead, medianRatio, quantile } from '../statistics.ts';
import type { Person, Request } from '../systems/accounts.ts';
import { bare, betterAuth, ours, readSentCode } from '../systems/accounts.ts';
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
  /** The processor time of the server for a request in µs; undefined where it cannot be read. */
  readonly processor: number | undefined;
  /** The same of the process that the stores are in, or the gateways to them. */
  readonly gateways: number | undefined;
}

/** How often a server was asked again because it had answered 503. */
let refusedCount = 0;

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
  refusedCount += requests.refused;
  return times;
};

const measureRound = async (
  server: Measured,
  { people, send, gateways }: Pick<Sides, 'people' | 'gateways'> & { readonly send: Request },
): Promise<Round> => {
  const meters = [server, gateways];
  const before = meters.map((meter) => meter.processor());
  const began = performance.now();
  const times = await sendAll(server.url, { people, send, atOnce: AT_ONCE });
  const seconds = (performance.now() - began) / 1_000;
  const [processor, ofGateways] = meters.map((meter, at) => {
    const [was, is] = [before[at], meter.processor()];
    if (was === undefined || is === undefined) return undefined;
    return ((is - was) * 1_000_000) / people.length;
  });
  return {
    perSecond: people.length / seconds,
    p50: quantile(times, 0.5),
    processor,
    gateways: ofGateways,
  };
};

/** A kind of request: how our Worker and better-auth are asked, and what has to hold. */
interface Kind {
  readonly name: string;
  readonly send: Request;
  readonly other?: Request;
  readonly perSecond?: Goal;
  readonly processor?: Goal;
}

/** In the order in which a round sends them. */
const KINDS: readonly Kind[] = [
  {
    name: 'request-code',
    send: ours.requestCode,
    other: betterAuth.requestCode,
    perSecond: GOALS.requestCode,
  },
  {
    name: 'verify-code, known user',
    send: ours.verifyCode,
    other: betterAuth.verifyCode,
    perSecond: GOALS.verifyCode,
    processor: GOALS.verifyProcessor,
  },
  { name: 'GET profile', send: ours.readProfile, other: betterAuth.readProfile },
  { name: 'PATCH profile', send: ours.changeProfile },
  { name: 'QR request', send: ours.requestQr, perSecond: GOALS.requestQr },
  { name: 'QR check', send: ours.checkQr, perSecond: GOALS.checkQr },
];

/** What the platform takes by itself for the same: nothing of ours can be below it. */
const BARE_KINDS = [
  { name: 'a Worker without our code asks Redis once', send: bare.redis },
  { name: 'a Worker without our code asks Redis once and sends a message', send: bare.message },
  { name: 'a Worker without our code asks both stores once', send: bare.both },
] as const;

/** The servers of a run, and who signs in to each. */
export interface Sides {
  readonly rooms: Measured;
  readonly bare: Measured;
  readonly people: readonly Person[];
  /** Undefined where there is no PostgreSQL for it. */
  readonly betterAuth: Measured | undefined;
  readonly others: readonly Person[];
  /** The process that our stores are in, or the gateways to them. */
  readonly gateways: Pick<Measured, 'processor'>;
}

interface Rounds {
  readonly rooms: Round[];
  readonly betterAuth: Round[];
}

/** Has everybody send one kind of request, to one server and then to the other. */
const measureKind = async (sides: Sides, kind: Kind, run: number) => {
  const { betterAuth: server, others, gateways } = sides;
  const { send, other } = kind;
  const name = `${kind.name}, ${run === 0 ? 'warming up' : `round ${run}`}`;
  const mine = () =>
    step(`${name}: rooms`, () => measureRound(sides.rooms, { ...sides, send, gateways }));
  const theirs = async () => {
    if (!server || !other) return undefined;
    const round = await step(`${name}: better-auth`, () =>
      measureRound(server, { people: others, send: other, gateways }),
    );
    if (other === betterAuth.requestCode)
      await sendAll(server.url, { people: others, send: readSentCode, atOnce: AT_ONCE });
    return round;
  };
  if (run % 2 === 0) return { mine: await mine(), theirs: await theirs() };
  const before = await theirs();
  return { mine: await mine(), theirs: before };
};

/**
 * Has everybody send each kind of request, 32 at once, to our Worker and to better-auth in turn;
 * the first round makes everybody known and warms up, and does not count.
 */
export const measureRequests = async (sides: Sides, runs: number): Promise<Row[]> => {
  const rounds = new Map<Kind, Rounds>(KINDS.map((kind) => [kind, { rooms: [], betterAuth: [] }]));
  const bareRounds = BARE_KINDS.map((kind) => ({ ...kind, rounds: [] as Round[] }));
  for (let run = 0; run <= runs; run++) {
    // What a machine does while everything starts is nobody's figure.
    if (run === 1) refusedCount = 0;
    for (const [kind, measured] of rounds) {
      const { mine, theirs } = await measureKind(sides, kind, run);
      if (run === 0) continue;
      measured.rooms.push(mine);
      if (theirs) measured.betterAuth.push(theirs);
    }
    for (const { name, send, rounds: measured } of bareRounds) {
      const round = await step(`${name}, ${run === 0 ? 'warming up' : `round ${run}`}`, () =>
        measureRound(sides.bare, { ...sides, send }),
      );
      if (run > 0) measured.push(round);
    }
  }
  return [
    ...[...rounds].flatMap(([kind, measured]) => rowsOf(kind, measured)),
    ...bareRounds.map(({ name, rounds: measured }) => {
      const middle = (pick: Figure) => medianOfRead(measured.map(pick));
      return rowOf(`${name}, ${AT_ONCE} at once`, {
        here: `${perSecond(middle(speed) ?? Number.NaN)}, ${us(middle(processor))} of processor`,
        peers: { 'the gateways to the stores': us(middle((round) => round.gateways)) },
      });
    }),
    rowOf('answers 503, after which it was asked again', {
      here: String(refusedCount),
      value: refusedCount,
      goal: GOALS.refused,
    }),
  ];
};

type Figure = (round: Round) => number | undefined;
const speed: Figure = (round) => round.perSecond;
const processor: Figure = (round) => round.processor;

const rowsOf = (kind: Kind, { rooms, betterAuth: theirs }: Rounds): Row[] => {
  const middle = (of: readonly Round[], pick: Figure) => medianOfRead(of.map(pick));
  const ratioOf = (pick: Figure) => medianRatio(rooms.map(pick), theirs.map(pick));
  const beside = (pick: Figure) => {
    const ratio = ratioOf(pick);
    return ratio === undefined ? '' : `, ${times(ratio)} better-auth`;
  };
  const [mine, other] = [middle(rooms, speed) ?? Number.NaN, middle(theirs, speed)];
  const p50 = ms(middle(rooms, (round) => round.p50) ?? Number.NaN);
  const processorOf = (goal: Goal | undefined, value: number | undefined, compared: string) =>
    rowOf(`${kind.name}, processor of workerd${compared}`, {
      here: `${us(middle(rooms, processor))}${beside(processor)}`,
      value,
      ...(goal && { goal }),
      peers: {
        'better-auth': theirs.length > 0 ? us(middle(theirs, processor)) : undefined,
        'the gateways to the stores': us(middle(rooms, (round) => round.gateways)),
      },
    });
  return [
    rowOf(`${kind.name}, ${AT_ONCE} at once`, {
      here: `${perSecond(mine)}, p50 ${p50}${beside(speed)}`,
      value: mine,
      ...(kind.perSecond && { goal: kind.perSecond }),
      peers: { 'better-auth': other === undefined ? undefined : perSecond(other) },
    }),
    ...(kind.processor || theirs.length === 0
      ? [processorOf(kind.processor, middle(rooms, processor), '')]
      : []),
    ...(theirs.length > 0
      ? [processorOf(GOALS.processorBeside, ratioOf(processor), ' beside better-auth')]
      : []),
  ];
};
