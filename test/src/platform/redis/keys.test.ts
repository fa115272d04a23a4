import { expect, test } from 'vitest';
import { keys } from '../../../../src/platform/redis/keys.ts';

test('[A48] keys that the legacy server wrote are found under its names', () => {
  expect(keys.code('+79991234567')).toBe('auth:code:+79991234567');
  expect(keys.legacyLink('+79991234567')).toBe('telegram:+79991234567');
});

test('no two keys of one phone are the same', () => {
  const names = Object.values(keys).map((key) => key('+79991234567'));
  expect(new Set(names).size).toBe(names.length);
});
