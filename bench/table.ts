import type { Row } from './rows.ts';

/** The heads of the columns. */
export const METRICS_HEAD = ['figure', 'here', 'peers', 'goal', 'met'] as const;

/** Says whether a goal is met: empty where there is none, a dash where it was not measured. */
export const verdictOf = ({ goal, isMet }: Row): string => {
  if (goal === '') return '';
  if (isMet === undefined) return '–';
  return isMet ? 'yes' : 'NO';
};

/** Writes rows as a table of text with aligned columns. */
export const tableOf = (rows: readonly Row[]): string => {
  const lines = [
    METRICS_HEAD,
    ...rows.map((row) => [row.what, row.here, row.peers, row.goal, verdictOf(row)]),
  ];
  const widths = METRICS_HEAD.map((_, at) =>
    Math.max(...lines.map((line) => line[at]?.length ?? 0)),
  );
  const lineOf = (cells: readonly string[]) =>
    cells
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join(' | ')
      .trimEnd();
  const [head = '', ...others] = lines.map(lineOf);
  return [head, widths.map((width) => '-'.repeat(width)).join('-|-'), ...others].join('\n');
};
