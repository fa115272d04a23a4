import * as z from 'zod';
import type { ErrorCode } from '../../contract/errors.ts';
import { ERRORS, ErrorBody, LANGUAGES } from '../../contract/errors.ts';
import type { Endpoint } from '../../contract/http/endpoint.ts';
import { ERRORS_ANYWHERE } from '../../contract/http/endpoint.ts';
import { ENDPOINTS } from '../../contract/http/endpoints.ts';
import { messageOf } from '../messages.ts';
import { makeErrorExample, makeExample, makeParameterExample } from './examples.ts';
import { LANGUAGE_HEADER } from './language.ts';

const json = (schema: object, more: object = {}) => ({ 'application/json': { schema, ...more } });

const REQUEST_ID = {
  'X-Request-Id': { description: 'Names this request in the log', schema: { type: 'string' } },
};
const RETRY_AFTER = { 'Retry-After': { description: 'Seconds', schema: { type: 'integer' } } };

/**
 * Describes the content of a success: JSON, unless its schema names another `contentMediaType`
 * (JSON Schema 2020-12, Validation, §8.4).
 */
const contentOf = (body: z.ZodType) => {
  const schema = schemaOf(body, 'output');
  if (typeof schema.contentMediaType === 'string') return { [schema.contentMediaType]: { schema } };
  return json(schema, { example: makeExample(schema) });
};

const schemaOf = (type: z.ZodType, io: 'input' | 'output') => {
  const { $schema, ...schema } = z.toJSONSchema(type, { io, unrepresentable: 'any' });
  return schema;
};

/** Describes the schema of a body: an optional field may be null as well [H4]. */
const bodySchemaOf = (type: z.ZodType) => {
  const schema = schemaOf(type, 'input');
  const { properties = {}, required = [] } = schema;
  const nullable = Object.entries(properties).map(([name, field]) => {
    const isOptional = !required.includes(name) && typeof field === 'object';
    if (!isOptional || Object.keys(field).length === 0) return [name, field];
    const { description, default: standard, ...rest } = field;
    const about = {
      ...(description !== undefined && { description }),
      ...(standard !== undefined && { default: standard }),
    };
    return [name, { ...about, anyOf: [...(rest.anyOf ?? [rest]), { type: 'null' }] }];
  });
  return { ...schema, properties: Object.fromEntries(nullable) };
};

const bodyOf = (type: z.ZodType, example: unknown) => json(bodySchemaOf(type), { example });

const successResponses = ({ success }: Endpoint) => {
  if (!success) return {};
  const { status, again, body } = success;
  const response = { description: 'Success', headers: REQUEST_ID, content: contentOf(body()) };
  return {
    [status]: response,
    ...(again && {
      [again]: { ...response, description: 'There already: made by a request before' },
    }),
  };
};

const errorResponses = ({ errors, bearer, body }: Endpoint) => {
  const codes: ErrorCode[] = [...errors, ...ERRORS_ANYWHERE];
  if (bearer) codes.push('no_token', 'invalid_token');
  if (body) codes.push('malformed_json');
  const byStatus = Map.groupBy(new Set(codes), (code) => ERRORS[code].status);
  return Object.fromEntries(
    [...byStatus].map(([status, group]) => {
      const describe = (code: ErrorCode) => `\`${code}\` ${messageOf(code, undefined)}`;
      const description = group.map(describe).join(' · ');
      const headers = { ...REQUEST_ID, ...((status === 429 || status === 503) && RETRY_AFTER) };
      const examples = Object.fromEntries(group.map((code) => [code, makeErrorExample(code)]));
      const content = json({ $ref: '#/components/schemas/Error' }, { examples });
      return [status, { description, headers, content }];
    }),
  );
};

/** Adds to a parameter's schema what to try, if the parameter is required. */
const withExample = (schema: ReturnType<typeof schemaOf>, name: string, isRequired: boolean) => ({
  ...(isRequired && { example: makeParameterExample(schema, name) }),
  schema,
});

/** Describes the parameters of one place: their schemas, and which of them are required. */
const parametersOf = (type: z.ZodObject | undefined, place: 'query' | 'path') => {
  if (!type) return [];
  const isRequired = (name: string) =>
    place === 'path' || !type.shape[name]?.safeParse(undefined).success;
  return Object.entries(type.shape).map(([name, schema]) => ({
    name,
    in: place,
    required: isRequired(name),
    ...withExample(schemaOf(schema, 'input'), name, isRequired(name)),
  }));
};

const LANGUAGE = {
  name: LANGUAGE_HEADER,
  in: 'header',
  description: 'The language of messages',
  schema: { type: 'string', enum: LANGUAGES },
};

const headersOf = ({ headers = {} }: Endpoint) => [
  ...Object.entries(headers).map(([name, description]) => ({
    name,
    in: 'header',
    description,
    schema: { type: 'string' },
  })),
  LANGUAGE,
];

const operationOf = (endpoint: Endpoint) => ({
  summary: endpoint.summary,
  tags: [endpoint.path.split('/')[endpoint.path.startsWith('/api/') ? 2 : 1]],
  ...(endpoint.bearer && { security: [{ bearer: [] }] }),
  parameters: [
    ...parametersOf(endpoint.params, 'path'),
    ...parametersOf(endpoint.query, 'query'),
    ...headersOf(endpoint),
  ],
  ...(endpoint.body && {
    requestBody: { required: true, content: bodyOf(endpoint.body, endpoint.example) },
  }),
  responses: {
    ...successResponses(endpoint),
    ...errorResponses(endpoint),
  },
});

/** Says where a token comes from, for whoever reads /docs. */
const TOKEN = [
  'The `token` that `POST /api/auth/verify-code` answers:',
  '1. link a number to a Telegram chat (the bot: /start, then share your own contact);',
  '2. `POST /api/auth/request-code` with that number: six digits come in the chat;',
  '3. `POST /api/auth/verify-code` with the number and the digits.',
  '',
  'Paste it here without `Bearer`. It is forgotten with the page.',
].join('\n');

const BEARER = { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: TOKEN };

const ABOUT = [
  'Sign-in, sessions, profiles and calls of the AIST messenger.',
  '',
  'The examples do no harm when they are tried: their numbers, codes and ids are nobody’s. What is',
  'signed out by `DELETE /api/sessions` and `POST /api/auth/logout` is signed out.',
  '',
  `**Where the token comes from.** ${TOKEN}`,
].join('\n');

/** Makes the OpenAPI 3.1 description of the API from the contract that the routes run on. */
export const createOpenApiDocument = () => {
  const paths: Record<string, Record<string, object>> = {};
  for (const endpoint of ENDPOINTS) {
    const path = endpoint.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [endpoint.method]: operationOf(endpoint) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'AIST', version: '1', description: ABOUT },
    paths,
    components: {
      schemas: { Error: schemaOf(ErrorBody, 'output') },
      securitySchemes: { bearer: BEARER },
    },
  };
};
