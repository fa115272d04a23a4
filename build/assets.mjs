/**
 * Copies the viewer of /docs to the folder of the Worker's static assets. Wrangler runs this before
 * it serves, checks or deploys.
 */
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const viewer = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
const target = join(import.meta.dirname, '..', 'dist', 'assets', 'docs');

mkdirSync(target, { recursive: true });
for (const file of ['swagger-ui.css', 'swagger-ui-bundle.js'])
  copyFileSync(join(viewer, file), join(target, file));
writeFileSync(
  join(target, 'init.js'),
  // A token that is tried there is forgotten with the page.
  "SwaggerUIBundle({ url: '/openapi.json', dom_id: '#docs', persistAuthorization: false });\n",
);
