import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';

const FOLDER = new URL('./page/', import.meta.url);
const PAGE = 'page.html';

const TYPES: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  html: 'text/html; charset=utf-8',
  svg: 'image/svg+xml',
  ts: 'text/javascript; charset=utf-8',
};

const HEADERS = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  // Nothing that the page shows can load or send anything elsewhere.
  'content-security-policy': [
    "default-src 'none'",
    "style-src 'self'",
    "script-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
};

/** Reads a file of the page each time, so that an edit shows on reload. */
const read = (name: string) => readFile(new URL(name, FOLDER), 'utf8');

const respond = (text: string, name: string): Response =>
  new Response(text, { headers: { ...HEADERS, 'content-type': TYPES[typeOf(name)] ?? '' } });

const typeOf = (name: string): string => name.slice(name.lastIndexOf('.') + 1);

/** Serves the page with the phone, whose commands for first steps name the API at `apiUrl`. */
export const servePhonePage = async (apiUrl: string): Promise<Response> => {
  const html = await read(PAGE);
  const address = escapeAttribute(apiUrl.replace(/\/+$/, ''));
  return respond(
    html.replaceAll('{{apiUrl}}', () => address),
    PAGE,
  );
};

/** Serves a style, a script or an image of the page; a script without its types. */
export const servePagePart = async (name: string): Promise<Response | undefined> => {
  if (name === PAGE || !readdirSync(FOLDER).includes(name)) return undefined;
  const text = await read(name);
  return respond(typeOf(name) === 'ts' ? stripTypeScriptTypes(text) : text, name);
};

const escapeAttribute = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
