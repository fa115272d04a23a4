import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, request } from 'node:http';
import { PATIENCE_MS } from './patience.ts';

/**
 * How a store behaves towards the Worker: `dead` refuses every connection · `hang` takes the
 * request and never answers · `slow` answers after `ms` · `garbage` answers 200 with HTML ·
 * `nonsense` answers 200 with JSON that means nothing · `half` ends in the middle of the answer ·
 * `state` answers as Postgres behind Neon does with an SQLSTATE · `deaf` carries the request out
 * and loses the answer · `barrier` holds requests until `count` have come, then lets all go at once
 * · `hold` holds them until it is told to behave otherwise, and lets them go then.
 *
 * `only`: towards requests whose body has this text (the name of a script, say). `times`: so often,
 * then `pass`.
 */
export type Behaviour = (
  | { readonly mode: 'pass' | 'dead' | 'hang' | 'garbage' | 'nonsense' | 'half' | 'deaf' | 'hold' }
  | { readonly mode: 'slow'; readonly ms: number }
  | { readonly mode: 'state'; readonly code: string }
  | { readonly mode: 'barrier'; readonly count: number }
) & { readonly only?: string; readonly times?: number };

/**
 * A running proxy. It is told what to do over HTTP as well (see {@link ProxyControl}), since tests
 * run in other processes.
 */
export interface Proxy {
  readonly url: string;
  close(): Promise<void>;
}

const CONTROL = '/__proxy';

/** Stands between the Worker and a gateway: counts calls, and makes the store fail. */
export const startProxy = async (target: string): Promise<Proxy> => {
  let behaviour: Behaviour = { mode: 'pass' };
  let calls = 0;
  let affected = 0;
  let underway = 0;
  let waiting: (() => void)[] = [];

  const forward = (
    incoming: IncomingMessage,
    body: Buffer,
    answer: (status: number, headers: object, body: Buffer) => void,
  ) => {
    underway += 1;
    const upstream = request(new URL(incoming.url ?? '/', target), {
      method: incoming.method ?? 'POST',
      headers: { ...incoming.headers, host: new URL(target).host },
    });
    upstream.on('response', async (response) =>
      answer(response.statusCode ?? 500, response.headers, await bodyOf(response)),
    );
    upstream.on('error', () => incoming.socket.destroy());
    upstream.on('close', () => {
      underway -= 1;
    });
    upstream.end(body);
  };

  const serve = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const body = await bodyOf(incoming);
    if (incoming.url === CONTROL) {
      const answer = { calls, held: waiting.length, underway };
      if (incoming.method === 'PUT') {
        behaviour = JSON.parse(body.toString());
        calls = 0;
        affected = 0;
        for (const go of waiting) go();
        waiting = [];
      }
      outgoing.end(JSON.stringify(answer));
      return;
    }
    calls += 1;
    const pass = () =>
      forward(incoming, body, (status, headers, text) =>
        outgoing.writeHead(status, { ...headers }).end(text),
      );
    const { only, times = Number.POSITIVE_INFINITY } = behaviour;
    const concerned = (only === undefined || body.includes(only)) && affected < times;
    if (!concerned) return pass();
    affected += 1;
    switch (behaviour.mode) {
      case 'pass':
        return pass();
      case 'dead':
        incoming.socket.destroy();
        return;
      case 'hang':
        return;
      case 'slow':
        setTimeout(pass, behaviour.ms);
        return;
      case 'state': {
        const failure = { severity: 'ERROR', code: behaviour.code, message: 'By the test' };
        outgoing.writeHead(400, { 'content-type': 'application/json' });
        outgoing.end(JSON.stringify(failure));
        return;
      }
      case 'garbage':
        outgoing.writeHead(200, { 'content-type': 'text/html' }).end('<html>Bad gateway</html>');
        return;
      case 'nonsense':
        outgoing
          .writeHead(200, { 'content-type': 'application/json' })
          .end('{"result":["bm9uc2Vuc2U="],"rows":7,"fields":null}');
        return;
      case 'half':
        outgoing.writeHead(200, { 'content-type': 'application/json', 'content-length': '500' });
        outgoing.write('{"result":');
        setTimeout(() => incoming.socket.destroy(), 20);
        return;
      case 'deaf':
        return forward(incoming, body, () => incoming.socket.destroy());
      case 'hold':
        waiting.push(pass);
        return;
      case 'barrier': {
        waiting.push(pass);
        if (waiting.length < behaviour.count) return;
        const all = waiting;
        waiting = [];
        for (const go of all) go();
      }
    }
  };

  const server = createServer((incoming, outgoing) => void serve(incoming, outgoing));
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) =>
    server.once('error', reject).listen(0, '127.0.0.1', resolve),
  );
  const address = server.address();
  if (!address || typeof address === 'string') throw new Error('The proxy has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

const bodyOf = async (message: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of message) chunks.push(chunk);
  } catch {
    // The other side hung up, so this is all there is.
  }
  return Buffer.concat(chunks);
};

/** Tells a proxy from another process what to do, and asks what it saw. */
export class ProxyControl {
  readonly #url: string;

  constructor(proxyUrl: string) {
    this.#url = `${proxyUrl}${CONTROL}`;
  }

  /** Sets how the store behaves from now on, starts counting anew, and lets held requests go. */
  async behave(behaviour: Behaviour): Promise<void> {
    await fetch(this.#url, { method: 'PUT', body: JSON.stringify(behaviour) });
  }

  /** How many calls there were since the last {@link behave}. */
  async calls(): Promise<number> {
    return (await this.#state()).calls;
  }

  /** Waits until so many requests are held back. */
  held(count: number): Promise<void> {
    return this.#until(({ held }) => held >= count);
  }

  /** Waits until the store has answered everything, also what was given up. */
  idle(): Promise<void> {
    return this.#until(({ underway }) => underway === 0);
  }

  async #state(): Promise<{ calls: number; held: number; underway: number }> {
    return (await fetch(this.#url)).json();
  }

  async #until(reached: (state: { held: number; underway: number }) => boolean): Promise<void> {
    for (const deadline = Date.now() + PATIENCE_MS; !reached(await this.#state()); ) {
      if (Date.now() > deadline) throw new Error('The proxy never came to what was waited for');
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}
