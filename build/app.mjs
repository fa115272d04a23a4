import { createHash } from 'node:crypto';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build as bundle } from 'esbuild';
import { build, runnerImport } from 'vite';

const root = join(import.meta.dirname, '..');
const web = join(root, 'web');
const alias = [{ find: /^aist-client\/(.*)$/, replacement: join(root, 'client', 'src', '$1.ts') }];

/** The browsers that the app is made for. */
const TARGET = ['chrome111', 'edge111', 'firefox115', 'safari16.4'];

/**
 * Bundles a file as it stands in the page: one line, without a module's parts.
 *
 * @param {string} file
 */
const inline = async (file) => {
  const { outputFiles } = await bundle({
    entryPoints: [join(web, file)],
    bundle: true,
    minify: true,
    write: false,
    target: TARGET,
    format: 'iife',
  });
  return (outputFiles[0]?.text ?? '').trim();
};

/**
 * The source of a policy that allows one inlined text.
 *
 * @param {string} text
 */
const hashOf = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/**
 * Puts the prerendered page of signing in into the page, with its style and what runs before it is
 * painted.
 *
 * @param {{ page: string, style: string, early: string }} parts
 * @returns {import('vite').Plugin}
 */
const fillPage = ({ page, style, early }) => ({
  name: 'fill-page',
  transformIndexHtml: {
    order: 'post',
    handler: (html) =>
      html
        .replace('<!--page-->', () => page)
        .replace('<!--style-->', () => `<style>${style}</style>`)
        .replace('<!--early-->', () => `<script>${early}</script>`)
        // A space within a line is one between words.
        .replace(/>\s*\n\s*</g, '><')
        .trim(),
  },
});

/**
 * Builds the web app. The folder is changed only once all is built, so that whoever serves it
 * meanwhile serves the version before.
 *
 * @param {string} assets where the app is served from
 */
export const buildApp = async (assets) => {
  const fresh = join(assets, '..', `app-${process.pid}`);
  // Without it Vite's module runner sets it to development, and all that is built is larger.
  process.env.NODE_ENV = 'production';
  try {
    const { module } = await runnerImport(join(web, 'sign-in', 'page.ts'), {
      configFile: false,
      root: web,
      logLevel: 'error',
      resolve: { alias },
    });
    const [style, early] = await Promise.all([
      inline('sign-in/sign-in.css'),
      inline('sign-in/early.ts'),
    ]);
    const page = /** @type {{ renderPage(): string }} */ (module).renderPage();
    const plugins = [fillPage({ page, style, early })];
    const { output } = await buildPart({ outDir: fresh, plugins });
    await buildServiceWorker(fresh, output);
    const policy = { script: hashOf(early), style: hashOf(style) };
    writeFileSync(join(assets, '..', 'app-hashes.json'), JSON.stringify(policy));
    put(fresh, assets);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
};

/** What both the page of signing in and the app are made with. */
const CLIENT = new RegExp(
  [
    /\/client\/src\/(client|contract|error|options|qr|request|session|sign-in|store)\.ts$/,
    /\/web\/src\/app\/(client|preferences)\.ts$/,
    /preload-helper/,
  ]
    .map(({ source }) => source)
    .join('|'),
);

const CALL = /\/client\/src\/call\/|\/web\/src\/pages\/call\//;

/** Everything else but the words, which the app waits for while it is loaded. */
const APP = /\/web\/src\/(app|pages|parts)\/|\/client\/src\/|\/node_modules\/@?preact/;

/** @param {{ outDir: string, plugins: import('vite').Plugin[] }} options */
const buildPart = async ({ outDir, plugins }) => {
  const result = await build({
    configFile: false,
    root: web,
    logLevel: 'warn',
    resolve: { alias },
    plugins,
    // Calls of `h` with the children behind are smaller than those of `jsx` with them in an object.
    oxc: {
      include: /\.tsx$/,
      jsx: { runtime: 'classic', pragma: 'jsxElement', pragmaFrag: 'JsxFragment' },
      jsxInject: "import { h as jsxElement, Fragment as JsxFragment } from 'preact';",
    },
    build: {
      target: TARGET,
      outDir,
      emptyOutDir: true,
      assetsDir: 'app',
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
      // A dot before the hash: with a hyphen some names look like secrets to who searches logs.
      rolldownOptions: {
        // A slow machine is no fault of a plugin.
        checks: { bundlerTimings: false },
        output: {
          entryFileNames: 'app/[name].[hash].js',
          chunkFileNames: 'app/[name].[hash].js',
          assetFileNames: 'app/[name].[hash][extname]',
          // Fewer files compress better. What the page of signing in loads stays by itself, and so
          // does what calls are made of, with its screen: the app is there before it.
          codeSplitting: {
            groups: [
              { name: 'client', test: CLIENT, priority: 3 },
              { name: 'call', test: CALL, includeDependenciesRecursively: false, priority: 2 },
              { name: 'app', test: APP, priority: 1 },
            ],
          },
        },
      },
    },
  });
  if (Array.isArray(result) || !('output' in result)) throw new Error('Vite made no single build');
  return result;
};

/**
 * Builds the service worker, which knows the files of the shell by name.
 *
 * @param {string} folder
 * @param {readonly { fileName: string }[]} output
 */
const buildServiceWorker = async (folder, output) => {
  const source = join(web, 'service-worker', 'main.ts');
  if (!existsSync(source)) return;
  const page = readFileSync(join(folder, 'index.html'));
  const files = output
    .map(({ fileName }) => `/${fileName}`)
    .filter((name) => name !== '/index.html');
  const version = createHash('sha256').update(page).update(files.join()).digest('hex').slice(0, 12);
  await bundle({
    entryPoints: [source],
    outfile: join(folder, 'service-worker.js'),
    bundle: true,
    minify: true,
    target: TARGET,
    format: 'iife',
    define: { SHELL: JSON.stringify(['/', ...files]), VERSION: JSON.stringify(version) },
    logLevel: 'error',
  });
};

/**
 * Puts the fresh files in place of those before: the page after what it names, and what no page
 * names any more goes last.
 *
 * @param {string} fresh
 * @param {string} assets
 */
const put = (fresh, assets) => {
  const page = 'index.html';
  cpSync(fresh, assets, { recursive: true, filter: (source) => !source.endsWith(page) });
  cpSync(join(fresh, page), join(assets, page));
  const kept = new Set(readdirSync(join(fresh, 'app')));
  for (const name of readdirSync(join(assets, 'app')))
    if (!kept.has(name)) rmSync(join(assets, 'app', name));
};
