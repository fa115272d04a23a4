import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { WORKER_PATH } from '../../party/wire/endpoint.ts';
import { createApp } from '../../src/app.ts';
import { ERRORS, isErrorCode } from '../../src/contract/errors.ts';
import { parseSettings } from '../../src/platform/settings.ts';
import { createServices } from '../../src/services.ts';
import { localApi, runningApi } from '../support/client.ts';
import { stack } from '../support/stack.ts';

const api = runningApi();

/**
 * The parts of OpenAPI 3.1 (spec.openapis.org/oas/v3.1.0) that this project uses; unknown keys are
 * mistakes.
 */
const JsonSchema = z.record(z.string(), z.unknown());
const Example = z.strictObject({ summary: z.string(), value: JsonSchema });
const Media = z.strictObject({
  schema: JsonSchema,
  example: z.unknown().optional(),
  examples: z.record(z.string(), Example).optional(),
});
const Content = z.record(z.string().regex(/^[\w.+-]+\/[\w.+-]+$/), Media);
const Operation = z.strictObject({
  summary: z.string().min(1),
  description: z.string().optional(),
  operationId: z.string().optional(),
  tags: z.array(z.string().min(1)),
  security: z.array(z.record(z.string(), z.array(z.string()))).optional(),
  parameters: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        in: z.enum(['query', 'header', 'path', 'cookie']),
        description: z.string().optional(),
        required: z.boolean().optional(),
        example: z.unknown().optional(),
        schema: JsonSchema,
      }),
    )
    .optional(),
  requestBody: z
    .strictObject({
      description: z.string().optional(),
      required: z.boolean().optional(),
      content: Content,
    })
    .optional(),
  responses: z.record(
    z.string().regex(/^[1-5]\d\d$/),
    z.strictObject({
      description: z.string().min(1),
      headers: z.record(
        z.string(),
        z.strictObject({ description: z.string(), schema: JsonSchema }),
      ),
      content: Content.optional(),
    }),
  ),
});
const PathItem = z.partialRecord(z.enum(['get', 'post', 'put', 'patch', 'delete']), Operation);
const Document = z.strictObject({
  openapi: z.string().regex(/^3\.1\.\d+$/),
  info: z.strictObject({
    title: z.string().min(1),
    version: z.string().min(1),
    description: z.string(),
  }),
  paths: z.record(z.string().startsWith('/'), PathItem),
  components: z.strictObject({
    schemas: z.record(z.string().regex(/^[\w.-]+$/), JsonSchema),
    securitySchemes: z.record(
      z.string(),
      z.strictObject({
        ...{ type: z.literal('http'), scheme: z.literal('bearer') },
        ...{ bearerFormat: z.string(), description: z.string() },
      }),
    ),
  }),
});

const answer = await api.send('GET', '/openapi.json');
const document = Document.parse(answer.body);
const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({
    name: `${method.toUpperCase()} ${path}`,
    operation,
  })),
);

/** Every `$ref` in a JSON value. */
const refsIn = (value: unknown): string[] => {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === '$ref' ? [String(inner)] : refsIn(inner),
  );
};

