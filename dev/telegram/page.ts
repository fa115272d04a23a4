import { readFile } from 'node:fs/promises';

const SOURCE = new URL('./page.html', import.meta.url);
const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  // The page is one file: nothing that it shows can load or send anything elsewhere.
  'content-security-policy': [
    "default-src 'none'",
    "style-src 'unsafe-inline'",
    "script-src 'unsafe-inline'",
    'img-src data:',
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
};

/**
 * Serves the page with the phone, whose commands for first steps name the API at `apiUrl`. The file
 * is read each time, so that an edit shows on reload.
 */
export const servePhonePage = async (apiUrl: string): Promise<Response> => {
  const html = await readFile(SOURCE, 'utf8');
  const address = escapeAttribute(apiUrl.replace(/\/+$/, ''));
  return new Response(
    html.replace('{{apiUrl}}', () => address),
    { headers: HEADERS },
  );
};

const escapeAttribute = (text: string): string => {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
};
