import { accessSync, constants, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { messageOf, reasonOf } from '../../dev/reason.ts';
import { requireWritable } from '../../dev/writable.ts';

const systemError = (code: string) => Object.assign(new Error(`${code}: said, write`), { code });

describe('why something went wrong, for people', () => {
  test.each<[unknown, string]>([
    // What PGlite throws on a full disk, and String() calls [object Object].
    [{ name: 'ErrnoError', errno: 51 }, 'the disk is full (ENOSPC)'],
    [{ name: 'ErrnoError', errno: 69 }, 'the file system is read-only (EROFS)'],
    [{ name: 'ErrnoError', errno: 1 }, '{"name":"ErrnoError","errno":1}'],
    [systemError('ENOSPC'), 'the disk is full: ENOSPC: said, write'],
    [
      new Error('outer', { cause: systemError('EROFS') }),
      'the file system is read-only: EROFS: said, write',
    ],
    [systemError('EACCES'), 'this user may not write there: EACCES: said, write'],
    [new Error('database or disk is full'), 'database or disk is full'],
    ['a text', 'a text'],
  ])('the reason of %j is told to people', (thrown, reason) => {
    expect(reasonOf(thrown)).toBe(reason);
    expect(reasonOf(thrown)).not.toContain('[object');
  });

  test('sentences of our own stay as they are, whatever they were made of', () => {
    expect(messageOf(new Error('Do this.', { cause: systemError('ENOSPC') }))).toBe('Do this.');
    expect(messageOf(systemError('ENOSPC'))).toBe('the disk is full: ENOSPC: said, write');
  });
});

describe('a folder that has to be written', () => {
  let scratch: string;
  beforeAll(() => {
    scratch = mkdtempSync(join(tmpdir(), 'aist-writable-'));
  });
  afterAll(() => rmSync(scratch, { recursive: true }));

  test('a folder that has to be written is made, and nothing is left in it', () => {
    requireWritable(join(scratch, 'a', 'b'), 'x');
    accessSync(join(scratch, 'a', 'b'), constants.W_OK);
    expect(readdirSync(join(scratch, 'a', 'b'))).toEqual([]);
  });

  test('a folder that cannot be made is named, with what it is for and why', () => {
    writeFileSync(join(scratch, 'file'), '');
    const made = () => requireWritable(join(scratch, 'file', 'x'), 'the build goes there');
    expect(made).toThrow(/file\/x cannot be written, and the build goes there: .*ENOTDIR/);
  });
});
