import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MeasureName } from './measures.ts';
import type { Row } from './rows.ts';

/** What a measure gave the last time, and where and how. */
export interface Result {
  readonly date: string;
  readonly machine: string;
  readonly stores: string;
  readonly versions: string;
  readonly rounds: number;
  readonly seconds: number;
  /** The load of the machine in the minute before; over 0.5 the figures are not exact. */
  readonly load: number;
  readonly rows: readonly Row[];
}

/** The last results of all measures. */
export type Results = { readonly [Name in MeasureName]?: Result };

const FILE = join(import.meta.dirname, 'results.json');

/** Reads the results that are kept. */
export const readResults = (): Results =>
  existsSync(FILE) ? JSON.parse(readFileSync(FILE, 'utf8')) : {};

/** Keeps results. */
export const writeResults = (results: Results): void =>
  writeFileSync(FILE, `${JSON.stringify(results, undefined, 2)}\n`);
