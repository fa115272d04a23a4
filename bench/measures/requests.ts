import { step } from '../progress.ts';
import type { WorkerServer } from '../servers/worker.ts';
import { median, quantile } from '../statistics.ts';
import { Requests } from '../systems/requests.ts';
import type { User } from '../users.ts';

/** How many requests are under way at once. */
const AT_ONCE = 32;

/** How many people send each kind of request, once in a round. */
export const REQUESTERS = 1_000;

/** What one round of one kind of request gave. */
interface Round {
  readonly perSecond: number;
  readonly p50: number;
  /** The processor time of the Worker for a request in ms; undefined where it cannot be read. */
  readonly processor: number | undefined;
}

/** Somebody, and what the last requests of theirs were answered. */
interface Requester extends User {
  code: string;
  qr: string;
}

type Send = (requests: Requests, requester: Requester) => Promise<unknown>;

/** The kinds of request, in the order in which a round sends them. */
const KINDS: Readonly<Record<string, Send>> = {
  'request-code': async (requests, requester) => {
    const body = { phone: requester.phone };
    const { debugCode } = await requests.send('POST', '/api/auth/request-code', { body });
    requester.code = String(debugCode);
  },
  'verify-code, known user': (requests, { phone, code }) =>
    requests.send('POST', '/api/auth/verify-code', { body: { phone, code } }),
  'GET profile': (requests, { token }) => requests.send('GET', '/api/profile', { token }),
  'QR request': async (requests, requester) => {
    const { code } = await requests.send('POST', '/api/auth/qr/request', { body: {} });
    requester.qr = String(code);
  },
  'QR check': (requests, { qr }) => requests.send('GET', `/api/auth/qr/check?code=${qr}`),
};

const measureRound = async (
  worker: WorkerServer,
  requesters: readonly Requester[],
  send: Send,
): Promise<Round> => {
  const requests = new Requests(worker.url, AT_ONCE);
  const waiting = [...requesters];
  const times: number[] = [];
  const work = async () => {
    for (let requester = waiting.pop(); requester; requester = waiting.pop()) {
      const began = performance.now();
      await send(requests, requester);
      times.push(performance.now() - began);
    }
  };
  const before = worker.processor();
  const began = performance.now();
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const seconds = (performance.now() - began) / 1_000;
  const after = worker.processor();
  requests.close();
  const used = before === undefined || after === undefined ? undefined : after - before;
  return {
    perSecond: requesters.length / seconds,
    p50: quantile(times, 0.5),
    processor: used === undefined ? undefined : (used * 1_000) / requesters.length,
  };
};

/** A line of the table of requests. */
export type RequestRow = readonly [what: string, perSecond: string, p50: string, processor: string];

/**
 * Has 1,000 people send each kind of request, 32 at once; the first round makes everybody known and
 * warms up, and does not count.
 */
export const measureRequests = async (
  worker: WorkerServer,
  users: readonly User[],
  runs: number,
): Promise<RequestRow[]> => {
  const requesters = users.map((user) => ({ ...user, code: '', qr: '' }));
  const rounds = new Map<string, Round[]>(Object.keys(KINDS).map((kind) => [kind, []]));
  for (let run = 0; run <= runs; run++) {
    const name = run === 0 ? 'warming up' : `run ${run} of ${runs}`;
    for (const [kind, send] of Object.entries(KINDS)) {
      const round = await step(`${kind}, ${name}`, () => measureRound(worker, requesters, send));
      if (run > 0) rounds.get(kind)?.push(round);
    }
  }
  return [...rounds].map(([kind, measured]) => {
    const middle = (pick: (round: Round) => number | undefined) =>
      median(measured.map((round) => pick(round) ?? Number.NaN));
    return [
      kind,
      middle(({ perSecond }) => perSecond).toFixed(0),
      `${middle(({ p50 }) => p50).toFixed(1)} ms`,
      `${middle(({ processor }) => processor).toFixed(2)} ms`,
    ];
  });
};
