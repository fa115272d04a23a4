import { expect, test } from 'vitest';
import { weighApp } from '../../dev/web/sizes.ts';

test('the page of signing in is at most 14 KB with all that it needs, the app 95 KB', () => {
  const weights = weighApp();
  expect(weights.map(({ budget }) => budget)).toEqual([14, 95]);
  for (const { name, size, budget } of weights) {
    console.log(`${name}: ${size.toFixed(1)} KB`);
    expect(size, name).toBeGreaterThan(8);
    expect(size, name).toBeLessThanOrEqual(budget);
  }
});
