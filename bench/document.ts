import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { markdownTable } from '../dev/docs/markdown.ts';
import { MEASURE_NAMES, MEASURES } from './measures.ts';
import type { Result, Results } from './results.ts';
import { readResults } from './results.ts';
import { METRICS_HEAD, verdictOf } from './table.ts';

const DOCUMENT = join(import.meta.dirname, '..', 'docs', 'performance.md');
const NOTES = join(import.meta.dirname, 'notes.md');

const INTRODUCTION = `# Performance

\`npm run bench\` makes this page: figures from \`bench/results.json\`, where it keeps them, and
notes from \`bench/notes.md\`. How each is measured is in [bench/README.md](../bench/README.md).
\`npm run bench -- requests\` measures anew what has that name in the last column, nothing else.
Figures are medians of rounds in which all systems take turns, so ratios say more than times.`;

/** The figures of all measures in one table. */
const figuresOf = (results: Results): string =>
  markdownTable(
    [...METRICS_HEAD, '`npm run bench --`'],
    MEASURE_NAMES.flatMap((name) =>
      (results[name]?.rows ?? []).map((row) => [
        row.what,
        row.here,
        row.peers,
        row.goal,
        verdictOf(row),
        `\`${name}\``,
      ]),
    ),
  );

/** Which measures share a text: places, versions. */
const sharedBy = (results: Results, textOf: (result: Result) => string): string[][] => {
  const names = new Map<string, string[]>();
  for (const name of MEASURE_NAMES) {
    const result = results[name];
    if (!result) continue;
    const text = textOf(result);
    names.set(text, [...(names.get(text) ?? []), `\`${name}\``]);
  }
  return [...names].map(([text, all]) => [text, all.join(' ')]);
};

const circumstancesOf = (results: Results): string =>
  markdownTable(
    ['measure', 'what', 'date', 'rounds', 'seconds', 'load before'],
    MEASURE_NAMES.flatMap((name) => {
      const result = results[name];
      if (!result) return [];
      const { date, rounds, seconds, load } = result;
      const cells = [date, String(rounds), seconds.toFixed(0), load.toFixed(1)];
      return [[`\`${name}\``, MEASURES[name].title, ...cells]];
    }),
  );

/** Makes the document of results and of notes that people write. */
export const makeDocument = (results: Results, notes: string): string =>
  `${[
    INTRODUCTION,
    '## Figures',
    figuresOf(results),
    '## Where, when and with what',
    circumstancesOf(results),
    markdownTable(
      ['machine, stores, versions', 'measures'],
      (['machine', 'stores', 'versions'] as const).flatMap((part) =>
        sharedBy(results, (result) => result[part]),
      ),
    ),
    notes.trim(),
  ].join('\n\n')}\n`;

/** Makes the document of the results and notes that are kept. */
export const makePerformance = (): string =>
  makeDocument(readResults(), readFileSync(NOTES, 'utf8'));

/** Writes the document. */
export const writeDocument = (): void => writeFileSync(DOCUMENT, makePerformance());
