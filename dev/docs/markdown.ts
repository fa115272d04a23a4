const row = (cells: readonly string[]) =>
  `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;

/** A table of Markdown. */
export const markdownTable = (
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string => [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');

/**
 * Fills the tables of a document that people write.
 *
 * @param name the document, for errors
 * @param tables what makes each table, by the name that its place has in the document
 * @throws when a table has no place in the document
 */
export const fillTables = (
  text: string,
  name: string,
  tables: Readonly<Record<string, () => string>>,
): string => {
  let filled = text;
  for (const [table, make] of Object.entries(tables)) {
    const [begin, end] = [`<!-- table: ${table} -->`, '<!-- end -->'];
    const from = filled.indexOf(begin);
    const to = filled.indexOf(end, from);
    if (from < 0 || to < 0) throw new Error(`${name} has no place for the table "${table}"`);
    filled = `${filled.slice(0, from + begin.length)}\n\n${make()}\n\n${filled.slice(to)}`;
  }
  return filled;
};
