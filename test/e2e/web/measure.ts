import type { Page } from 'playwright-core';

/** Prints a figure, which a passing test would keep to itself. */
export const say = (figure: string): void => {
  process.stdout.write(`${figure}\n`);
};

/** What a page has used so far, and what it holds. */
export interface Used {
  /** What its main thread has computed, in milliseconds: no matter what else the machine does. */
  readonly workMs: number;
  readonly heapBytes: number;
  readonly nodes: number;
  readonly listeners: number;
  /** Connections to other people. */
  readonly connections: number;
  /** Parts of what measures or plays sound. */
  readonly audioParts: number;
}

/** Watches what a page uses, from before it is loaded or in the midst of it. */
export const watchUse = async (page: Page): Promise<() => Promise<Used>> => {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  return async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    const of = (wanted: string) => metrics.find(({ name }) => name === wanted)?.value ?? Number.NaN;
    return {
      workMs: of('TaskDuration') * 1_000,
      heapBytes: of('JSHeapUsedSize'),
      nodes: of('Nodes'),
      listeners: of('JSEventListeners'),
      connections: of('RTCPeerConnections'),
      audioParts: of('AudioHandlers'),
    };
  };
};

/** Lets a page forget what nobody holds any more. */
export const collectGarbage = async (page: Page): Promise<void> => {
  const session = await page.context().newCDPSession(page);
  // What one round sets free holds what the next one does.
  for (let round = 0; round < 3; round++) await session.send('HeapProfiler.collectGarbage');
  await session.detach();
};

/** What Chromium notes of a task: its name, its thread, and what it computed, in microseconds. */
interface Noted {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

/** The longest that the main thread of a page computed at once meanwhile, in milliseconds. */
export const longestTask = async (page: Page, work: () => Promise<void>): Promise<number> => {
  const browser = page.context().browser();
  if (!browser) throw new Error('The browser is closed');
  const categories = ['toplevel', '__metadata'];
  await browser.startTracing(page, { categories });
  await work();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString());
  const noted = traceEvents as readonly Noted[];
  const pages = new Set(
    noted
      .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid} ${tid}`),
  );
  const tasks = noted.filter(
    ({ name, pid, tid, tdur }) =>
      /RunTask$/.test(name) && tdur !== undefined && pages.has(`${pid} ${tid}`),
  );
  if (tasks.length === 0) throw new Error('Chromium has noted no task');
  return Math.max(...tasks.map(({ tdur = 0 }) => tdur)) / 1_000;
};
