import { mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { accepts } from './ports.ts';
import type { RunningServer } from './process.ts';
import { startServer } from './process.ts';

const ROOT = join(import.meta.dirname, '..');
const PARTYKIT = join(ROOT, 'node_modules', 'partykit', 'dist', 'bin.mjs');
const LOOPBACK = join(ROOT, 'dev', 'partykit-loopback.mjs');

/** Keeps partykit from asking for its newer versions, and from moving the cursor between the lines that it writes. */
const QUIET = { NO_UPDATE_NOTIFIER: '1', CI: 'true' };

/** Where the rooms listen, and with what. */
export interface PartykitOptions {
  readonly port: number;
  /** What a room finds in `room.env`. */
  readonly vars: Readonly<Record<string, string>>;
  /** Gets the lines that the rooms or partykit write, but for those that are of no use to anybody. */
  readonly onLine: (line: string) => void;
  /** The folder with partykit.json. */
  readonly party?: string;
}

/** Starts the rooms under `partykit dev`, on loopback; `ready` rejects if they can be reached from elsewhere. What they store ends with them. */
export const startPartykit = ({
  port,
  vars,
  onLine,
  party = join(ROOT, 'party'),
}: PartykitOptions): RunningServer => {
  // Nothing is built that is not below the folder where partykit runs, which is one of its own: a link leads to the rooms. Empty environment files keep
  // it from reading those further up. The settings go there too, since arguments can be seen by everybody.
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
    for (const host of otherHosts()) {
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
 * What partykit writes of itself and of each request; its bundler, of a year that it does not know in tsconfig.json; and its runtime, of clients that hang up
 * when they were closed.
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

/** How partykit begins to say why it cannot start; then it waits for somebody to change a file. */
const FAILED = /^✘ \[ERROR\]|Error reloading local server/;

/** How long it may take to say it, in milliseconds. */
const REASON_MS = 200;

interface Config {
  readonly main: string;
  readonly parties: Readonly<Record<string, string>>;
}

/** partykit.json as it reads one folder further up. */
const readConfig = (file: string): Config => {
  const config: Config = JSON.parse(readFileSync(file, 'utf8'));
  const parties = Object.entries(config.parties).map(([name, path]) => [name, join('party', path)]);
  return { ...config, main: join('party', config.main), parties: Object.fromEntries(parties) };
};

/** The addresses of this machine that are not its loopback. */
const otherHosts = (): string[] =>
  Object.values(networkInterfaces())
    .flatMap((addresses = []) => addresses)
    .filter(({ internal, scopeid }) => !internal && !scopeid)
    .map(({ address }) => address);