const resolve = (ref: string): unknown => {
  const steps = ref.replace(/^#\//, '').split('/');
  return steps.reduce<unknown>((value, step) => Object(value)[step], document);
};

/** The codes that the description of a response names. */
const codesIn = (description: string) =>
  [...description.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);

describe('/openapi.json', () => {
  test('/openapi.json is JSON of OpenAPI 3.1', () => {
    expect(answer.status).toBe(200);
    expect(answer.headers.get('Content-Type')).toMatch(/^application\/json/);
    expect(document.openapi).toMatch(/^3\.1\./);
  });

  test('/openapi.json refers to nothing that is not in it', () => {
    const refs = refsIn(document);
    expect(refs.length).toBeGreaterThan(0);
    for (const ref of refs) expect(resolve(ref), ref).toBeTypeOf('object');
  });

  test('/openapi.json has every route that the app has but the one for rooms', () => {
    const app = createApp(createServices(parseSettings(stack.settings)));
    const routes = app.routes
      .filter(
        ({ method, path }) =>
          method !== 'ALL' && /^\/(api|health|parties|telegram|ws)(\/|$)/.test(path),
      )
      .map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`);
    const described = [...operations.map(({ name }) => name), `POST ${WORKER_PATH}`];
    expect(described.sort()).toEqual([...new Set(routes)].sort());
  });

  test.each(operations)(
    '[H8] errors are named once each and under their status: $name',
    ({ operation }) => {
      for (const [status, { description }] of Object.entries(operation.responses)) {
        if (status.startsWith('2')) continue;
        const codes = codesIn(description);
        expect(codes.length).toBeGreaterThan(0);
        expect(codes).toEqual([...new Set(codes)]);
        for (const code of codes) {
          expect(isErrorCode(code) && String(ERRORS[code].status), code).toBe(status);
        }
      }
    },
  );

  test.each(operations)(
    '[H20] /openapi.json says truly whether $name wants a token',
    async ({ name, operation }) => {
      const [method = '', path = ''] = name.split(' ');
      const { body } = await api.send(method, path);
      const wantsToken = body.code === 'no_token';
      const schemes = (operation.security ?? []).flatMap((requirement) => Object.keys(requirement));
      expect(schemes).toEqual(wantsToken ? ['bearer'] : []);
      expect(codesIn(operation.responses['401']?.description ?? '').includes('no_token')).toBe(
        wantsToken,
      );
      for (const scheme of schemes)
        expect(Object.keys(document.components.securitySchemes)).toContain(scheme);
    },
  );

  test.each(operations)(
    '[H8] /openapi.json has the very answer of $name to an empty request',
    async ({ name, operation }) => {
      const [method = '', path = ''] = name.split(' ');
      const { status, body } = await api.send(method, path);
      const response = operation.responses[String(status)];
      if (status !== 200) expect(codesIn(response?.description ?? '')).toContain(body.code);
      const schema = response?.content?.['application/json']?.schema ?? {};
      const [ref] = refsIn(schema);
      const { properties, required } = z
        .object({ properties: JsonSchema, required: z.array(z.string()) })
        .parse(ref ? resolve(ref) : schema);
      expect(Object.keys(properties)).toEqual(expect.arrayContaining(Object.keys(body)));
      expect(Object.keys(body)).toEqual(expect.arrayContaining(required));
    },
  );
});

describe('/docs', () => {
  const linked = async () => {
    const { text } = await api.send('GET', '/docs');
    return [...text.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, url = '']) => url);
  };

  test('/docs is a page', async () => {
    const page = await api.send('GET', '/docs');
    expect(page.status).toBe(200);
    expect(page.headers.get('Content-Type')).toMatch(/^text\/html/);
    expect(page.text).toContain('<title>AIST API</title>');
  });

  test('[H17] where the app was not built, GET and HEAD of / lead to /docs', async () => {
    for (const method of ['GET', 'HEAD']) {
      const { status, headers } = await localApi().send(method, '/');
      expect([status, headers.get('Location')]).toEqual([302, '/docs']);
      expect(headers.get('Cache-Control')).toBe('no-store');
    }
  });

  test('/docs names no other host', async () => {
    const page = await api.send('GET', '/docs');
    expect(page.text).not.toMatch(/(https?:)?\/\/[\w.-]+/i);
    const urls = await linked();
    expect(urls.length).toBeGreaterThan(2);
    for (const url of urls) expect(url).toMatch(/^(\/(?!\/)|data:)/);
  });

  test('/docs forbids browsers to load anything from elsewhere, and to frame it', async () => {
    const page = await api.send('GET', '/docs');
    const directives = new Map(
      (page.headers.get('Content-Security-Policy') ?? '').split(';').map((directive) => {
        const [name = '', ...sources] = directive.trim().split(/\s+/);
        return [name, sources];
      }),
    );
    expect(directives.get('default-src')).toEqual(["'self'"]);
    expect(directives.get('frame-ancestors')).toEqual(["'none'"]);
    expect(directives.get('script-src') ?? ["'self'"]).toEqual(["'self'"]);
    const allowed = ["'self'", "'none'", "'unsafe-inline'", 'data:'];
    for (const [name, sources] of directives) {
      for (const source of sources) expect(allowed, `${name} ${source}`).toContain(source);
    }
  });

  test('/docs has everything that it links, from the same Worker', async () => {
    for (const url of (await linked()).filter((link) => link.startsWith('/'))) {
      const asset = await api.send('GET', url);
      expect(asset.status, url).toBe(200);
      expect(asset.headers.get('Content-Type')).toMatch(
        url.endsWith('.css') ? /^text\/css/ : /javascript/,
      );
      expect(asset.text.length, url).toBeGreaterThan(50);
    }
  });

  test('/docs shows this very document', async () => {
    expect((await api.send('GET', '/docs/init.js')).text).toContain("'/openapi.json'");
  });

  test('[H8, H9] /docs answers in the envelope where there is no such file', async () => {
    const missing = await api.send('GET', '/docs/nothing.js');
    expect(missing.status).toBe(404);
    expect(missing.body).toMatchObject({ ok: false, code: 'not_found' });
  });
});
