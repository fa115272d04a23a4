import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { ErrorBody } from '../../../../src/contract/errors.ts';
import { ERRORS_ANYWHERE } from '../../../../src/contract/http/endpoint.ts';
import { ENDPOINTS } from '../../../../src/contract/http/endpoints.ts';
import { createOpenApiDocument } from '../../../../src/platform/http/openapi.ts';

const Example = z.object({ value: ErrorBody });
const Media = z.object({
  schema: z.record(z.string(), z.unknown()),
  example: z.unknown().optional(),
  examples: z.record(z.string(), Example).optional(),
});
const Operation = z.object({
  parameters: z.array(
    z
      .object({ name: z.string(), required: z.boolean().default(false), example: z.unknown() })
      .partial({ example: true }),
  ),
  requestBody: z.object({ content: z.record(z.string(), Media) }).optional(),
  responses: z.record(z.string(), z.object({ content: z.record(z.string(), Media) })),
});

const { paths, info, components } = createOpenApiDocument();
const operations = ENDPOINTS.map((endpoint) => {
  const path = endpoint.path.replace(/:(\w+)/g, '{$1}');
  return {
    name: `${endpoint.method} ${endpoint.path}`,
    endpoint,
    operation: Operation.parse(paths[path]?.[endpoint.method]),
  };
});

/** All texts in a value. */
const textsIn = (value: unknown): string[] => {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
};

describe('examples in the API description', () => {
  test.each(operations)('the examples of $name are taken by it', ({ endpoint, operation }) => {
    const { example } = operation.requestBody?.content['application/json'] ?? {};
    expect(endpoint.body === undefined).toBe(example === undefined);
    if (endpoint.body) expect(endpoint.body.safeParse(example).error).toBeUndefined();
    for (const parameter of operation.parameters.filter(({ required }) => required)) {
      expect(parameter.example, parameter.name).toMatch(/./);
    }
    expect(textsIn([example, operation.parameters])).not.toContain('string');
  });

  test.each(operations)('the example answers of $name are as described', ({ operation }) => {
    for (const [status, { content }] of Object.entries(operation.responses)) {
      const media = content['application/json'];
      if (!media || status >= '300') continue;
      const parsed = z.fromJSONSchema(media.schema).safeParse(media.example);
      expect(parsed.error && z.prettifyError(parsed.error)).toBeUndefined();
      expect(textsIn(media.example)).not.toContain('string');
    }
  });

  test.each(operations)(
    'the examples of $name have each of its errors',
    ({ endpoint, operation }) => {
      const given = Object.values(operation.responses).flatMap(({ content }) =>
        Object.entries(content['application/json']?.examples ?? {}),
      );
      for (const [code, { value }] of given) expect(value.code).toBe(code);
      const codes = given.map(([code]) => code);
      expect(codes).toEqual(expect.arrayContaining([...endpoint.errors, ...ERRORS_ANYWHERE]));
      expect(codes.includes('no_token')).toBe(endpoint.bearer === true);
    },
  );
});

test('the description says where the token comes from, and that the examples do no harm', () => {
  for (const text of [info.description, components.securitySchemes.bearer.description]) {
    expect(text).toContain('POST /api/auth/verify-code');
  }
  expect(info.description).toContain('no harm');
});
