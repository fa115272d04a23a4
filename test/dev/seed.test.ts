import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CALLS, GATHERINGS, PEOPLE, TALKS } from '../../dev/seed/story.ts';
import { runScript } from './support/script.ts';
import { StackUnderTest } from './support/stack.ts';

const SEED = ['dev/setup.mjs', '--disable-warning=ExperimentalWarning', 'dev/seed/main.ts'];

let dataDir: string;
let stack: StackUnderTest;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'aist-seed-'));
  // A second run signs in again at once.
  stack = await StackUnderTest.start(dataDir, { PHONE_SEND_GAPS_SECONDS: '0' });
}, 120_000);

afterAll(() => {
  stack?.destroy();
  for (const folder of [dataDir, stack?.scratch]) {
    if (folder) rmSync(folder, { recursive: true, force: true });
  }
});

const seed = async (env: Record<string, string>) => {
  const script = runScript(SEED, { env });
  return { code: await script.ended, output: script.output() };
};

/** Reads as one of the ten. */
const read = async (index: number, path: string) => {
  const token = await stack.signIn(PEOPLE[index]?.phone ?? '');
  const answer = await stack.send('GET', path, undefined, { Authorization: `Bearer ${token}` });
  return JSON.parse(answer.text);
};

describe('npm run seed', () => {
  test('A fresh stack has no people and no chats', async () => {
    const ready = await stack.send('GET', '/health/ready');
    expect(ready.status).toBe(200);
    expect(await read(0, '/api/chats')).toEqual([]);
  });

  test('It makes ten people, their chats and calls, and a second run adds no chat and no message', async () => {
    const { port } = new URL(stack.apiUrl);
    const first = await seed({ PORT: port });
    expect(first.output).toContain('Ten people');
    expect(first.code).toBe(0);
    const chats = await read(0, '/api/chats');
    expect(chats.map(({ name }: { name: string }) => name).toSorted()).toEqual([
      'Борис Волков',
      'Вера Соколова',
      'Глеб Орлов',
      'Новости заповедника',
      'Поход на озеро',
    ]);
    const talk = TALKS[0]?.lines.map(([, text]) => text);
    const { id } = chats.find(({ name }: { name: string }) => name === 'Борис Волков');
    const texts = async () =>
      (await read(0, `/api/chats/${id}/messages`)).map(({ text }: { text: string }) => text);
    expect(await texts()).toEqual(talk);

    expect((await seed({ PORT: port })).code).toBe(0);
    expect((await read(0, '/api/chats')).length).toBe(chats.length);
    expect(await texts()).toEqual(talk);
    const { calls } = await read(0, '/api/calls');
    const own = CALLS.filter(({ from, to }) => from === 0 || to === 0);
    expect(calls.length).toBe(2 * own.length);
    expect(GATHERINGS.length).toBe(2);
  }, 180_000);

  test('It says what to do when nothing answers', async () => {
    const { code, output } = await seed({ PORT: '1' });
    expect(code).toBe(1);
    expect(output).toContain('Run npm start first');
  });

  test('It refuses an address that is not on this machine', async () => {
    const { code, output } = await seed({ API_URL: 'https://api.example' });
    expect(code).toBe(1);
    expect(output).toContain('not on this machine');
  });
});
