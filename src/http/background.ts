import type { Context } from 'hono';
import type { AppEnv } from './context.ts';

/**
 * Does work behind the answer: nothing of it can be told from the answer or its time. What it throws is logged.
 *
 * @param event names the failure in the log
 */
export const background = (c: Context<AppEnv>, event: string, work: () => Promise<void>): void => {
  const log = c.get('log');
  const run = async () => {
    // The answer goes first.
    await new Promise((resolve) => setTimeout(resolve));
    try {
      await work();
    } catch (error) {
      log.error(event, { reason: error instanceof Error ? error.message : typeof error });
    }
  };
  c.executionCtx.waitUntil(run());
};
