import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { MEASURE_NAMES } from '../../bench/measures.ts';
import { readOrder } from '../../bench/order.ts';
import { ROOT } from '../house/files.ts';

test.each(MEASURE_NAMES)('the measure %s has a file', (name) => {
  expect(existsSync(`${ROOT}/bench/setups/${name}.ts`)).toBe(true);
});

test('without a name all usual measures run, bounded together', () => {
  const { names, isNamed, isQuick } = readOrder([], true);
  expect(names).toEqual(MEASURE_NAMES.filter((name) => name !== 'kept-memory'));
  expect([isNamed, isQuick]).toEqual([false, false]);
});

test('calls of the SDK are left out where there is no browser, unless they are named', () => {
  expect(readOrder([], false).names).not.toContain('sdk-call');
  expect(readOrder(['sdk-call'], false).names).toEqual(['sdk-call']);
});

test('a quick run has the measures that few rounds are enough for', () => {
  const { names, isQuick } = readOrder(['--quick'], true);
  expect(isQuick).toBe(true);
  expect(names).toEqual(['requests', 'calls', 'legacy-clients']);
});

test('named measures run alone', () => {
  const order = readOrder(['calls', 'chats'], true);
  expect(order).toEqual({ isQuick: false, names: ['calls', 'chats'], isNamed: true });
});

test('an unknown name is an error that says which there are', () => {
  expect(() => readOrder(['call'], true)).toThrow(/"call".*calls/);
});
