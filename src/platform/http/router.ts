import type { Context, MiddlewareHandler } from 'hono';
import { Hono } from 'hono';
import type * as z from 'zod';
import type { AnswerOf, Endpoint, InputOf } from '../../contract/http/endpoint.ts';
import { isPlainErrorCode } from '../../contract/errors.ts';
import { ApiError } from '../errors.ts';
import type { Services } from '../../services.ts';
import type { Session } from '../../session/token.ts';
import { jwtSecrets, verifyToken } from '../../session/token.ts';
import { jsonBody } from './body.ts';
import type { AppEnv } from './context.ts';
import { deviceOf } from './device.ts';

type IfBearer<E extends Endpoint, Value> = E extends { bearer: true } ? Value : undefined;

/** What a handler gets: the request, its parts after validation, and who is signed in where the endpoint wants somebody to be. */
export interface Call<E extends Endpoint> {
  readonly c: Context<AppEnv>;
  readonly body: InputOf<E, 'body'>;
  readonly query: InputOf<E, 'query'>;
  readonly params: InputOf<E, 'params'>;
  readonly userId: IfBearer<E, string>;
  readonly session: IfBearer<E, Session>;
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
export const createRouter = ({ settings, sessions, now }: Pick<Services, 'settings' | 'sessions' | 'now'>) => {
  const app = new Hono<AppEnv>();
  const secrets = jwtSecrets(settings);

  const sessionOf = async (c: Context<AppEnv>): Promise<Session> => {
    const [, token] = /^Bearer +(\S+)$/i.exec(c.req.header('Authorization')?.trim() ?? '') ?? [];
    if (!token) throw new ApiError('no_token');
    const session = await verifyToken(secrets, token, now());
    if (!session) throw new ApiError('invalid_token');
    return session;
  };

  const mustLive = async (c: Context<AppEnv>, session: Session): Promise<void> => {
    if (!(await sessions.lives(session, deviceOf(c)))) throw new ApiError('invalid_token');
  };

  const serve =
    (selfChecking: boolean) =>
    <E extends Endpoint>(endpoint: E, ...before: MiddlewareHandler<AppEnv>[]) =>
    (handler: Handler<E>): void => {
      app.on([endpoint.method], [endpoint.path], ...before, async (c) => {
        const session = endpoint.bearer ? await sessionOf(c) : undefined;
        const params = endpoint.params && validate(endpoint.params, c.req.param());
        const query = endpoint.query && validate(endpoint.query, c.req.query());
        const body = endpoint.body && validate(endpoint.body, await jsonBody(c));
        // The one place where the contract's types are taken at their word: the lines above are what makes them true.
        const call = { c, body, query, params, userId: session?.userId, session } as Call<E>;
        const answer = async () => handler(call);
        const checked = async () => {
          if (!session || selfChecking || sessions.isRemembered(session)) return answer();
          // What only reads need not wait: its answer is thrown away when the session turns out to be revoked.
          const beside = endpoint.method === 'get' ? answer() : undefined;
          // Heard of below, or nobody has to.
          beside?.catch(() => undefined);
          await mustLive(c, session);
          return beside ?? answer();
        };
        const work = checked();
        // To its end, though the client hang up: what it began is completed or taken back, and told to whom it concerns.
        c.executionCtx.waitUntil(work.catch(() => undefined));
        return c.json(await work, endpoint.success?.status);
      });
    };

  return {
    app,
    /** Serves an endpoint. One that wants somebody to be signed in asks whether the session lives, unless this isolate heard so within half a minute. */
    route: serve(false),
    /** The same for a handler whose own script asks whether the session lives, and who throws `invalid_token` when it does not. */
    routeSelfChecking: serve(true),
  };
};

/** An input after validation, or the error that its first issue names, in the order of the contract's keys. */
export const validate = <S extends z.ZodType>(schema: S, input: unknown): z.output<S> => {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const code = parsed.error.issues[0]?.message ?? '';
  throw new ApiError(isPlainErrorCode(code) ? code : 'invalid_field');
};
