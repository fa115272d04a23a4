import { Hono } from 'hono';
import { requestId } from 'hono/request-id';
import type * as z from 'zod';
import type { ErrorBody } from '../../src/contract/errors.ts';
import type { AppEnv } from '../../src/platform/http/context.ts';
import { handleError } from '../../src/platform/http/errors.ts';
import { readLanguage } from '../../src/platform/http/language.ts';
import { createLog } from '../../src/platform/log.ts';
import { accountRoutes } from './account-routes.ts';
import { callRoutes } from './call-routes.ts';
import type { TestContext } from './context.ts';
import { qrRoutes } from './qr-routes.ts';
import type { SentCodes } from './sign-in-routes.ts';
import { signInRoutes } from './sign-in-routes.ts';

/** Nothing outlives a request here. */
const EXECUTION = {
  waitUntil: () => undefined,
  passThroughOnException: () => undefined,
  props: {},
};

/** Creates the API, as far as the test server has it: it answers requests. */
export const createTestApi = (context: TestContext, codes: SentCodes) => {
  const app = new Hono<AppEnv>();
  const log = createLog();
  app.onError(handleError);
  app.notFound((c) => {
    const message = `The test server does not have ${c.req.method} ${c.req.path}`;
    const body: z.input<typeof ErrorBody> = {
      ok: false,
      message,
      error: message,
      code: 'not_found',
      requestId: c.get('requestId'),
    };
    return c.json(body, 404);
  });
  app.use(requestId({ headerName: '' }));
  app.use(readLanguage());
  app.use(async (c, next) => {
    c.set('log', log);
    await next();
  });
  app
    .route('/', signInRoutes(context, codes))
    .route('/', qrRoutes(context))
    .route('/', accountRoutes(context))
    .route('/', callRoutes(context));
  return async (request: Request): Promise<Response> => app.fetch(request, {}, EXECUTION);
};
