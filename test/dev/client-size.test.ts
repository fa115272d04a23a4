import { expect, test } from 'vitest';
import { BUDGETS, measureEntries } from '../../dev/client/sizes.ts';

test.each(BUDGETS)('$name of the client fits into $budget KB', async ({ entries, budget }) => {
  expect(await measureEntries(entries)).toBeLessThanOrEqual(budget);
});
