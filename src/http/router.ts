import type { Context, MiddlewareHandler } from 'hono';
import { Hono } from 'hono';
import type * as z from 'zod';
import type { AnswerOf, BodyOf, Endpoint } from '../contract/endpoint.ts';
import { isPlainErrorCode } from '../contract/errors.ts';
import { ApiError } from '../errors.ts';
import type { Services } from '../services.ts';
import { verifyToken } from '../session/token.ts';
import { jsonBody } from './body.ts';
import type { AppEnv } from './context.ts';

/** What a handler gets: the request, its body after validation, and who is signed in where the endpoint wants somebody to be. */
export interface Call<E extends Endpoint> {
  readonly c: Context<AppEnv>;
  readonly body: BodyOf<E>;
  readonly userId: E extends { bearer: true } ? string : undefined;
}

/** Does what an endpoint promises: returns the body of its success, or throws an {@link ApiError}. */
export type Handler<E extends Endpoint> = (call: Call<E>) => AnswerOf<E> | Promise<AnswerOf<E>>;

/**
 * A router for endpoints of the contract. Method, path, sign-in, validation and status come from the endpoint; a handler whose answer differs from it
 * does not compile. (Two calls, because TypeScript has to know the endpoint before it can check what the handler returns.)
 *
 * @example
 * const { app, route } = createRouter(services);
 * route(getProfile)(async ({ userId }) => findProfile(db, userId));
 */
export const createRouter = ({ settings, now }: Pick<Services, 'settings' | 'now'>) => {
  const app = new Hono<AppEnv>();

  const signedIn = async (c: Context<AppEnv>): Promise<string> => {
    const [, token] = /^Bearer +(\S+)$/i.exec(c.req.header('Authorization')?.trim() ?? '') ?? [];
    if (!token) throw new ApiError('no_token');
    const userId = await verifyToken(settings.JWT_SECRET, token, now());
    if (!userId) throw new ApiError('invalid_token');
    return userId;
  };

  const route =
    <E extends Endpoint>(endpoint: E, ...before: MiddlewareHandler<AppEnv>[]) =>
    (handler: Handler<E>): void => {
      app.on([endpoint.method], [endpoint.path], ...before, async (c) => {
        const userId = endpoint.bearer ? await signedIn(c) : undefined;
        const body = endpoint.body ? validate(endpoint.body, await jsonBody(c)) : undefined;
        // The one place where the contract's types are taken at their word: the two lines above are what makes them true.
        const answer = await handler({ c, body, userId } as Call<E>);
        return c.json(answer, endpoint.success?.status);
      });
    };
  return { app, route };
};

/** The body after validation, or the error that its first issue names, in the order of the contract's keys. */
const validate = (schema: z.ZodType, body: unknown): unknown => {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const code = parsed.error.issues[0]?.message ?? '';
  throw new ApiError(isPlainErrorCode(code) ? code : 'invalid_field');
};
