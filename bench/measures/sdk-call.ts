import { startChromium } from '../../test/e2e/browsers.ts';
import { step } from '../progress.ts';
import { median, quantile } from '../statistics.ts';
import { Pages } from '../systems/pages.ts';
import type { User } from '../users.ts';

/** How far clients are from their servers, each way, in milliseconds. */
const DELAY_MS = 50;

const ROUNDS = Number(process.env.BENCH_SDK_ROUNDS || 20);
const RETURNS = 3;

/** How long is waited for media to come back, in milliseconds. */
const PATIENCE_MS = 30_000;

/** Where both are. */
export interface SdkCallServers {
  readonly worker: string;
  readonly peer: string;
}

interface Measured {
  readonly pages: Pages;
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
  const open = async (name: string, script: 'sdk' | 'peer', url: string): Promise<Measured> => {
    const given = { name, script, chromium, url, delayMs: DELAY_MS, users: [anna, boris] } as const;
    return { pages: await Pages.open(given), starts: [], returns: [] };
  };
  const sdk = await open('aist-client', 'sdk', servers.worker);
  const peer = await open('PeerJS', 'peer', servers.peer);
  try {
    for (let round = 0; round <= ROUNDS; round++) {
      for (const one of round % 2 ? [sdk, peer] : [peer, sdk]) {
        const what = `${one.pages.name}, call ${round} of ${ROUNDS}`;
        const ms = await step(what, () => one.pages.measureStart());
        console.error(`        ${inTrips(ms)}`);
        // The first round warms both up.
        if (round > 0) one.starts.push(ms);
      }
    }
    for (let round = 1; round <= RETURNS; round++)
      for (const one of [sdk, peer]) {
        const what = `${one.pages.name}, another network ${round} of ${RETURNS}`;
        const ms = await step(what, () => one.pages.measureReturn(PATIENCE_MS));
        console.error(`        ${ms === undefined ? 'never' : `${(ms / 1_000).toFixed(1)} s`}`);
        one.returns.push(ms);
      }
  } finally {
    await chromium.close();
    await Promise.all([sdk, peer].map(({ pages }) => pages.close()));
  }
  const line = (what: string, show: (one: Measured) => string) =>
    console.log(`| ${what.padEnd(44)} | ${show(sdk).padEnd(20)} | ${show(peer).padEnd(20)} |`);
  console.log('');
  line(`${ROUNDS} calls, the server ${DELAY_MS} ms away`, ({ pages }) => pages.name);
  line('-'.repeat(44), () => '-'.repeat(20));
  line('accept → a picture on both sides, p50', ({ starts }) => inTrips(median(starts)));
  line('the same, p90', ({ starts }) => inTrips(quantile(starts, 0.9)));
  line('another network → pictures on both sides', ({ returns }) => shownReturn(returns));
  console.log('');
  return median(sdk.starts) <= median(peer.starts) && sdk.returns.every((ms) => ms !== undefined);
};
