import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type Answer, answerCommand, answerMultiExec, answerPipeline, failure } from './answers.ts';
import { toJsonItem, toResp2 } from './encoding.ts';
import type { RedisEngine } from './engine.ts';

/** Upstash's default limit for a request. */
const MAX_BODY_BYTES = 10 * 1024 * 1024;

const LOOPBACK_HOSTS = new Set(['127.0.0.1', 'localhost', '[::1]']);

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
 * Serves Upstash's REST protocol on 127.0.0.1 in front of an engine, so that the stock `@upstash/redis` runs against it.
 *
 * Answers 200 `{result}` or an array of items; 400 `{error}` for what Redis or the gateway refuses; 401 for a wrong
 * token; 403 for a Host that is not loopback; 503 when Redis is away, at once, which the SDK throws as an `UpstashError`
 * without retrying.
 *
 * @param options.token the bearer token that every request must carry.
 * @param options.port 0, the default, takes a free one.
 * @see https://upstash.com/docs/redis/features/restapi
 * @example
 * const engine = await openEmbedded();
 * const gateway = await startRedisGateway({ engine, token: 'local' });
 * const redis = new Redis({ url: gateway.url, token: 'local' });
 */
export async function startRedisGateway(options: {
  engine: RedisEngine;
  token: string;
  port?: number;
}): Promise<RedisGateway> {
  const server = createServer((request, response) => {
    answer(request, options.engine, options.token)
      .catch((error: unknown) => {
        // A client that hung up in the middle of its body is its own affair.
        if (!request.readableAborted) {
          console.error('redis gateway:', error);
        }
        return failure(500, 'ERR internal error of the gateway');
      })
      .then((result) => write(request, response, result));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') {
    throw new Error('the gateway has no port');
  }
  return {
    url: `http://127.0.0.1:${address.port}`,
    port: address.port,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(request: IncomingMessage, engine: RedisEngine, token: string): Promise<Answer> {
  // The body is read whatever the outcome: an unread one would break the client's connection before our answer.
  const body = await readBody(request);
  // A page in the developer's browser can point its own name at 127.0.0.1; it cannot forge Host.
  if (!isLoopback(request.headers.host)) {
    return failure(403, 'ERR Host is not a loopback address');
  }
  if (!isAuthorized(request.headers.authorization, token)) {
    return failure(401, 'WRONGPASS invalid or missing auth token');
  }
  const route = ROUTES[request.url ?? ''];
  if (route === undefined) {
    return failure(404, `ERR No such path: the gateway serves ${Object.keys(ROUTES).join(', ')}`);
  }
  if (request.method !== 'POST') {
    return failure(405, 'ERR Method is not allowed, use POST');
  }
  if (body === undefined) {
    return failure(413, `ERR max request size exceeded. Limit: ${MAX_BODY_BYTES} bytes`);
  }
  return route(engine, parseJson(body));
}

/** The whole body, or undefined when it is over the limit: then it is read to its end without being kept. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size <= MAX_BODY_BYTES) {
      chunks.push(chunk);
    }
  }
  return size <= MAX_BODY_BYTES ? Buffer.concat(chunks).toString() : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isLoopback(host = ''): boolean {
  return LOOPBACK_HOSTS.has(host.replace(/:\d+$/, '').toLowerCase());
}

function isAuthorized(header: string | undefined, token: string): boolean {
  const [, given = ''] = header?.match(/^Bearer (.+)$/i) ?? [];
  // Hashed, because timingSafeEqual wants equal lengths and must not tell the token's.
  return timingSafeEqual(sha256(given), sha256(token));
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function write(request: IncomingMessage, response: ServerResponse, { status, reply }: Answer): void {
  // One store, nothing to wait for: any token promises the SDK that it reads its own writes.
  const headers = { 'upstash-sync-token': '0' };
  if (request.headers['upstash-response-format'] === 'resp2') {
    response.writeHead(status, { ...headers, 'content-type': 'application/octet-stream' });
    response.end(toResp2('items' in reply ? reply.items : reply.value));
    return;
  }
  const encoding = request.headers['upstash-encoding'] === 'base64' ? 'base64' : 'utf8';
  const json =
    'items' in reply ? reply.items.map((item) => toJsonItem(item, encoding)) : toJsonItem(reply.value, encoding);
  response.writeHead(status, { ...headers, 'content-type': 'application/json' });
  response.end(JSON.stringify(json));
}
