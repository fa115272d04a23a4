import { expect, test } from 'vitest';
import { measureBudgets } from '../../dev/client/sizes.ts';

test.each(await measureBudgets())('$name of the client fits into $budget KB', (row) => {
  expect(row.size).toBeLessThanOrEqual(row.budget);
});
