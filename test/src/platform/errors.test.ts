import { describe, expect, test } from 'vitest';
import { StoreError } from '../../../src/platform/errors.ts';

const circular = (): Error => {
  const error = new Error('+79991234567');
  return Object.assign(error, { cause: error });
};

describe('the message of a failed store', () => {
  test('it names the store, the step and the kind of the cause', () => {
    expect(new StoreError('redis', 'verify-code', new TypeError('fetch failed')).message).toBe(
      'redis: verify-code failed: TypeError',
    );
  });

  test('it has the SQLSTATE that Postgres gave', () => {
    const cause = Object.assign(new Error('duplicate key'), { code: '57P01' });
    expect(new StoreError('database', 'find phone', cause).message).toBe(
      'database: find phone failed: Error 57P01',
    );
  });

  test.each<[string, Error, string]>([
    [
      'what Node says of a port where nobody listens',
      new TypeError('fetch failed', {
        cause: Object.assign(new Error('connect to 127.0.0.1:5432'), { code: 'ECONNREFUSED' }),
      }),
      'TypeError (connection refused)',
    ],
    [
      "what Neon's driver has below its error",
      Object.assign(new Error('Error connecting to database'), {
        sourceError: new TypeError('Network connection lost.'),
      }),
      'Error (connection refused or lost)',
    ],
    [
      "the status in the text of Neon's driver, which quotes the answer",
      new Error('Server error (HTTP status 530): {"message":"+79991234567 ECONNREFUSED"}'),
      'Error (HTTP 530)',
    ],
    [
      "grammY's error of the network",
      Object.assign(new Error("Network request for 'sendMessage' failed!"), {
        error: Object.assign(new Error('x'), { code: 'EAI_AGAIN' }),
      }),
      'Error (name not found)',
    ],
    [
      'an answer of Telegram',
      Object.assign(new Error('+79991234567'), { error_code: 502 }),
      'Error (HTTP 502)',
    ],
    [
      'a limit of time',
      new DOMException('+79991234567', 'TimeoutError'),
      'TimeoutError (no answer in time)',
    ],
    ['an error that is its own cause', circular(), 'Error'],
  ])('it says why, as far as that is no secret: %s', (_, cause, kind) => {
    expect(new StoreError('database', 'find', cause).message).toBe(
      `database: find failed: ${kind}`,
    );
  });

  test.each([
    ['an error', new Error('+79991234567')],
    [
      'an error with a code that is no string',
      Object.assign(new Error('+79991234567'), { code: ['+79991234567'] }),
    ],
    ['a string', '+79991234567'],
    ['an object', { message: '+79991234567' }],
  ])('it tells nothing of what the driver wrote: %s', (_, cause) => {
    expect(new StoreError('telegram', 'sendMessage', cause).message).not.toContain('7999');
  });
});
