import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Lock } from '../../dev/lock.ts';
import { takeLock } from '../../dev/lock.ts';
import { LockHolder } from './support/lock-holders.ts';

const scratch = mkdtempSync(join(tmpdir(), 'aist-lock-'));
afterAll(() => rmSync(scratch, { recursive: true }));

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(scratch, 'data-'));
});

let locks: Lock[] = [];
let holders: LockHolder[] = [];
afterEach(async () => {
  for (const lock of locks) lock.close();
  locks = [];
  await Promise.all(holders.map((holder) => holder.signal('SIGKILL')));
  holders = [];
});

/** Takes a lock in this process: 'taken', or the note of who has it. */
const take = async (folder = dataDir, note = 'this process'): Promise<string> => {
  const outcome = await takeLock(folder, note);
  if (typeof outcome === 'string') return outcome;
  locks.push(outcome);
  return 'taken';
};

const newHolder = (): LockHolder => {
  const holder = new LockHolder();
  holders.push(holder);
  return holder;
};

/** Leaves a folder as a holder does that is killed. */
const leaveBehind = async (folder: string): Promise<void> => {
  const holder = newHolder();
  expect(await holder.take(folder)).toBe(null);
  await holder.signal('SIGKILL');
};

describe('the lock of a data folder', () => {
  test('the lock of a data folder has one holder, and everybody else gets its note', async () => {
    const holder = newHolder();
    expect(await holder.take(dataDir)).toBe(null);
    expect(await take()).toBe(holder.note);
    expect(await newHolder().take(dataDir)).toBe(holder.note);
  });

  test('the lock of a data folder is held against its own process, too', async () => {
    expect(await take(dataDir, 'ключ 🔑')).toBe('taken');
    expect(await take()).toBe('ключ 🔑');
  });

  test('the lock of a data folder is free once it is given back', async () => {
    const holder = newHolder();
    expect(await holder.take(dataDir)).toBe(null);
    await holder.release();
    expect(await take()).toBe('taken');
  });

  test('the lock of a data folder is free once its holder was killed', async () => {
    await leaveBehind(dataDir);
    expect(await take()).toBe('taken');
    expect(await newHolder().take(dataDir)).toBe('this process');
  });

  test('the lock of a data folder whose holder left no note has one all the same', async () => {
    const holder = new DatabaseSync(join(dataDir, 'lock.db'));
    holder.exec('begin immediate');
    expect(await take()).toBe('another process');
    holder.close();
    expect(await take()).toBe('taken');
  });

  test('the lock of a data folder is one for each folder, and the folder is made', async () => {
    const other = join(dataDir, 'deeper', 'still');
    expect(await take()).toBe('taken');
    expect(await take(other, 'the other')).toBe('taken');
    expect(await take(other)).toBe('the other');
  });

  test('the lock of a data folder is the same however the folder is named', async () => {
    expect(await take(dataDir)).toBe('taken');
    for (const name of [
      relative(process.cwd(), dataDir),
      `${dataDir}/`,
      join(dataDir, '..', dataDir.split('/').pop() ?? ''),
    ]) {
      expect(await take(name), name).toBe('this process');
    }
  });

  test('the lock of a data folder works in a folder whose path is longer than that of a socket may be', async () => {
    const deep = join(dataDir, 'd'.repeat(100), 'e'.repeat(100));
    mkdirSync(deep, { recursive: true });
    const beside = join(dataDir, 'd'.repeat(100), 'f'.repeat(100));
    expect(await take(deep)).toBe('taken');
    expect(await take(deep)).toBe('this process');
    expect(await take(beside, 'the one beside')).toBe('taken');
  });

  test('the lock of a data folder is known to be held while its holder stands still, within five seconds', async () => {
    const holder = newHolder();
    expect(await holder.take(dataDir)).toBe(null);
    await holder.signal('SIGSTOP');
    const waited = new Promise<string>((resolve) =>
      setTimeout(resolve, 5_000, 'still waiting').unref(),
    );
    const outcome = await Promise.race([take(), waited]);
    await holder.signal('SIGCONT');
    expect(outcome).not.toBe('still waiting');
    expect(outcome).not.toBe('taken');
  });
});

describe('two who want the lock at once', () => {
  test('of two who want the lock at once in one process one gets it', async () => {
    expect((await Promise.all([take(), take()])).sort()).toEqual(['taken', 'this process']);
  });

  test('of two in one process one gets the lock that a killed holder left behind', async () => {
    await leaveBehind(dataDir);
    expect((await Promise.all([take(), take()])).sort()).toEqual(['taken', 'this process']);
  });

  test.each([
    ['nobody had it before', async () => undefined],
    ['a killed holder left it behind', leaveBehind],
  ])('of five processes one gets the lock, five times, where %s', async (_, prepare) => {
    const five = Array.from({ length: 5 }, newHolder);
    const winners: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      const folder = join(dataDir, `round-${round}`);
      await prepare(folder);
      const outcomes = await Promise.all(five.map((holder) => holder.take(folder)));
      winners.push(outcomes.filter((outcome) => outcome === null).length);
      const notes = five
        .filter((_, index) => outcomes[index] === null)
        .map((holder) => holder.note);
      expect(outcomes.filter((outcome) => outcome !== null && !notes.includes(outcome))).toEqual(
        [],
      );
      await Promise.all(five.map((holder) => holder.release()));
    }
    expect(winners).toEqual(Array.from({ length: 5 }, () => 1));
  });
});
