import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runningApi } from '../support/client.ts';
import { freshAddress, freshPhone } from '../support/fresh.ts';
import { signIn } from '../support/sign-in.ts';

const api = runningApi();
const headers = { 'X-Link-Secret': 'dev-link-secret' };

/** Every field of every body, with a value that is all right, so that only the field under attack decides. */
const bodies = {
  'POST /api/auth/request-code': { phone: '+79991234567' },
  'POST /api/auth/verify-code': { phone: '+79991234567', code: '123456', requestId: 'x' },
  'POST /api/internal/link-telegram': { phone: '+79991234567', telegramChatId: 5 },
  'PATCH /api/profile': { username: 'somebody_else', displayName: 'Имя' },
};

/** What auth.md says to send in place of a value, as raw JSON. */
const hostile = {
  'an object': '{"toString":1}',
  'an array': '["x"]',
  'a nested array': '[[[[{}]]]]',
  null: 'null',
  true: 'true',
  'a fraction': '1.5',
  'a huge number': '1e308',
  'U+0000': '"a\\u0000b"',
  'a lone surrogate': '"\\ud800"',
  'a prototype': '{"__proto__":{"phone":"+79991234567"}}',
};

const attacks = Object.entries(bodies).flatMap(([endpoint, body]) =>
  Object.keys(body).flatMap((field) =>
    Object.entries(hostile).map(([what, value]) => ({ endpoint, field, what, raw: withField(body, field, value) })),
  ),
);

/** JSON of the body with one field's value replaced by raw JSON. */
function withField(body: object, field: string, value: string): string {
  const fields = Object.entries(body).map(
    ([name, good]) => `${JSON.stringify(name)}:${name === field ? value : JSON.stringify(good)}`,
  );
  return `{${fields.join(',')}}`;
}

describe('hostile bodies', async () => {
  const token = await signIn(api);
  const send = (endpoint: string, body: string) => {
    const [method = '', path = ''] = endpoint.split(' ');
    return api.send(method, path, { body, headers, token });
  };

  test.each(attacks)('$endpoint with $what as $field is a clear 400', async ({ endpoint, raw }) => {
    const answer = await send(endpoint, raw);
    expect(answer.status, answer.text).toBe(400);
    expect(answer.body).toMatchObject({
      ok: false,
      message: expect.any(String),
      error: answer.body.message,
      code: expect.any(String),
    });
  });

  test.each(Object.keys(bodies))('%s with a string of 1 MB is refused as too large', async (endpoint) => {
    const answer = await send(endpoint, JSON.stringify({ phone: 'x'.repeat(1_000_000), displayName: 'x', code: 'x' }));
    expect(answer.status).toBe(413);
    expect(answer.body).toMatchObject({ ok: false, code: 'body_too_large' });
  });

  test.each(Object.keys(bodies))(
    '%s with strings as long as a body may be is answered, not with an error of the server',
    async (endpoint) => {
      const long = '9'.repeat(90_000);
      const answer = await send(endpoint, JSON.stringify({ phone: long, code: long, telegramChatId: long }));
      expect(answer.status).toBeLessThan(500);
    },
  );

  test('400 random bodies are answered in the envelope, never with an error of the server', async () => {
    const value = fc.oneof(
      fc.jsonValue(),
      fc.string({ unit: 'binary' }),
      fc.constantFrom('+79991234567', '123456', '', '\0', '\ud800'),
    );
    const field = fc.oneof(
      fc.constantFrom('phone', 'code', 'requestId', 'telegramChatId', 'chat_id', 'secret', 'username', 'displayName'),
      fc.string(),
    );
    const body = fc.oneof(
      { weight: 4, arbitrary: fc.dictionary(field, value) },
      { weight: 1, arbitrary: fc.jsonValue() },
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...Object.keys(bodies)), body, async (endpoint, random) => {
        const { status, body: answer, text } = await send(endpoint, JSON.stringify(random));
        expect(status, text).toBeLessThan(500);
        if (status >= 400)
          expect(answer).toMatchObject({ ok: false, message: expect.any(String), code: expect.any(String) });
      }),
      { numRuns: 400 },
    );
  });

  test.each(['{', '{"phone":', 'null}', '\u0000', '{"phone":"\\x"}', '<xml/>'])(
    '%j, which is no JSON, is a clear 400',
    async (raw) => {
      const answer = await api.send('POST', '/api/auth/request-code', { body: raw });
      expect(answer.status).toBe(400);
      expect(answer.body).toMatchObject({ code: 'malformed_json' });
    },
  );

  test('hostile queries change nothing', async () => {
    for (const query of ['?code[toString]=1', '?phone=%00', '?__proto__[x]=1', `?${'a=1&'.repeat(2_000)}`]) {
      const answer = await api.post(
        `/api/auth/request-code${query}`,
        { phone: freshPhone() },
        { address: freshAddress() },
      );
      expect(answer.status).toBe(200);
    }
  });
});
