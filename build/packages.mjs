/** Makes the smaller packages that wrangler.toml puts in place of whole ones. Wrangler runs it before it bundles. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import metadata from 'libphonenumber-js/min/metadata';
import { httpDriver, withoutFormats } from './trim.mjs';

const target = join(import.meta.dirname, '..', 'dist', 'packages');

/**
 * Another wrangler may be reading the file, and should find the old one or the new one.
 *
 * @param {string} name
 * @param {string} content
 */
const put = (name, content) => {
  const file = join(target, name);
  if (existsSync(file) && readFileSync(file, 'utf8') === content) return;
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, content);
  renameSync(draft, file);
};

mkdirSync(target, { recursive: true });
const driver = readFileSync(fileURLToPath(import.meta.resolve('@neondatabase/serverless')), 'utf8');
put('neon.mjs', httpDriver(driver));
put('phone-metadata.json', JSON.stringify(withoutFormats(metadata)));
