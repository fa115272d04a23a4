import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { isLoopbackHost, readBody } from '../loopback.ts';
import { refuse } from './reply.ts';

/** The largest body; larger ones are refused with 413. */
const MAX_BODY_BYTES = 1024 * 1024;

/**
 * Serves a Fetch-style handler on a `node:http` server that is reached by a loopback name. Any
 * other Host header is refused with 403: a web page has pointed its own name at this machine (DNS
 * rebinding). When the connection closes, the request's signal aborts and the answer's body is
 * cancelled.
 */
export const serveOnLoopback = (
  handle: (request: Request) => Response | Promise<Response>,
): RequestListener => {
  return async (incoming, outgoing) => {
    try {
      await send(await answer(handle, incoming, outgoing), outgoing);
    } catch (error) {
      // A caller who hangs up in the middle of a request causes no error of ours.
      if (incoming.complete) console.error('telegram stand-in:', error);
      outgoing.destroy();
    }
  };
};

const answer = async (
  handle: (request: Request) => Response | Promise<Response>,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
) => {
  const { host } = incoming.headers;
  const url = isLoopbackHost(host) ? URL.parse(`http://${host}${incoming.url}`) : null;
  if (!url) return refusal(403, 'Forbidden: not a loopback host');
  const body = await readBody(incoming, MAX_BODY_BYTES);
  if (!body) return refusal(413, 'Request Entity Too Large');
  const closed = new AbortController();
  outgoing.once('close', () => closed.abort());
  const { method = 'GET' } = incoming;
  return handle(
    new Request(url, {
      method,
      headers: Object.entries(incoming.headersDistinct).flatMap(([name, values = []]) =>
        values.map((value): [string, string] => [name, value]),
      ),
      signal: closed.signal,
      ...(method !== 'GET' && method !== 'HEAD' && { body }),
    }),
  );
};

const refusal = (status: number, description: string): Response => {
  return Response.json(refuse(status, description), { status });
};

const send = async (response: Response, outgoing: ServerResponse): Promise<void> => {
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  const reader = response.body?.getReader();
  outgoing.once('close', () => void reader?.cancel());
  for (let chunk = await reader?.read(); chunk && !chunk.done; chunk = await reader?.read())
    outgoing.write(chunk.value);
  outgoing.end();
};
