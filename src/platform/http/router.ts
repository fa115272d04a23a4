import type { Context, MiddlewareHandler } from 'hono';
import { Hono } from 'hono';
import type * as z from 'zod';
import { isPlainErrorCode } from '../../contract/errors.ts';
import type { Endpoint, InputOf, ResultOf } from '../../contract/http/endpoint.ts';
import { ApiError } from '../errors.ts';
import { readJsonBody } from './body.ts';
import type { AppEnv } from './context.ts';
import type { RequestContext } from './request-context.ts';
import { requestContextOf } from './request-context.ts';

/** Says who sent a request, and whether their session still lives. */
export interface Authenticator<Session> {
  /**
   * The session of the token in the request.
   *
   * @throws {ApiError} `no_token`, `invalid_token`
   */
  identify(c: Context<AppEnv>): Promise<Session>;
  /** Whether this isolate heard within half a minute that the session lives. */
  isRemembered(session: Session): boolean;
  /**
   * Asks whether the session lives.
   *
   * @throws {ApiError} `invalid_token` when it was revoked
   */
  requireLiving(session: Session, client: RequestContext['client']): Promise<void>;
}

/** What a router needs. */
export interface RouterServices<Session> {
  readonly authenticator: Authenticator<Session>;
  /** The time in milliseconds since 1970. */
  now(): number;
}

type IfBearer<E extends Endpoint, Value> = E extends { bearer: true } ? Value : undefined;

/** What a handler gets: the request, its parts after validation, and who sent it. */
export interface HandlerInput<E extends Endpoint, Session> {
  readonly c: Context<AppEnv>;
  readonly ctx: RequestContext;
  readonly body: InputOf<E, 'body'>;
  readonly query: InputOf<E, 'query'>;
  readonly params: InputOf<E, 'params'>;
  readonly userId: IfBearer<E, string>;
  readonly session: IfBearer<E, Session>;
}

/** Handles a request: returns what a success is answered with, or throws an {@link ApiError}. */
type Handler<E extends Endpoint, Session, Result = ResultOf<E>> = (
  input: HandlerInput<E, Session>,
) => Result | Promise<Result>;

/**
 * Serves an endpoint. The result is a type parameter of its own, so that its literals stay
 * literals.
 *
 * @param before middleware that runs before the request is authenticated and validated
 */
interface Route<Session> {
  <E extends Endpoint, const Result extends ResultOf<NoInfer<E>>>(
    endpoint: E,
    handler: Handler<NoInfer<E>, Session, Result>,
  ): void;
  <E extends Endpoint, const Result extends ResultOf<NoInfer<E>>>(
    endpoint: E,
    before: MiddlewareHandler<AppEnv>,
    handler: Handler<NoInfer<E>, Session, Result>,
  ): void;
}

/**
 * Creates a router for endpoints of the contract. Method, path, sign-in, validation and status come
 * from the endpoint; a handler whose answer does not fit it does not compile.
 *
 * @example
 * const { app, route } = createRouter(services);
 * route(getProfile, async ({ userId }) => findProfile(db, userId));
 */
export const createRouter = <Session extends { readonly userId: string }>({
  authenticator,
  now,
}: RouterServices<Session>) => {
  const app = new Hono<AppEnv>();

  const readIfLiving = async <Value>(
    { session, ctx }: { readonly session: Session; readonly ctx: RequestContext },
    read: () => Promise<Value>,
  ): Promise<Value> => {
    if (authenticator.isRemembered(session)) return read();
    const value = read();
    // A failure is thrown below, or does not matter.
    value.catch(() => undefined);
    await authenticator.requireLiving(session, ctx.client);
    return value;
  };

  const serve = <E extends Endpoint>(
    endpoint: E,
    handler: Handler<E, Session>,
    { before, selfChecking }: { before: MiddlewareHandler<AppEnv>[]; selfChecking: boolean },
  ): void => {
    app.on([endpoint.method], [endpoint.path], ...before, async (c) => {
      const session = endpoint.bearer ? await authenticator.identify(c) : undefined;
      const params = endpoint.params && validate(endpoint.params, c.req.param());
      const query = endpoint.query && validate(endpoint.query, c.req.query());
      const body = endpoint.body && validate(endpoint.body, await readJsonBody(c));
      const ctx = requestContextOf(c, now);
      const userId = session?.userId;
      // This cast trusts the contract's types: the lines above make them true.
      const input = { c, ctx, body, query, params, userId, session } as HandlerInput<E, Session>;
      const answer = async () => handler(input);
      const answerIfLiving = async () => {
        if (!session || selfChecking || authenticator.isRemembered(session)) return answer();
        if (endpoint.method === 'get') return readIfLiving({ session, ctx }, answer);
        await authenticator.requireLiving(session, ctx.client);
        return answer();
      };
      const work = answerIfLiving();
      // The work goes on when the client hangs up, so that it is completed or undone.
      c.executionCtx.waitUntil(work.catch(() => undefined));
      return answerSuccess(c, endpoint, await work);
    });
  };

  const routeWith =
    (selfChecking: boolean): Route<Session> =>
    <E extends Endpoint>(
      endpoint: E,
      ...rest: [Handler<E, Session>] | [MiddlewareHandler<AppEnv>, Handler<E, Session>]
    ) =>
      rest.length === 1
        ? serve(endpoint, rest[0], { before: [], selfChecking })
        : serve(endpoint, rest[1], { before: [rest[0]], selfChecking });

  return {
    app,
    /** Serves an endpoint; if it wants a token, it asks whether the session lives. */
    route: routeWith(false),
    /** Serves an endpoint whose handler asks itself, and throws `invalid_token` if need be. */
    routeSelfChecking: routeWith(true),
    /**
     * Reads something while it asks whether the session lives, and throws away what was read when
     * the session was revoked.
     *
     * @throws {ApiError} `invalid_token`
     */
    readIfLiving,
  };
};

const answerSuccess = (c: Context<AppEnv>, { success }: Endpoint, result: unknown): Response => {
  if (success?.again === undefined) return c.json(result, success?.status);
  // This cast trusts the type of the result, which asks this of an endpoint with `again`.
  const { again, body } = result as { again: boolean; body: unknown };
  return c.json(body, again ? success.again : success.status);
};

/**
 * Validates an input.
 *
 * @throws {ApiError} the error that the first issue names, in the order of the keys
 */
export const validate = <S extends z.ZodType>(schema: S, input: unknown): z.output<S> => {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const code = parsed.error.issues[0]?.message ?? '';
  throw new ApiError(isPlainErrorCode(code) ? code : 'invalid_field');
};
