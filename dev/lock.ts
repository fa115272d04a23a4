import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** A lock that this process holds. */
export interface Lock {
  /** Releases the lock. */
  close(): void;
}

/**
 * Takes the lock of a data folder. It is SQLite's lock on a file there, which the system releases
 * the moment its holder ends, however it ends. The file stays, and no other process can be mistaken
 * for the holder.
 *
 * @param dataDir is created if it does not exist
 * @param note tells others about this holder
 * @returns the lock, or the holder's note when somebody has it
 */
export const takeLock = async (dataDir: string, note: string): Promise<Lock | string> => {
  mkdirSync(dataDir, { recursive: true });
  const noteFile = join(dataDir, 'lock.txt');
  const database = new DatabaseSync(join(dataDir, 'lock.db'));
  try {
    // The lock holds as long as the transaction is open. Nothing is ever written.
    database.exec('begin immediate');
  } catch (error) {
    database.close();
    if (!(error instanceof Error && error.message.includes('locked'))) throw error;
    // A holder that has just taken the lock is about to write its note.
    await new Promise((resolve) => setTimeout(resolve, 100));
    return existsSync(noteFile) ? readFileSync(noteFile, 'utf8') : 'another process';
  }
  writeFileSync(noteFile, note);
  return { close: () => database.close() };
};
