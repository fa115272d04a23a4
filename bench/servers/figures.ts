import { readFileSync } from 'node:fs';
import type { RunningServer } from '../../dev/process.ts';

/** A server whose process can be looked at. */
export interface MeasuredServer extends RunningServer {
  /** Reads its memory in MB; undefined where that cannot be read (proc(5), VmRSS). */
  memory(): number | undefined;
  /** Reads its processor time in seconds; undefined where that cannot be read (proc(5), stat). */
  processor(): number | undefined;
}

/** How many ticks the kernel counts in a second on any machine (proc(5), USER_HZ). */
const TICKS = 100;

/** Adds what can be read of a server whose first line was its process id. */
export const withFigures = (
  server: RunningServer & { readonly firstLine: string },
): MeasuredServer => {
  const pid = Number(server.firstLine);
  if (!(pid > 1)) throw new Error(`${server.name} does not say its process`);
  const memory = () => {
    if (process.platform !== 'linux') return undefined;
    const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kilobytes) / 1024;
  };
  const processor = () => {
    if (process.platform !== 'linux') return undefined;
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(/\) |\s/);
    const [user, system] = fields.slice(13);
    return (Number(user) + Number(system)) / TICKS;
  };
  return { ...server, memory, processor };
};
