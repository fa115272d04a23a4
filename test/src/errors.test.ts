import { describe, expect, test } from 'vitest';
import { StoreError } from '../../src/errors.ts';

describe('the message of a failed store', () => {
  test('names the store, the step and the kind of the cause', () => {
    expect(new StoreError('redis', 'verify-code', new TypeError('fetch failed')).message).toBe(
      'redis: verify-code failed: TypeError',
    );
  });

  test('holds the SQLSTATE that Postgres gave', () => {
    const cause = Object.assign(new Error('duplicate key'), { code: '57P01' });
    expect(new StoreError('database', 'find phone', cause).message).toBe('database: find phone failed: Error 57P01');
  });

  test.each([
    ['an error', new Error('+79991234567')],
    ['an error with a code that is no string', Object.assign(new Error('+79991234567'), { code: ['+79991234567'] })],
    ['a string', '+79991234567'],
    ['an object', { message: '+79991234567' }],
  ])('tells nothing of what the driver wrote: %s', (_, cause) => {
    expect(new StoreError('telegram', 'sendMessage', cause).message).not.toContain('7999');
  });
});
