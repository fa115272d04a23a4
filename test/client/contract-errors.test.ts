import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, expectTypeOf, test } from 'vitest';
import * as z from 'zod';
import type { Client } from '../../client/src/client.ts';
import { ENDPOINTS } from '../../client/src/contract.ts';
import type { ErrorCode, NetworkCode } from '../../client/src/error.ts';
import { createOpenApiDocument } from '../../src/platform/http/openapi.ts';

const contract = readFileSync(
  join(import.meta.dirname, '..', '..', 'client', 'src', 'contract.ts'),
  'utf8',
);
const [, endpoints = ''] = contract.split('export interface Endpoints {');

/** The codes in the type of each endpoint, as it stands in the client. */
const typed = new Map(
  Array.from(
    endpoints.matchAll(/^ {2}readonly (\w+): \{$[\s\S]*?^ {4}readonly errors:([^;]*);$/gm),
    ([, name = '', codes = '']) => [
      name,
      Array.from(codes.matchAll(/'(\w+)'/g), ([, code]) => code),
    ],
  ),
);

const Operation = z.object({
  responses: z.record(
    z.string(),
    z.object({
      content: z.record(
        z.string(),
        z.object({ examples: z.record(z.string(), z.unknown()).default({}) }),
      ),
    }),
  ),
});

const { paths } = createOpenApiDocument();

/** The codes that the description of the API has for an endpoint. */
const documented = (method: string, path: string): string[] => {
  const described = paths[path.replace(/:(\w+)/g, '{$1}')] as Record<string, unknown> | undefined;
  const { responses } = Operation.parse(described?.[method.toLowerCase()]);
  return Object.entries(responses)
    .filter(([status]) => Number(status) >= 400)
    .flatMap(([, { content }]) => Object.keys(content['application/json']?.examples ?? {}));
};

describe('the errors of the endpoints, in the client', () => {
  test('Each endpoint that the client has says which they are', () => {
    expect([...typed.keys()].sort()).toEqual(Object.keys(ENDPOINTS).sort());
  });

  test.each(Object.entries(ENDPOINTS))('Those of %s are those that are documented', (name, row) => {
    const [method, path] = row;
    const codes = documented(method, path);
    expect(codes.length).toBeGreaterThan(2);
    expect(typed.get(name)?.toSorted()).toEqual(codes.toSorted());
  });

  test('What `attempt` returns has the codes of that endpoint, and no others', () => {
    const narrow = async (client: Client) => {
      const tried = await client.attempt('updateProfile', { username: 'anna' });
      if (tried.ok) {
        expectTypeOf(tried.answer.username).toEqualTypeOf<string>();
        // @ts-expect-error: an answer has no error.
        return tried.error;
      }
      expectTypeOf(tried.error.code).toEqualTypeOf<ErrorCode<'updateProfile'> | NetworkCode>();
      // @ts-expect-error: a profile is never answered with the code of a chat.
      if (tried.error.code === 'chat_not_found') return undefined;
      // @ts-expect-error: a user name is a text.
      await client.attempt('updateProfile', { username: 7 });
      // @ts-expect-error: a refusal has no answer.
      return tried.answer;
    };
    expect(narrow).toBeTypeOf('function');
  });
});
