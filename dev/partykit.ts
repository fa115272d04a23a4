import { mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { accepts } from './ports.ts';
import type { RunningServer } from './process.ts';
import { startServer } from './process.ts';

const ROOT = join(import.meta.dirname, '..');
const PARTYKIT = join(ROOT, 'node_modules', 'partykit', 'dist', 'bin.mjs');
const LOOPBACK = join(ROOT, 'dev', 'partykit-loopback.mjs');

/** Keeps partykit from looking for newer versions, and from moving the cursor as it writes. */
const QUIET = { NO_UPDATE_NOTIFIER: '1', CI: 'true' };

/** How to start the rooms. */
export interface PartykitOptions {
  readonly port: number;
  /** The content of `room.env`. */
  readonly vars: Readonly<Record<string, string>>;
  /** Gets the lines that the rooms or partykit write, except useless ones. */
  readonly onLine: (line: string) => void;
  /** The folder with partykit.json. */
  readonly party?: string;
}

/**
 * Starts the rooms under `partykit dev` on loopback; `ready` rejects if they can be reached from
 * elsewhere. Their storage ends with them.
 */
export const startPartykit = ({
  port,
  vars,
  onLine,
  party = join(ROOT, 'party'),
}: PartykitOptions): RunningServer => {
  // partykit builds only what is below the folder where it runs, so it gets a folder of its own
  // with a link to the rooms. Empty environment files keep it from reading those further up. The
  // settings are in a file too, since every user of the machine can see arguments.
  const scratch = mkdtempSync(join(tmpdir(), 'aist-partykit-'));
  for (const name of ['.env', '.env.local']) writeFileSync(join(scratch, name), '');
  symlinkSync(party, join(scratch, 'party'), 'junction');
  const config = { ...readConfig(join(party, 'partykit.json')), vars };
  writeFileSync(join(scratch, 'partykit.json'), JSON.stringify(config), { mode: 0o600 });
  let starting = true;
  const server = startServer({
    name: 'the rooms under PartyKit',
    args: [
      ...['--import', LOOPBACK, PARTYKIT, 'dev', '--port', String(port)],
      ...['--disable-request-cf-fetch', '--no-hotkeys'],
    ],
    cwd: scratch,
    env: QUIET,
    scratch,
    port,
    path: '/',
    onLine: (line) => {
      if (!NOISE.test(line)) onLine(line);
      if (starting && FAILED.test(line)) setTimeout(server.kill, REASON_MS);
    },
  });
  const ready = server.ready.then(async () => {
    starting = false;
    for (const host of listOtherHosts()) {
      if (!(await accepts(host, port))) continue;
      server.kill();
      throw new Error(
        `The rooms could be reached at ${host}, not on loopback alone. They were ended.`,
      );
    }
  });
  ready.catch(() => undefined);
  return { ...server, ready };
};

/**
 * Lines of no use: those of partykit about itself and each request, of its bundler about a year in
 * tsconfig.json that it does not know, and of its runtime about clients that hang up when they are
 * closed.
 */
const NOISE = new RegExp(
  [
    /^\s*$|PartyKit v|^-+$|^Loading environment|^Build succeeded|\[pk:inf\]/,
    /Unrecognized target environment|tsconfig\.json:\d|"target": |^\s*╵\s+~+$/,
    /worker_do_not_log|^\s+stack: |^Uncaught \(in response\) Error: Network connection lost/,
  ]
    .map(({ source }) => source)
    .join('|'),
);

/** How partykit begins to say why it cannot start; it then waits for a change of a file. */
const FAILED = /^✘ \[ERROR\]|Error reloading local server/;

/** How long partykit may take to say why, in milliseconds. */
const REASON_MS = 200;

interface Config {
  readonly main: string;
  readonly parties: Readonly<Record<string, string>>;
}

/** Reads partykit.json, with its paths as they are from one folder further up. */
const readConfig = (file: string): Config => {
  const config: Config = JSON.parse(readFileSync(file, 'utf8'));
  const parties = Object.entries(config.parties).map(([name, path]) => [name, join('party', path)]);
  return { ...config, main: join('party', config.main), parties: Object.fromEntries(parties) };
};

/** Lists the addresses of this machine beside loopback. */
const listOtherHosts = (): string[] =>
  Object.values(networkInterfaces())
    .flatMap((addresses = []) => addresses)
    .filter(({ internal, scopeid }) => !internal && !scopeid)
    .map(({ address }) => address);
