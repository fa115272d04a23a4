import { randomUUID } from 'node:crypto';
import { existsSync, openAsBlob, readFileSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { INITDB_ARGS } from './pglite.ts';

/**
 * The installed PGlite's version: its package exports no package.json, so the file is found beside
 * its code.
 */
const pgliteVersion = (): string => {
  const code = createRequire(import.meta.url).resolve('@electric-sql/pglite');
  return JSON.parse(readFileSync(join(code, '../../package.json'), 'utf8')).version;
};

/**
 * An empty database as a tar, for `openPglite({ loadFrom })`: made by initdb the first time (3.5 s)
 * and kept in `folder` under PGlite's version, so that every later start takes about 0.9 s. It is
 * not compressed, because unpacking gzip costs 0.7 s per start.
 */
export const pgliteTemplate = async (folder: string): Promise<Blob> => {
  const file = join(folder, `pglite-${pgliteVersion()}.tar`);
  if (!existsSync(file)) {
    const db = await PGlite.create({ initDbStartParams: INITDB_ARGS });
    const tar = await db.dumpDataDir('none');
    await db.close();
    await mkdir(folder, { recursive: true });
    // Written aside and renamed, so that nobody who starts at the same time reads half of it.
    const unfinished = `${file}.${randomUUID()}`;
    await writeFile(unfinished, tar.stream());
    await rename(unfinished, file);
  }
  return openAsBlob(file, { type: 'application/x-tar' });
};
