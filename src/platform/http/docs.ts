import { Hono } from 'hono';
import { html } from 'hono/html';
import { secureHeaders } from 'hono/secure-headers';
import type { AppEnv } from './context.ts';
import { createOpenApiDocument } from './openapi.ts';

/** The page loads its viewer from this Worker's own assets, and nothing from anywhere else. */
const PAGE = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>AIST API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="docs"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/init.js"></script>
</body>
</html>`;

/** Caches may keep both, but have to ask whether they are still current. */
const REVALIDATED = 'no-cache';

const csp = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: ["'self'"],
    // The viewer styles its elements in place and has its icons as data URLs.
    styleSrc: ["'self'", "'unsafe-inline'"],
    imgSrc: ["'self'", 'data:'],
    frameAncestors: ["'none'"],
  },
});

/**
 * Serves /openapi.json, made on the first request, and /docs, a page to try it. Where the web app
 * was not built / leads there.
 */
export const docsRoutes = () => {
  let document: ReturnType<typeof createOpenApiDocument> | undefined;
  const app = new Hono<AppEnv>();
  // The page of the web app is there, where it was built.
  app.get('/', (c) => c.redirect('/docs'));
  app.get('/openapi.json', (c) => {
    document ??= createOpenApiDocument();
    c.header('Cache-Control', REVALIDATED);
    return c.json(document);
  });
  app.get('/docs', csp, (c) => {
    c.header('Cache-Control', REVALIDATED);
    return c.html(PAGE);
  });
  return app;
};
