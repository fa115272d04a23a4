import { createMiddleware } from 'hono/factory';
import type { Language } from '../../contract/errors.ts';
import { LANGUAGES } from '../../contract/errors.ts';
import type { AppEnv } from './context.ts';

/** The header that asks for the language of messages. Browsers send Accept-Language unasked. */
export const LANGUAGE_HEADER = 'X-Language';

const languageOf = (given: string): Language | undefined => {
  const [primary] = given.trim().toLowerCase().split('-', 1);
  return LANGUAGES.find((language) => language === primary);
};

/** Notes the language that a request asks for; legacy clients ask for none [H10]. */
export const readLanguage = () =>
  createMiddleware<AppEnv>(async function readLanguage(c, next) {
    c.set('language', languageOf(c.req.header(LANGUAGE_HEADER) ?? ''));
    await next();
  });
