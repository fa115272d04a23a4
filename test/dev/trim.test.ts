import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import * as whole from '@neondatabase/serverless';
import fc from 'fast-check';
import {
  getCountries,
  getCountryCallingCode,
  getExampleNumber,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/core';
import metadata from 'libphonenumber-js/min/metadata';
import examples from 'libphonenumber-js/mobile/examples';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { httpDriver, withoutFormats } from '../../build/trim.mjs';

/** The packages that the Worker gets smaller: they do what the whole ones do. */
describe('Neon’s driver without its WebSocket half', () => {
  type Driver = Pick<typeof whole, 'neon' | 'neonConfig' | 'NeonDbError' | 'types'>;
  let folder = '';
  let text = '';
  let trimmed: Driver;

  beforeAll(async () => {
    text = await readFile(fileURLToPath(import.meta.resolve('@neondatabase/serverless')), 'utf8');
    folder = await mkdtemp(join(tmpdir(), 'aist-trim-'));
    const file = join(folder, 'neon.mjs');
    await writeFile(file, httpDriver(text));
    trimmed = await import(pathToFileURL(file).href);
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  const TIMESTAMP = 1114;
  const FIELDS = [20, 16, 17, TIMESTAMP, 1184, 3802, 1009, 1700].map((dataTypeID, index) => ({
    name: `c${index}`,
    dataTypeID,
  }));
  const ROWS = [
    ['7', 't', '\\xff00', '2026-01-02 03:04:05', '2026-01-02 03:04:05+00', '{"a":[1]}', '{a,"b c"}', '1.50'],
  ];
  const RESULT = { command: 'SELECT', rowCount: 1, rowAsArray: true, fields: FIELDS, rows: ROWS };
  const REFUSED = { message: 'no', code: '23505', constraint: 'users_phone_key' };

  /** What a driver asks, and makes of each of the answers. */
  const use = async ({ neon, neonConfig, NeonDbError, types }: Driver) => {
    const asked: unknown[] = [];
    const answers = [
      Response.json(RESULT),
      Response.json({ results: [RESULT] }),
      Response.json(REFUSED, { status: 400 }),
    ];
    neonConfig.fetchEndpoint = (host) => `https://${host}/sql`;
    neonConfig.fetchFunction = async (url: string, init: RequestInit) => {
      asked.push(url, init);
      const answer = answers.shift();
      if (!answer) throw new Error('gone');
      return answer;
    };
    types.setTypeParser(TIMESTAMP, (value) => `kept ${value}`);
    const sql = neon('postgres://user:pass%20word@db.example/name?sslmode=require');
    const values = ['x', 7, true, null, new Date(0), ['a', null], { b: 1 }, new Uint8Array([1, 255])];
    const rows = await sql.query('select $1', values, { arrayMode: true, fullResults: true });
    const batch = await sql.transaction([sql`select ${'x'}`], { readOnly: true });
    const failure = (error: unknown) => error instanceof NeonDbError && [error.code, error.constraint, error.message];
    const failures = [await sql.query('a').catch(failure), await sql.query('b').catch(failure)];
    return { asked, rows: [rows.rows, rows.rowCount], batch, failures, builtins: types.builtins };
  };

  test('asks the same, and makes the same of answers and failures', async () => {
    const [ours, theirs] = [await use(trimmed), await use(whole)];
    expect(ours).toEqual(theirs);
    expect(ours.rows).toEqual([[expect.arrayContaining(['7', true, 'kept 2026-01-02 03:04:05'])], 1]);
    expect(ours.failures).toEqual([
      ['23505', 'users_phone_key', 'no'],
      [undefined, undefined, 'Error connecting to database: Error: gone'],
    ]);
  });

  test('is refused when a version is built differently', () => {
    expect(() => httpDriver(text.replaceAll('getAuthToken', 'authToken'))).toThrow('built differently');
    expect(() => httpDriver('export {}')).toThrow('built differently');
  });
});

describe('phone metadata without formats', () => {
  const trimmed = withoutFormats(metadata);
  const read = (input: string, data: typeof metadata) => {
    const phone = parsePhoneNumberFromString(input, data);
    return phone && [phone.number, phone.country, phone.isValid(), phone.ext];
  };

  test('is about half of it', () => {
    expect(JSON.stringify(trimmed).length).toBeLessThan(JSON.stringify(metadata).length * 0.5);
  });

  test('tells of a number of every country what the whole tells', () => {
    for (const country of getCountries(metadata)) {
      const example = getExampleNumber(country, examples, metadata)?.number ?? '';
      expect(read(example, metadata)).toEqual([example, expect.any(String), true, undefined]);
      expect(read(example, trimmed)).toEqual(read(example, metadata));
    }
  });

  test('tells of anything typed what the whole tells', () => {
    const codes = getCountries(metadata).map((country) => getCountryCallingCode(country, metadata));
    const typed = fc.tuple(fc.constantFrom(...codes, '800', '883', '999'), fc.stringMatching(/^[0-9 ()x-]{3,16}$/));
    fc.assert(
      fc.property(typed, ([code, rest]) => {
        expect(read(`+${code}${rest}`, trimmed)).toEqual(read(`+${code}${rest}`, metadata));
      }),
      { numRuns: 2_000 },
    );
  });
});
