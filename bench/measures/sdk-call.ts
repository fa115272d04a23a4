import { startChromium } from '../../test/e2e/browsers.ts';
import { step } from '../progress.ts';
import { median, quantile } from '../statistics.ts';
import { Pages } from '../systems/pages.ts';
import type { User } from '../users.ts';

/** How far clients are from their servers, each way, in milliseconds. */
const DELAY_MS = 50;

const ROUNDS = Number(process.env.BENCH_SDK_ROUNDS || 20);
const RETURNS = Number(process.env.BENCH_SDK_RETURNS || 3);

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
 * after accepting, and after a change of network. Returns whether the goals hold.
 */
export const measureSdkCalls = async (
  servers: SdkCallServers,
  users: readonly User[],
): Promise<boolean> => {
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
    const calls = { rounds: ROUNDS + 1, leadsMedia: false };
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
  const line = (what: string, show: (one: Measured) => string) =>
    console.log(`| ${what.padEnd(44)} | ${show(sdk).padEnd(20)} | ${show(peer).padEnd(20)} |`);
  console.log('');
  line(`${ROUNDS} calls, the server ${DELAY_MS} ms away`, ({ name }) => name);
  line('-'.repeat(44), () => '-'.repeat(20));
  line('accept → a picture on both sides, p50', ({ starts }) => inTrips(median(starts)));
  line('the same, p90', ({ starts }) => inTrips(quantile(starts, 0.9)));
  line('another network → pictures on both sides', ({ returns }) => shownReturn(returns));
  console.log('');
  return median(sdk.starts) <= median(peer.starts) && sdk.returns.every((ms) => ms !== undefined);
};
