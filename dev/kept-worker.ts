import { setTimeout as delay } from 'node:timers/promises';
import type { RunningServer } from './process.ts';
import type { WorkerOptions } from './worker.ts';
import { startWorker } from './worker.ts';
import { saysReady } from './worker-lines.ts';

/** How often, and how long each time in milliseconds, a Worker is asked whether it answers. */
const TRIES = 4;
const ANSWER_MS = 2_500;
const PAUSE_MS = 250;

/** Shows a line to people. */
type Say = (line: string) => void;

/** Whether the Worker answers within a few tries. */
const answers = async (url: string): Promise<boolean> => {
  for (let left = TRIES; left > 0; left -= 1) {
    const signal = AbortSignal.timeout(ANSWER_MS);
    const answer = await fetch(`${url}/health`, { signal }).catch(() => undefined);
    if (answer) return true;
    await delay(PAUSE_MS);
  }
  return false;
};

/**
 * Starts the Worker, and starts it again when it does not answer though wrangler says that it runs.
 * That happens when somebody kills the process that listens on the port. Calls end then, as they do
 * with each deploy.
 *
 * @param say is told of each new start
 */
export const startKeptWorker = (options: WorkerOptions, say: Say): RunningServer => {
  let closing = false;
  let current: RunningServer;

  const begin = (): RunningServer => {
    let wasReady = false;
    let asking = false;
    const server = startWorker({
      ...options,
      onLine: (line) => {
        options.onLine(line);
        if (wasReady && !asking && saysReady(line)) {
          asking = true;
          void ask().finally(() => {
            asking = false;
          });
        }
      },
    });
    const ask = async (): Promise<void> => {
      if ((await answers(server.url)) || closing) return;
      say('The Worker does not answer though wrangler says that it runs. Starting it again …');
      replaced.add(server);
      await server.close();
      if (closing) return;
      current = begin();
      await current.ready.then(
        () => say('The Worker answers again.'),
        (error: Error) => say(error.message),
      );
    };
    server.ready.then(
      () => {
        wasReady = true;
      },
      () => server.kill(),
    );
    void server.ended.then(() => {
      if (!replaced.has(server) || closing) ended.resolve();
    });
    return server;
  };

  const replaced = new Set<RunningServer>();
  const ended = Promise.withResolvers<void>();
  current = begin();
  const { name, url, ready } = current;
  return {
    name,
    url,
    ready,
    ended: ended.promise,
    close: () => {
      closing = true;
      return current.close();
    },
    kill: () => {
      closing = true;
      current.kill();
    },
  };
};
