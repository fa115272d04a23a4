import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { createMiddleware } from 'hono/factory';
import { verifyCode, verifyLink } from '../../contract/http/auth.ts';
import { checkQr } from '../../contract/http/qr.ts';
import { logout } from '../../contract/http/sessions.ts';
import type { AppEnv } from './context.ts';

/** The header by which a page asks for a token whose signature no script can read [A49]. */
const HEADER = 'X-Session';

/** The cookie with the signature. `__Host-` has browsers take it from this very host alone. */
const NAME = 'aist';
const ATTRIBUTES = {
  prefix: 'host',
  path: '/',
  secure: true,
  httpOnly: true,
  sameSite: 'Strict',
} as const;

const SIGN_INS = new Set<string>([verifyCode.path, verifyLink.path, checkQr.path]);

/**
 * Completes the token of a request: one that ends with a dot has its signature in the cookie
 * [A49]. Any other is returned as it is.
 */
export const completeToken = (c: Context<AppEnv>, token: string): string =>
  token.endsWith('.') ? `${token}${getCookie(c, NAME, 'host') ?? ''}` : token;

/** Whether an answer has a token. */
const hasToken = (body: unknown): body is { readonly token: string } =>
  typeof body === 'object' && body !== null && 'token' in body && typeof body.token === 'string';

/**
 * Puts the signature of a new token into a cookie, for pages that ask for it; takes the cookie back
 * when they sign out [A49].
 *
 * @param maxAge how long a token is valid, in seconds
 */
export const splitTokens = (maxAge: number) =>
  createMiddleware<AppEnv>(async function splitTokens(c, next) {
    await next();
    const { path } = c.req;
    if (c.req.header(HEADER) !== 'cookie' || c.res.status !== 200) return;
    if (path === logout.path) deleteCookie(c, NAME, ATTRIBUTES);
    if (!SIGN_INS.has(path)) return;
    const body: unknown = await c.res.clone().json();
    if (!hasToken(body)) return;
    const [header = '', payload = '', signature = ''] = body.token.split('.');
    setCookie(c, NAME, signature, { ...ATTRIBUTES, maxAge });
    const text = JSON.stringify({ ...body, token: `${header}.${payload}.` });
    c.res = new Response(text, c.res);
  });
