import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** A process of Linux. */
export interface Process {
  readonly pid: number;
  readonly command: string;
}

/** Where something listens. */
export interface Listener {
  /** As people write it: `127.0.0.1`, `0.0.0.0`, `::1`, `::`; any other as in /proc. */
  readonly address: string;
  readonly port: number;
}

/**
 * The processes whose environment has a variable with this value, or a path below it, also those
 * whose parent is gone.
 */
export const processesWith = (name: string, value: string): Process[] =>
  readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((pid) => {
      try {
        const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
        const isMeant = (entry: string) =>
          entry === `${name}=${value}` || entry.startsWith(`${name}=${value}/`);
        if (!environment.some(isMeant)) return [];
        return [
          {
            pid: Number(pid),
            command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim(),
          },
        ];
      } catch {
        // It has ended meanwhile, or it is somebody else's.
        return [];
      }
    });

/** Ends the processes, at once. */
export const killAll = (processes: readonly Process[]): void => {
  for (const { pid } of processes) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
};

/** Everything that the processes listen on. */
export const listenersOf = (processes: readonly Process[]): Listener[] => {
  const sockets = new Set(processes.flatMap(({ pid }) => socketsOf(pid)));
  return ['tcp', 'tcp6']
    .flatMap((table) => readFileSync(`/proc/net/${table}`, 'utf8').trim().split('\n').slice(1))
    .map((line) => line.trim().split(/\s+/))
    .filter(
      ([, , , state, , , , , , inode]) => state === LISTEN && sockets.has(`socket:[${inode}]`),
    )
    .map(([, local = '']) => {
      const [address = '', port = ''] = local.split(':');
      return { address: NAMES[address] ?? address, port: Number.parseInt(port, 16) };
    });
};

/**
 * The state of a socket that listens, and the addresses, as /proc/net/tcp writes them on a
 * little-endian machine.
 */
const LISTEN = '0A';
const NAMES: Readonly<Record<string, string>> = {
  '0100007F': '127.0.0.1',
  '00000000': '0.0.0.0',
  '00000000000000000000000001000000': '::1',
  '00000000000000000000000000000000': '::',
};

const socketsOf = (pid: number): string[] => {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((descriptor) => {
      try {
        return readlinkSync(`/proc/${pid}/fd/${descriptor}`);
      } catch {
        return [];
      }
    });
  } catch {
    return [];
  }
};
