import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** Another process that takes locks. */
export class LockHolder {
  readonly #child: ChildProcess = fork(join(import.meta.dirname, 'lock-holder.ts'), {
    execArgv: [],
  });

  /** What others are told when this process has a lock. */
  get note(): string {
    return `process ${this.#child.pid}`;
  }

  /**
   * Takes a folder's lock. Returns null when it has it now, the holder's note when somebody else
   * has.
   */
  async take(dataDir: string): Promise<string | null> {
    return this.#ask(dataDir);
  }

  /** Gives the lock back. */
  async release(): Promise<void> {
    await this.#ask(null);
  }

  /** Sends it a signal, and waits for its end when that is what the signal does. */
  async signal(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = signal === 'SIGKILL' ? once(this.#child, 'exit') : undefined;
    this.#child.kill(signal);
    await ended;
  }

  async #ask(message: string | null): Promise<string | null> {
    const answer = once(this.#child, 'message');
    this.#child.send({ dataDir: message });
    const [{ holder }] = await answer;
    return holder;
  }
}
