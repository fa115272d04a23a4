import type { Context } from 'hono';
import type { AppEnv } from './context.ts';
import { requestContextOf } from './request-context.ts';

/** Does work behind the answer of a request: see `RequestContext.defer`. */
export const background = (c: Context<AppEnv>) => requestContextOf(c, Date.now).defer;
