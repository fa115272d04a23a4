import type { Lock } from '../../../dev/lock.ts';
import { takeLock } from '../../../dev/lock.ts';

/**
 * A process that takes and releases locks when its parent sends a message. `{ dataDir }` asks for
 * the folder's lock; the answer is `{ holder: null }` when this process has it, or `{ holder }`
 * with the note of who has it. A `dataDir` of null releases the last lock; the answer is `{ holder:
 * null }`.
 */
let held: Lock | undefined;

process.on('message', async ({ dataDir }: { dataDir: string | null }) => {
  if (dataDir === null) {
    held?.close();
    held = undefined;
    process.send?.({ holder: null });
    return;
  }
  try {
    const outcome = await takeLock(dataDir, `process ${process.pid}`);
    if (typeof outcome !== 'string') held = outcome;
    process.send?.({ holder: typeof outcome === 'string' ? outcome : null });
  } catch (error) {
    process.send?.({ holder: `failed: ${String(error)}` });
  }
});
