/**
 * Makes the folder of the Worker's static assets: the web app, and the viewer of /docs. Wrangler
 * runs this before it serves, checks or deploys, and whenever a source changes. APP=off leaves the
 * app out: tests of the API neither need it nor wait for it.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const viewer = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
const assets = join(import.meta.dirname, '..', 'dist', 'assets');

/**
 * Writes a file unless it says so already: a server that runs would load all assets anew.
 *
 * @param {string} file
 * @param {string | Buffer} content
 */
const write = (file, content) => {
  if (existsSync(file) && readFileSync(file).equals(Buffer.from(content))) return;
  writeFileSync(file, content);
};

mkdirSync(join(assets, 'docs'), { recursive: true });
for (const file of ['swagger-ui.css', 'swagger-ui-bundle.js'])
  write(join(assets, 'docs', file), readFileSync(join(viewer, file)));
write(
  join(assets, 'docs', 'init.js'),
  // A token that is tried there is forgotten with the page.
  "SwaggerUIBundle({ url: '/openapi.json', dom_id: '#docs', persistAuthorization: false });\n",
);

if (process.env.APP !== 'off') {
  const { isAppCurrent, noteApp } = await import('./app-stamp.mjs');
  if (!isAppCurrent(assets)) {
    const started = performance.now();
    console.log('Building the web app …');
    const { buildApp } = await import('./app.mjs');
    await buildApp(assets);
    noteApp(assets);
    console.log(`Built the web app (${((performance.now() - started) / 1_000).toFixed(1)} s).`);
  }
  const { writeHeaders } = await import('./app-headers.mjs');
  writeHeaders(assets);
}
