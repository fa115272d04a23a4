import { startChromium } from '../../test/e2e/browsers.ts';
import { GOALS } from '../goals.ts';
import { step } from '../progress.ts';
import type { Row } from '../rows.ts';
import { rowOf } from '../rows.ts';
import { SDK_ROUNDS } from '../settings.ts';
import { median, quantile } from '../statistics.ts';
import { Pages } from '../systems/pages.ts';
import type { User } from '../users.ts';

/** How far clients are from their servers, each way, in milliseconds. */
const DELAY_MS = 50;

const RETURNS = Number(process.env.BENCH_SDK_RETURNS || 1);

/** How long is waited for media to come back, in milliseconds. */
const PATIENCE_MS = 30_000;

/** Where both are. */
export interface SdkCallServers {
  readonly worker: string;
  readonly peer: string;
}

interface Measured {
  readonly name: string;
  readonly starts: number[];
  readonly returns: (number | undefined)[];
}

const inTrips = (ms: number) => `${ms.toFixed(0)} ms (${(ms / (2 * DELAY_MS)).toFixed(1)} RTT)`;

const shownReturn = (times: readonly (number | undefined)[]): string => {
  const back = times.filter((ms) => ms !== undefined);
  if (back.length < times.length) return `${back.length} of ${times.length} came back`;
  return `${(median(back) / 1_000).toFixed(1)} s`;
};

/**
 * Measures real calls between two browsers, in turns with PeerJS: how soon both see each other
 * after accepting, and after a change of network.
 */
export const measureSdkCalls = async (
  servers: SdkCallServers,
  users: readonly User[],
): Promise<Row[]> => {
  const [anna, boris] = users;
  if (!anna || !boris) throw new Error('There are too few users');
  const chromium = await startChromium();
  const measured = (name: string): Measured => ({ name, starts: [], returns: [] });
  const [sdk, peer] = [measured('aist-client'), measured('PeerJS')];
  const both = [
    { one: sdk, script: 'sdk', url: servers.worker },
    { one: peer, script: 'peer', url: servers.peer },
  ] as const;

  /** Has both open, one after the other in each round. */
  const inTurns = async (
    { rounds, leadsMedia }: { readonly rounds: number; readonly leadsMedia: boolean },
    work: (pages: Pages, one: Measured, round: number) => Promise<string>,
  ): Promise<void> => {
    const open = await Promise.all(
      both.map(async ({ one, script, url }) => {
        const given = { name: one.name, script, chromium, url, leadsMedia } as const;
        return {
          one,
          pages: await Pages.open({ ...given, delayMs: DELAY_MS, users: [anna, boris] }),
        };
      }),
    );
    for (let round = 0; round < rounds; round++)
      for (const { one, pages } of round % 2 ? open.toReversed() : open) {
        const what = `${one.name}, ${leadsMedia ? 'another network' : 'call'} ${round}`;
        console.error(`        ${await step(what, () => work(pages, one, round))}`);
      }
    for (const { pages } of open) await pages.close();
  };

  try {
    // The first round warms both up.
    const calls = { rounds: SDK_ROUNDS + 1, leadsMedia: false };
    await inTurns(calls, async (pages, { starts }, round) => {
      const ms = await pages.measureStart();
      if (round > 0) starts.push(ms);
      return inTrips(ms);
    });
    await inTurns({ rounds: RETURNS, leadsMedia: true }, async (pages, { returns }) => {
      const ms = await pages.measureReturn(PATIENCE_MS);
      returns.push(ms);
      return ms === undefined ? 'never' : `${(ms / 1_000).toFixed(1)} s`;
    });
  } finally {
    await chromium.close();
  }
  const startRow = (what: string, share: number): Row => {
    const of = ({ starts }: Measured) => quantile(starts, share);
    return rowOf(`a call of the SDK, the server ${DELAY_MS} ms away, ${what}`, {
      here: inTrips(of(sdk)),
      value: of(sdk) / of(peer),
      goal: GOALS.sdkBeside,
      peers: { PeerJS: inTrips(of(peer)) },
    });
  };
  return [
    startRow('accept → a picture on both sides, p50', 0.5),
    startRow('the same, p90', 0.9),
    rowOf('a call of the SDK, another network → pictures on both sides', {
      here: shownReturn(sdk.returns),
      value: sdk.returns.filter((ms) => ms === undefined).length,
      goal: GOALS.sdkReturns,
      peers: { PeerJS: shownReturn(peer.returns) },
    }),
  ];
};
