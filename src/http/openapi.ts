import * as z from 'zod';
import type { Endpoint } from '../contract/endpoint.ts';
import { ERRORS_ANYWHERE } from '../contract/endpoint.ts';
import { ENDPOINTS } from '../contract/endpoints.ts';
import type { ErrorCode } from '../contract/errors.ts';
import { ERRORS, ErrorBody } from '../contract/errors.ts';

const json = (schema: object) => ({ 'application/json': { schema } });

const REQUEST_ID = { 'X-Request-Id': { description: 'Names this request in the log', schema: { type: 'string' } } };
const RETRY_AFTER = { 'Retry-After': { description: 'Seconds', schema: { type: 'integer' } } };

const schemaOf = (type: z.ZodType, io: 'input' | 'output') => {
  const { $schema, ...schema } = z.toJSONSchema(type, { io, unrepresentable: 'any' });
  return schema;
};

const errorResponses = ({ errors, bearer, body }: Endpoint) => {
  const codes: ErrorCode[] = [...errors, ...ERRORS_ANYWHERE];
  if (bearer) codes.push('no_token', 'invalid_token');
  if (body) codes.push('malformed_json');
  const byStatus = Map.groupBy(new Set(codes), (code) => ERRORS[code].status);
  return Object.fromEntries(
    [...byStatus].map(([status, group]) => {
      const description = group.map((code) => `\`${code}\` ${ERRORS[code].text.ru.replace('{wait}', '…')}`).join(' · ');
      const headers = { ...REQUEST_ID, ...((status === 429 || status === 503) && RETRY_AFTER) };
      return [status, { description, headers, content: json({ $ref: '#/components/schemas/Error' }) }];
    }),
  );
};

const operationOf = (endpoint: Endpoint) => ({
  summary: endpoint.summary,
  tags: [endpoint.path.startsWith('/api/') ? endpoint.path.split('/')[2] : 'health'],
  ...(endpoint.bearer && { security: [{ bearer: [] }] }),
  ...(endpoint.headers && {
    parameters: Object.entries(endpoint.headers).map(([name, description]) => ({
      name,
      in: 'header',
      description,
      schema: { type: 'string' },
    })),
  }),
  ...(endpoint.body && { requestBody: { required: true, content: json(schemaOf(endpoint.body, 'input')) } }),
  responses: {
    ...(endpoint.success && {
      [endpoint.success.status]: {
        description: 'Success',
        headers: REQUEST_ID,
        content: json(schemaOf(endpoint.success.body, 'output')),
      },
    }),
    ...errorResponses(endpoint),
  },
});

/** The OpenAPI 3.1 description of the API, made from the contract that the routes run on. */
export const openApiDocument = () => {
  const paths: Record<string, Record<string, object>> = {};
  for (const endpoint of ENDPOINTS) {
    paths[endpoint.path] = { ...paths[endpoint.path], [endpoint.method]: operationOf(endpoint) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'AIST', version: '1', description: 'Sign-in and profiles of the AIST messenger.' },
    paths,
    components: {
      schemas: { Error: schemaOf(ErrorBody, 'output') },
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    },
  };
};
