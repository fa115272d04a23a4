import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';

/** How often a request is sent at most. */
const TRIES = 5;

/** Sends JSON requests over connections that stay open, as a load balancer does. */
export class Requests {
  readonly #url: string;
  readonly #agent: Agent;
  /** How often a request was answered 503 and sent again. */
  refused = 0;

  constructor(url: string, connections: number) {
    this.#url = url;
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  /** Sends one, again where a busy machine made a store late (503); throws unless it is 2xx. */
  async send(
    method: 'GET' | 'POST' | 'PATCH',
    path: string,
    { token, body }: { readonly token?: string; readonly body?: object } = {},
  ): Promise<Record<string, unknown>> {
    let { status, said } = await this.#send(method, path, { token, body });
    for (let tried = 1; status === 503 && tried < TRIES; tried++) {
      this.refused += 1;
      ({ status, said } = await this.#send(method, path, { token, body }));
    }
    if (status >= 300) throw new Error(`${method} ${path} answered ${status}: ${said}`);
    return JSON.parse(said);
  }

  close(): void {
    this.#agent.destroy();
  }

  #send(
    method: string,
    path: string,
    { token, body }: { readonly token: string | undefined; readonly body: object | undefined },
  ): Promise<{ readonly status: number; readonly said: string }> {
    return new Promise((resolve, reject) => {
      const headers = {
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body && { 'content-type': 'application/json' }),
      };
      const options = { method, headers, agent: this.#agent };
      const sent = request(`${this.#url}${path}`, options, (response) => {
        const { statusCode: status = 0 } = response;
        text(response).then((said) => resolve({ status, said }), reject);
      });
      sent.on('error', reject);
      sent.end(body && JSON.stringify(body));
    });
  }
}
