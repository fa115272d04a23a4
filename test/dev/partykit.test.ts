import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { startPartykit } from '../../dev/partykit.ts';
import { freePort, isFree } from '../../dev/ports.ts';
import type { RunningServer } from '../../dev/process.ts';
import { listenersOf, processesWith } from './support/processes.ts';

const scratch = mkdtempSync(join(tmpdir(), 'aist-partykit-test-'));
beforeAll(() => {
  // Whatever is started here has it in its environment, and puts its files there.
  vi.stubEnv('TMPDIR', scratch);
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(scratch, { recursive: true, force: true });
});

/** A folder of rooms. */
const partyOf = (room: string): string => {
  const party = mkdtempSync(join(scratch, 'party-'));
  const config = {
    name: 'test',
    main: 'main.ts',
    parties: { room: 'room.ts' },
    compatibilityDate: '2024-07-18',
  };
  writeFileSync(join(party, 'partykit.json'), JSON.stringify(config));
  writeFileSync(join(party, 'main.ts'), 'export default class {}');
  writeFileSync(join(party, 'greeting.ts'), "export const greeting: string = 'hello';");
  writeFileSync(join(party, 'room.ts'), room);
  return party;
};

const ROOM = `import { greeting } from './greeting.ts';
export default class Room {
  readonly room: { env: object };
  constructor(room: { env: object }) { this.room = room; }
  onRequest() { return Response.json(this.room.env); }
  onConnect(connection: WebSocket) { connection.send(greeting); }
}`;

/** Ends it, and returns what it left behind: processes and files. */
const close = async (rooms: RunningServer): Promise<string[]> => {
  await rooms.close();
  return [
    ...processesWith('TMPDIR', scratch).map(({ command }) => command),
    ...readdirSync(scratch).filter((name) => name.startsWith('aist-partykit-')),
  ];
};

const start = async (room: string, vars: Record<string, string> = {}): Promise<RunningServer> =>
  startPartykit({ port: await freePort(), vars, onLine: () => undefined, party: partyOf(room) });

const greetingOf = (rooms: RunningServer): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(`${rooms.url.replace('http', 'ws')}/parties/room/one`);
    socket.addEventListener('message', ({ data }) => resolve(data));
    socket.addEventListener('error', reject);
  });

// Each test goes on where the one before it ended: a start costs seconds.
describe('rooms under partykit', () => {
  const vars = { SECRET: 'with "quotes", a\nline and a=b', ROOMS_URL: 'http://127.0.0.1:1' };
  let rooms: RunningServer;

  test('rooms under partykit take connections, and find their settings, and not what .env files hold', async () => {
    const files = ['.env', '.env.local'].map((name) => join(scratch, name));
    for (const file of files) writeFileSync(file, 'FOREIGN=1');
    rooms = await start(ROOM, vars);
    await rooms.ready;
    for (const file of files) rmSync(file);
    expect(await greetingOf(rooms)).toBe('hello');
    expect(await (await fetch(`${rooms.url}/parties/room/one`)).json()).toEqual(vars);
  });
  afterAll(() => rooms?.kill());

  if (process.platform === 'linux') {
    test('rooms under partykit listen on 127.0.0.1 alone: the rooms, both inspectors, the way back into Node', () => {
      const listeners = listenersOf(processesWith('TMPDIR', scratch));
      expect(listeners.map(({ port }) => port)).toContain(Number(new URL(rooms.url).port));
      expect(listeners.map(({ address }) => address)).toEqual(
        Array.from({ length: 4 }, () => '127.0.0.1'),
      );
    });

    test('rooms under partykit show their settings to nobody who lists processes', () => {
      const commands = processesWith('TMPDIR', scratch).map(({ command }) => command);
      expect(
        commands.filter((command) => command.includes('partykit')).length,
      ).toBeGreaterThanOrEqual(2);
      expect(commands.filter((command) => command.includes('quotes'))).toEqual([]);
    });
  }

  test('rooms under partykit run beside others, and leave no process, port or file behind', async () => {
    const other = await start(ROOM);
    await other.ready;
    expect(await (await fetch(`${other.url}/parties/room/one`)).json()).toEqual({});
    await other.close();
    expect(await greetingOf(rooms)).toBe('hello');
    await expect.poll(() => close(rooms)).toEqual([]);
    expect(await isFree(Number(new URL(rooms.url).port))).toBe(true);
  });

  test.each([
    ['cannot be built', 'export default class {', 'Expected identifier'],
    [
      'fail as they are loaded',
      "throw new Error('too early'); export default class {}",
      'too early',
    ],
  ])('rooms under partykit which %s say why, and end', async (_, room, reason) => {
    const broken = await start(room);
    await expect(broken.ready).rejects.toThrow(reason);
    await expect.poll(() => close(broken)).toEqual([]);
  });
});
