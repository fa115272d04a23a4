import { mkdirSync, rmSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';
import { join, relative } from 'node:path';

/** A lock that this process holds. */
export interface Lock {
  /** Gives it back. */
  close(): void;
}

/**
 * Takes the lock of a data folder. It is a socket that only its holder answers on, so it is free again the moment the holder is gone, however it
 * ended, and no other process can be mistaken for it.
 *
 * @param dataDir is made if it is not there
 * @param note what to tell others about the holder
 * @returns the lock, or the holder's note when somebody has it
 */
export const takeLock = async (dataDir: string, note: () => string): Promise<Lock | string> => {
  mkdirSync(dataDir, { recursive: true });
  // Relative, because the path of a socket may only be about 100 bytes long.
  const file = join(dataDir, 'lock.sock');
  const path = process.platform === 'win32' ? `\\\\.\\pipe\\${file}` : relative(process.cwd(), file);
  for (;;) {
    const server = createServer((socket) => socket.on('error', () => undefined).end(note()));
    const taken = await new Promise<boolean>((resolve, reject) => {
      server.once('listening', () => resolve(true));
      server.once('error', (error: NodeJS.ErrnoException) =>
        error.code === 'EADDRINUSE' ? resolve(false) : reject(error),
      );
      server.listen(path);
    });
    if (taken) {
      server.unref();
      return {
        close: () => {
          server.close();
        },
      };
    }
    const holder = await noteOf(path);
    if (holder !== undefined) return holder;
    // Left behind by a process that was killed.
    rmSync(path, { force: true });
  }
};

/** The holder's note, or undefined when nobody answers. */
const noteOf = (path: string): Promise<string | undefined> =>
  new Promise((resolve) => {
    let note = '';
    const socket = createConnection(path);
    socket.on('data', (chunk) => {
      note += chunk.toString();
    });
    socket.once('end', () => resolve(note));
    socket.once('error', () => resolve(undefined));
  });
