import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ENDPOINTS } from '../../../src/contract/http/endpoints.ts';
import { BODY_FIELDS } from '../../support/contract-fields.ts';

const FIELDS = [
  ...new Set([...BODY_FIELDS.values()].flat().map(({ name }) => name)),
  // What legacy bots may send in place of fields, and what nobody should.
  ...['chat_id', 'secret', '__proto__', 'constructor', 'other'],
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
