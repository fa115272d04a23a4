import { table } from '../report.ts';
import { weighApp } from '../web/sizes.ts';
import { BUDGETS, measureEntries } from './sizes.ts';

/**
 * `npm run check:size`: prints how large entries of the client are in an app, and the parts of the
 * web app, beside their budgets. Fails where one is over its budget.
 */

const rows = [['entries', 'gzip', 'budget', 'fits']];
for (const { name, entries, budget } of BUDGETS) {
  const size = await measureEntries(entries);
  rows.push([name, `${size.toFixed(2)} KB`, `${budget} KB`, size <= budget ? 'yes' : 'NO']);
  if (size > budget) process.exitCode = 1;
}
for (const { name, size, budget } of weighApp()) {
  rows.push([name, `${size.toFixed(2)} KB`, `${budget} KB`, size <= budget ? 'yes' : 'NO']);
  if (size > budget) process.exitCode = 1;
}
console.log(table(rows));
