import * as z from 'zod';
import type { JsonSchema } from './json-schema-values.ts';

const Schema: z.ZodType<JsonSchema> = z.record(z.string(), z.unknown());
const Content = z.record(z.string(), z.object({ schema: Schema }));
const Description = z.object({
  paths: z.record(
    z.string(),
    z.record(
      z.string(),
      z.object({
        security: z.array(z.unknown()).default([]),
        parameters: z
          .array(
            z.object({ name: z.string(), in: z.enum(['query', 'header', 'path']), schema: Schema }),
          )
          .default([]),
        requestBody: z
          .object({ content: z.object({ 'application/json': z.object({ schema: Schema }) }) })
          .optional(),
        responses: z.record(
          z.string(),
          z.object({ description: z.string(), content: Content.default({}) }),
        ),
      }),
    ),
  ),
  components: z.object({ schemas: z.record(z.string(), Schema) }),
});

/** One operation of the API, as /openapi.json describes it. */
export interface Operation {
  /** `POST /api/auth/verify-code` */
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly {
    readonly name: string;
    readonly in: string;
    readonly schema: JsonSchema;
  }[];
  readonly body: JsonSchema | undefined;
  /** Why this answer is none that the description promises; undefined when it is one. */
  complaint(status: number, contentType: string, text: string): string | undefined;
}

/** The operations in a description of the API. */
export const operationsOf = (json: unknown): Operation[] => {
  const { paths, components } = Description.parse(json);
  const resolve = (schema: JsonSchema): JsonSchema => {
    const [, name] = /^#\/components\/schemas\/(.+)$/.exec(String(schema.$ref)) ?? [];
    return name === undefined ? schema : (components.schemas[name] ?? {});
  };
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]): Operation => {
      const checks = new Map<string, z.ZodType>();
      for (const [status, { content }] of Object.entries(operation.responses)) {
        for (const [type, { schema }] of Object.entries(content)) {
          checks.set(`${status} ${type}`, z.fromJSONSchema(resolve(schema)));
        }
      }
      return {
        name: `${method.toUpperCase()} ${path}`,
        method: method.toUpperCase(),
        path,
        parameters: operation.parameters,
        body: operation.requestBody?.content['application/json'].schema,
        complaint: (status, contentType, text) => {
          const type = contentType.split(';')[0] ?? '';
          const check = checks.get(`${status} ${type}`);
          if (!check) return `${status} with ${type} is not described`;
          const parsed = check.safeParse(type === 'application/json' ? JSON.parse(text) : text);
          if (!parsed.success)
            return `the body is not as described: ${z.prettifyError(parsed.error)}`;
          if (status < 400) return undefined;
          const { code } = z.object({ code: z.string() }).parse(parsed.data);
          const named = operation.responses[status]?.description.includes(`\`${code}\``);
          return named ? undefined : `${status} ${code} is not described`;
        },
      };
    }),
  );
};
