import type { Context } from 'hono';
import { Hono } from 'hono';
import { ApiError } from '../errors.ts';
import type { AppEnv } from './context.ts';
import { answerError } from './errors.ts';

/** Where the files of the web app are. */
export interface Assets {
  fetch(request: Request): Promise<Response>;
}

/** The addresses of the app's pages [H35]; / is a file, which is served without the Worker. */
export const APP_PAGES = [
  ...['/c/:id', '/call/:id', '/calls', '/people', '/qr'],
  ...['/settings', '/settings/:section', '/sign-in', '/welcome'],
] as const;

/** Answers with the one page of the app, or 404 where the app was not built. */
const answerPage = async (c: Context<AppEnv>, assets: Assets, status: 200 | 404) => {
  const { method, headers } = c.req.raw;
  const page = await assets.fetch(new Request(new URL('/', c.req.url), { method, headers }));
  if (!page.ok && page.status !== 304) return answerError(c, new ApiError('not_found'));
  return new Response(page.body, {
    status: page.status === 304 ? 304 : status,
    headers: page.headers,
  });
};

/** The routes of the app's pages. */
export const appRoutes = (assets: Assets | undefined) => {
  const app = new Hono<AppEnv>();
  if (!assets) return app;
  for (const path of APP_PAGES) app.get(path, (c) => answerPage(c, assets, 200));
  return app;
};

/**
 * Answers what nothing is at: with the app's page to a browser that somebody sent there, with an
 * error to everybody else [H9] [H35].
 */
export const answerUnknown =
  (assets: Assets | undefined) =>
  (c: Context<AppEnv>): Response | Promise<Response> => {
    const isVisit = c.req.method === 'GET' && c.req.header('Sec-Fetch-Mode') === 'navigate';
    if (assets && isVisit && !c.req.path.startsWith('/api/')) return answerPage(c, assets, 404);
    return answerError(c, new ApiError('not_found'));
  };
