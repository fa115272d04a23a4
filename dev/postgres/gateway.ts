import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { credentialsCheck } from './credentials.ts';
import type { SqlEngine } from './engine.ts';
import { answerError, answerPayload, parsePayload, parseTransactionOptions, type WireAnswer } from './wire.ts';

/** What the gateway serves, to whom and where. */
export interface PostgresGatewayOptions {
  engine: SqlEngine;
  /** Requests are served only with this user, password and database; the same string goes to `neon()`. */
  connectionString: string;
  /** A free one when absent. */
  port?: number;
}

/** A running gateway. */
export interface PostgresGateway {
  /** For `neonConfig.fetchEndpoint`: `http://127.0.0.1:PORT/sql`. */
  url: string;
  port: number;
  /** Lets requests under way finish. The engine stays open: it belongs to the caller. */
  close(): Promise<void>;
}

/** Neon's limit on a request, too. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;
/** Longer than clients keep an idle connection, so that the server never closes one that is just being reused. */
const KEEP_ALIVE_MS = 60_000;

const LOOPBACK_HOST = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i;

/** The body as text, or undefined past the limit (the rest is then read and dropped, so that the answer arrives). */
const readBody = async (request: IncomingMessage): Promise<string | undefined> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= MAX_BODY_BYTES) chunks.push(chunk);
    else chunks.length = 0;
  }
  return size > MAX_BODY_BYTES ? undefined : Buffer.concat(chunks).toString();
};

const send = (response: ServerResponse, { status, body }: WireAnswer): void => {
  const json = Buffer.from(JSON.stringify(body));
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': json.length }).end(json);
};

/**
 * Serves Neon's SQL over HTTP on 127.0.0.1, so that `@neondatabase/serverless` and drizzle's `neon-http` run against
 * `engine` unmodified. No CORS headers and a loopback `Host` only: web pages, rebound DNS names included, stay out.
 * The protocol is that of the driver and of Neon's open-source proxy (`proxy/src/serverless/sql_over_http.rs`).
 *
 * @example
 * const gateway = await startPostgresGateway({ engine: await openPglite(), connectionString });
 * neonConfig.fetchEndpoint = gateway.url;
 * await neon(connectionString)`select 1`;
 */
export const startPostgresGateway = async (options: PostgresGatewayOptions): Promise<PostgresGateway> => {
  const { engine, connectionString, port = 0 } = options;
  const checkCredentials = credentialsCheck(connectionString);

  const answer = async (request: IncomingMessage): Promise<WireAnswer> => {
    const refuse = (status: number, message: string): WireAnswer => ({ status, body: { message } });
    const { headers, method, url } = request;
    const body = await readBody(request);
    if (!LOOPBACK_HOST.test(headers.host ?? '')) return refuse(403, 'only a loopback Host is served');
    if (url !== '/sql') return refuse(404, 'not found: POST /sql is all there is');
    if (method !== 'POST') return refuse(405, 'method not allowed: POST /sql is all there is');
    if (body === undefined) return refuse(413, `request is too large (max is ${MAX_BODY_BYTES} bytes)`);
    try {
      checkCredentials(headers['neon-connection-string']?.toString());
      return await answerPayload(engine, parsePayload(body), parseTransactionOptions(headers));
    } catch (error) {
      return answerError(error);
    }
  };

  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    answer(request).then(
      (wireAnswer) => send(response, wireAnswer),
      () => response.destroy(), // the client broke off while it sent
    );
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the gateway has no TCP address');

  return {
    url: `http://127.0.0.1:${address.port}/sql`,
    port: address.port,
    async close() {
      server.close();
      await once(server, 'close');
    },
  };
};
