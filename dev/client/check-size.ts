import { table } from '../report.ts';
import { weighApp } from '../web/sizes.ts';
import { measureBudgets } from './sizes.ts';

/**
 * `npm run check:size`: prints how large entries of the client are in an app, and the parts of the
 * web app, beside their budgets. Fails where one is over its budget.
 */

const rows = [['entries', 'gzip', 'budget', 'fits']];
for (const { name, size, budget } of [...(await measureBudgets()), ...weighApp()]) {
  rows.push([name, `${size.toFixed(2)} KB`, `${budget} KB`, size <= budget ? 'yes' : 'NO']);
  if (size > budget) process.exitCode = 1;
}
console.log(table(rows));
