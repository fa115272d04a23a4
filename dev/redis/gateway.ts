import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { closeServer, isLoopbackHost, listenOnLoopback, readBody } from '../loopback.ts';
import { isSameSecret } from '../same-secret.ts';
import type { Answer } from './answers.ts';
import { answerCommand, answerMultiExec, answerPipeline, failure } from './answers.ts';
import { toJsonItem, toResp2 } from './encoding.ts';
import type { RedisEngine } from './engine.ts';

/** Longer than clients keep idle connections: the server must not close one as it is reused. */
const KEEP_ALIVE_MS = 60_000;

/** Upstash's default limit for a request. */
const MAX_BODY_BYTES = 10 * 1024 * 1024;

const ROUTES: Readonly<Record<string, (engine: RedisEngine, body: unknown) => Promise<Answer>>> = {
  '/': answerCommand,
  '/pipeline': answerPipeline,
  '/multi-exec': answerMultiExec,
};

/** A listening gateway. `close()` drops open requests and leaves the engine to its owner. */
export interface RedisGateway {
  url: string;
  port: number;
  close(): Promise<void>;
}

/**
 * Serves Upstash's REST protocol on 127.0.0.1 in front of an engine, so that `@upstash/redis` runs
 * against it unmodified.
 *
 * Answers 200 `{result}` or an array of items; 400 `{error}` when Redis or the gateway refuses; 401
 * for a wrong token; 403 for a Host that is not loopback; 503 at once when Redis is away, which the
 * SDK throws as an `UpstashError` without retrying.
 *
 * @param options.token the bearer token that every request must carry
 * @param options.port 0, the default, takes a free port
 * @see https://upstash.com/docs/redis/features/restapi
 * @example
 * const engine = await openEmbedded();
 * const gateway = await startRedisGateway({ engine, token: 'local' });
 * const redis = new Redis({ url: gateway.url, token: 'local' });
 */
export const startRedisGateway = async (options: {
  engine: RedisEngine;
  token: string;
  port?: number;
}): Promise<RedisGateway> => {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    answer(request, options.engine, options.token)
      .catch((error: unknown) => {
        // A client that hangs up in the middle of its body causes no error of ours.
        if (!request.readableAborted) console.error('redis gateway:', error);
        return failure(500, 'ERR internal error of the gateway');
      })
      .then((result) => write(request, response, result));
  });
  const port = await listenOnLoopback(server, options.port);
  return { url: `http://127.0.0.1:${port}`, port, close: () => closeServer(server) };
};

const answer = async (
  request: IncomingMessage,
  engine: RedisEngine,
  token: string,
): Promise<Answer> => {
  // The body is always read: an unread one would break the client's connection before our answer.
  const body = await readBody(request, MAX_BODY_BYTES);
  if (!isLoopbackHost(request.headers.host)) {
    return failure(403, 'ERR Host is not a loopback address');
  }
  if (!isAuthorized(request.headers.authorization, token)) {
    return failure(401, 'WRONGPASS invalid or missing auth token');
  }
  const route = ROUTES[request.url ?? ''];
  if (route === undefined) {
    return failure(404, `ERR No such path: the gateway serves ${Object.keys(ROUTES).join(', ')}`);
  }
  if (request.method !== 'POST') return failure(405, 'ERR Method is not allowed, use POST');
  if (body === undefined) {
    return failure(413, `ERR max request size exceeded. Limit: ${MAX_BODY_BYTES} bytes`);
  }
  return route(engine, parseJson(body.toString()));
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const isAuthorized = (header: string | undefined, token: string): boolean => {
  const [, given = ''] = header?.match(/^Bearer (.+)$/i) ?? [];
  return isSameSecret(given, token);
};

const write = (
  request: IncomingMessage,
  response: ServerResponse,
  { status, reply }: Answer,
): void => {
  // There is one store, so any token promises the SDK rightly that it reads its own writes.
  const headers = { 'upstash-sync-token': '0' };
  if (request.headers['upstash-response-format'] === 'resp2') {
    response.writeHead(status, { ...headers, 'content-type': 'application/octet-stream' });
    response.end(toResp2('items' in reply ? reply.items : reply.value));
    return;
  }
  const encoding = request.headers['upstash-encoding'] === 'base64' ? 'base64' : 'utf8';
  const json =
    'items' in reply
      ? reply.items.map((item) => toJsonItem(item, encoding))
      : toJsonItem(reply.value, encoding);
  response.writeHead(status, { ...headers, 'content-type': 'application/json' });
  response.end(JSON.stringify(json));
};
