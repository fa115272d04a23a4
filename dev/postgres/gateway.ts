import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { closeServer, isLoopbackHost, listenOnLoopback, readBody } from '../loopback.ts';
import { createCredentialsCheck } from './credentials.ts';
import type { SqlEngine } from './engine.ts';
import type { WireAnswer } from './wire.ts';
import { answerError, answerPayload, parsePayload, parseTransactionOptions } from './wire.ts';

/** How to start the gateway. */
export interface PostgresGatewayOptions {
  engine: SqlEngine;
  /** The string for `neon()`: requests need its user, password and database. */
  connectionString: string;
  /** A free port when absent. */
  port?: number;
}

/** A running gateway. */
export interface PostgresGateway {
  /** The value for `neonConfig.fetchEndpoint`: `http://127.0.0.1:PORT/sql`. */
  url: string;
  port: number;
  /** Lets requests finish for at most {@link CLOSE_GRACE_MS}. The engine stays open. */
  close(): Promise<void>;
}

/** The largest request, as at Neon. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;

/** Longer than clients keep idle connections: the server must not close one as it is reused. */
const KEEP_ALIVE_MS = 60_000;

/** How long the gateway waits for statements that still run when it is closed, in milliseconds. */
export const CLOSE_GRACE_MS = 2_000;

const send = (response: ServerResponse, { status, body }: WireAnswer): void => {
  const json = Buffer.from(JSON.stringify(body));
  response
    .writeHead(status, { 'content-type': 'application/json', 'content-length': json.length })
    .end(json);
};

/**
 * Serves Neon's SQL over HTTP on 127.0.0.1, so that `@neondatabase/serverless` and drizzle's
 * `neon-http` run against `engine` unmodified. Without CORS headers and with a loopback `Host`
 * only, web pages stay out, those with rebound DNS names included. The protocol is that of the
 * driver and of Neon's open-source proxy (`proxy/src/serverless/sql_over_http.rs`).
 *
 * @example
 * const gateway = await startPostgresGateway({ engine: await openPglite(), connectionString });
 * neonConfig.fetchEndpoint = gateway.url;
 * await neon(connectionString)`select 1`;
 */
export const startPostgresGateway = async (
  options: PostgresGatewayOptions,
): Promise<PostgresGateway> => {
  const { engine, connectionString } = options;
  const checkCredentials = createCredentialsCheck(connectionString);

  const answer = async (request: IncomingMessage): Promise<WireAnswer> => {
    const refuse = (status: number, message: string): WireAnswer => ({ status, body: { message } });
    const { headers, method, url } = request;
    const body = await readBody(request, MAX_BODY_BYTES);
    if (!isLoopbackHost(headers.host)) return refuse(403, 'only a loopback Host is served');
    if (url !== '/sql') return refuse(404, 'not found: POST /sql is all there is');
    if (method !== 'POST') return refuse(405, 'method not allowed: POST /sql is all there is');
    if (body === undefined)
      return refuse(413, `request is too large (max is ${MAX_BODY_BYTES} bytes)`);
    try {
      checkCredentials(headers['neon-connection-string']?.toString());
      return await answerPayload(
        engine,
        parsePayload(body.toString()),
        parseTransactionOptions(headers),
      );
    } catch (error) {
      return answerError(error);
    }
  };

  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    answer(request).then(
      (wireAnswer) => send(response, wireAnswer),
      // The client hung up while it sent its body.
      () => response.destroy(),
    );
  });
  const port = await listenOnLoopback(server, options.port);
  return {
    url: `http://127.0.0.1:${port}/sql`,
    port,
    close: () => closeServer(server, CLOSE_GRACE_MS),
  };
};
