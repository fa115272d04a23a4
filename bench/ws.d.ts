/** The part of the package `ws` that is used here; it brings no types of its own. */
declare module 'ws' {
  import type { Server } from 'node:http';

  interface Listeners {
    open: () => void;
    message: (data: Buffer, isBinary: boolean) => void;
    close: (code: number, reason: Buffer) => void;
    error: (error: Error) => void;
  }

  export class WebSocket {
    constructor(url: string, options?: { readonly perMessageDeflate?: boolean });
    on<Event extends keyof Listeners>(event: Event, listener: Listeners[Event]): this;
    send(data: string | Buffer, options?: { readonly binary?: boolean }): void;
    close(code?: number): void;
    terminate(): void;
  }

  export class WebSocketServer {
    constructor(options: { readonly server: Server });
    on(
      event: 'connection',
      listener: (socket: WebSocket, request: { readonly url?: string }) => void,
    ): this;
  }
}
