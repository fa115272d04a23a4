import type { Client } from '../client.ts';
import { AistError } from '../error.ts';
import type { LinkEffect, LinkEvent } from './types.ts';

/** What lets a device into a room, as the API answers it. */
export interface LinkTicket {
  readonly ticket: string;
  /** The path of the room. */
  readonly url: string;
}

/** What a driver works with. */
export interface LinkDriverOptions {
  readonly client: Pick<Client, 'WebSocket' | 'url' | 'log'>;
  /** Asks for a ticket; what it throws is told as a refusal. */
  ask(signal: AbortSignal): Promise<LinkTicket>;
  /** Hears what happened: never before `run` or `send` has returned. */
  tell(event: LinkEvent): void;
  /** Hears each frame but the answers to pings, after `tell` has heard that something came. */
  hear(attempt: number, text: string): void;
}

/** Does what a link wants: it asks for tickets, and has one socket at most. */
export interface LinkDriver {
  /** Does effects in their order. */
  run(effects: readonly LinkEffect[]): void;
  /** Sends a frame; says whether the socket of the attempt was open. */
  send(attempt: number, frame: object | 'ping'): boolean;
  /** Ends the request and the socket; nothing is told any more. */
  dispose(): void;
}

const NO_CODE = 1_006;

/** Creates a driver; it does nothing by itself. */
export const createLinkDriver = (options: LinkDriverOptions): LinkDriver => {
  const { client, ask, tell, hear } = options;
  let request: { readonly attempt: number; readonly controller: AbortController } | undefined;
  let open: { readonly attempt: number; readonly socket: WebSocket } | undefined;

  const endRequest = () => {
    const ended = request;
    request = undefined;
    ended?.controller.abort();
  };
  const endSocket = (code: number) => {
    const ended = open?.socket;
    open = undefined;
    if (!ended) return;
    for (const name of ['onopen', 'onmessage', 'onerror', 'onclose'] as const) ended[name] = null;
    // A socket that is not open yet reports its end as an error, which nobody waits for.
    ended.onerror = () => undefined;
    ended.close(code);
  };

  const askTicket = async (attempt: number): Promise<void> => {
    endRequest();
    const controller = new AbortController();
    request = { attempt, controller };
    // The attempt may not fail before the machine knows of it.
    await Promise.resolve();
    try {
      if (controller.signal.aborted) return;
      const { url, ticket } = await ask(controller.signal);
      if (controller.signal.aborted) return;
      request = undefined;
      const address = `${client.url.replace(/^http/, 'ws')}${url}?ticket=${ticket}`;
      tell({ type: 'ticket', attempt, url: address });
    } catch (error) {
      if (controller.signal.aborted) return;
      request = undefined;
      const known = error instanceof AistError ? error : undefined;
      if (!known) client.log('link.failed', { error: String(error) });
      const { code = 'no_answer', status = 0, retryAt } = known ?? {};
      tell({ type: 'refused', attempt, code, status, retryAt });
    }
  };

  const openSocket = (attempt: number, url: string) => {
    endSocket(1_000);
    const { WebSocket } = client;
    try {
      if (!WebSocket) throw new Error('There is no WebSocket');
      const socket = new WebSocket(url);
      open = { attempt, socket };
      socket.onopen = () => tell({ type: 'opened', attempt });
      socket.onmessage = ({ data }) => {
        tell({ type: 'heard', attempt });
        if (typeof data === 'string' && data !== 'pong') hear(attempt, data);
      };
      socket.onclose = ({ code }) => {
        if (open?.socket === socket) open = undefined;
        tell({ type: 'closed', attempt, code });
      };
    } catch (error) {
      // Its text may have the address, and that the ticket.
      client.log('link.failed', { error: (error as Error).name });
      void Promise.resolve().then(() => tell({ type: 'closed', attempt, code: NO_CODE }));
    }
  };

  const send = (attempt: number, frame: object | 'ping'): boolean => {
    // 1 is OPEN, by the standard.
    if (open?.attempt !== attempt || open.socket.readyState !== 1) return false;
    open.socket.send(frame === 'ping' ? frame : JSON.stringify(frame));
    return true;
  };

  return {
    run: (effects) => {
      for (const effect of effects) {
        if (effect.type === 'ask') void askTicket(effect.attempt);
        else if (effect.type === 'open') openSocket(effect.attempt, effect.url);
        else if (effect.type === 'send') send(effect.attempt, effect.text);
        else {
          endRequest();
          endSocket(effect.code);
        }
      }
    },
    send,
    dispose: () => {
      endRequest();
      endSocket(1_000);
    },
  };
};
