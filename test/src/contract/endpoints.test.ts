import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ENDPOINTS } from '../../../src/contract/http/endpoints.ts';

const FIELDS = [
  ...[
    'phone',
    'code',
    'requestId',
    'telegramChatId',
    'chat_id',
    'secret',
    'username',
    'displayName',
  ],
  ...['to', 'video', 'offer'],
  ...['type', 'name', 'photo', 'description', 'members', 'admins', 'peerUserId', 'role'],
  ...['text', 'attachment', 'clientId', 'seq'],
  ...['__proto__', 'constructor', 'other'],
];

const value = fc.oneof(
  fc.anything(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '+79991234567',
    '123456',
    '\u0000',
    '\uD800',
    0,
    -1,
    1.5,
    5e21,
    null,
    'x'.repeat(70),
  ),
);

const bodies = fc.dictionary(fc.constantFrom(...FIELDS), value);

describe('endpoints', () => {
  test('each endpoint is there once', () => {
    const names = ENDPOINTS.map(({ method, path }) => `${method} ${path}`);
    expect(new Set(names).size).toBe(names.length);
  });

  test.each(
    ENDPOINTS.flatMap(({ method, path, body, errors }) =>
      body ? [{ method, path, body, errors }] : [],
    ),
  )('[H8] $method $path refuses a body only with errors that it documents', ({ body, errors }) => {
    fc.assert(
      fc.property(bodies, (given) => {
        const refused = body.safeParse(given).error?.issues[0]?.message;
        if (refused !== undefined) expect(errors).toContain(refused);
      }),
      { numRuns: 300 },
    );
  });
});
