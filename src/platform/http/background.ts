import type { Context } from 'hono';
import { reasonOf } from '../log.ts';
import type { AppEnv } from './context.ts';

/**
 * What does work behind the answer of a request: nothing of it can be told from the answer or its time. What it throws is logged.
 *
 * @returns a function that takes the name of the failure in the log, and the work
 */
export const background =
  (c: Context<AppEnv>) =>
  (event: string, work: () => Promise<unknown>): void => {
    const run = async () => {
      // The answer goes first.
      await new Promise((resolve) => setTimeout(resolve));
      try {
        await work();
      } catch (error) {
        c.get('log').error(event, { reason: reasonOf(error) });
      }
    };
    c.executionCtx.waitUntil(run());
  };
