import { describe, expect, test } from 'vitest';
import { median, medianOfRead, medianRatio, quantile } from '../../bench/statistics.ts';

describe('a quantile', () => {
  const values = [5, 1, 4, 2, 3];

  test.each([
    [0, 1],
    [0.5, 3],
    [0.99, 5],
    [1, 5],
  ])('below which %d of all values lie is one of them', (share, expected) => {
    expect(quantile(values, share)).toBe(expected);
  });

  test('leaves the order of the values as it is', () => {
    const before = [...values];
    median(values);
    expect(values).toEqual(before);
  });

  test('of nothing is an error', () => {
    expect(() => median([])).toThrow('no values');
  });
});

describe('the median of what could be read', () => {
  test('leaves out what could not', () => {
    expect(medianOfRead([undefined, 3, undefined, 1, 2])).toBe(2);
  });

  test('is unknown where nothing could be read', () => {
    expect(medianOfRead([undefined])).toBeUndefined();
  });
});

describe('the ratio of two systems', () => {
  test('is the median of the ratios of rounds, since a busy round slows both', () => {
    expect(medianRatio([1, 20, 3], [2, 40, 3])).toBe(0.5);
  });

  test('leaves out rounds that one of them does not have', () => {
    expect(medianRatio([1, 2, 3], [2, undefined])).toBe(0.5);
  });

  test('is unknown where they have no round in common, or the other needed nothing', () => {
    expect(medianRatio([1], [])).toBeUndefined();
    expect(medianRatio([1], [0])).toBeUndefined();
  });
});
