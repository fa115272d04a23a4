import type { Page } from 'playwright-core';

/** Prints a figure, which a passing test would keep to itself. */
export const say = (figure: string): void => {
  process.stdout.write(`${figure}\n`);
};

/** What a page has used so far, and what it holds. */
export interface Used {
  /** What its main thread has computed, in milliseconds: no matter what else the machine does. */
  readonly workMs: number;
  /** Connections to other people. */
  readonly connections: number;
}

/** Watches what a page uses, from before it is loaded or in the midst of it. */
export const watchUse = async (page: Page): Promise<() => Promise<Used>> => {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  return async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    const of = (wanted: string) => metrics.find(({ name }) => name === wanted)?.value ?? Number.NaN;
    return { workMs: of('TaskDuration') * 1_000, connections: of('RTCPeerConnections') };
  };
};
