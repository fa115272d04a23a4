/** What the client's end of a connection hears. */
export interface ClientEnd {
  opened(): void;
  received(text: string): void;
  /** `code` is that of the close frame; 1006 when none came. */
  closed(code: number, reason: string): void;
}

/** The client's end of a connection, as its socket uses it. */
export interface ClientLine {
  send(text: string): void;
  close(code: number): void;
}

type Handler = ((event: Event) => unknown) | null;

/** The states of a socket, by the standard. */
const STATES = { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 } as const;

/** The code of a close frame without one (RFC 6455 §7.1.5). */
const NO_STATUS = 1_005;

/** Makes a class of WebSockets; `open` connects one, and says nothing before it has returned. */
export const createSocketClass = (
  open: (url: URL, end: ClientEnd) => ClientLine,
): typeof globalThis.WebSocket => {
  class MemorySocket extends EventTarget {
    readonly url: string;
    readonly extensions = '';
    readonly protocol = '';
    readonly bufferedAmount = 0;
    binaryType = 'blob';
    readyState: number = STATES.CONNECTING;
    onopen: Handler = null;
    onmessage: Handler = null;
    onerror: Handler = null;
    onclose: Handler = null;
    readonly #line: ClientLine;

    constructor(url: string | URL) {
      super();
      this.url = String(url);
      this.#line = open(new URL(url), {
        opened: () => {
          if (this.readyState !== STATES.CONNECTING) return;
          this.readyState = STATES.OPEN;
          this.#tell('open');
        },
        received: (data) => {
          if (this.readyState === STATES.OPEN) this.#tell('message', { data });
        },
        closed: (code, reason) => {
          if (this.readyState === STATES.CLOSED) return;
          const wasOpen = this.readyState !== STATES.CONNECTING;
          this.readyState = STATES.CLOSED;
          if (!wasOpen) this.#tell('error');
          this.#tell('close', { code, reason, wasClean: code !== 1_006 });
        },
      });
    }

    send(data: unknown): void {
      if (this.readyState === STATES.CONNECTING)
        throw new DOMException('The socket is not open yet', 'InvalidStateError');
      if (this.readyState === STATES.OPEN) this.#line.send(String(data));
    }

    close(code: number = NO_STATUS): void {
      if (this.readyState >= STATES.CLOSING) return;
      this.readyState = STATES.CLOSING;
      this.#line.close(code);
    }

    #tell(type: 'open' | 'message' | 'error' | 'close', fields: object = {}): void {
      const event = Object.assign(new Event(type), fields);
      this[`on${type}`]?.call(this, event);
      this.dispatchEvent(event);
    }
  }
  Object.assign(MemorySocket, STATES);
  Object.assign(MemorySocket.prototype, STATES);
  // It has what the standard asks for, but for binary frames, which no room reads.
  return MemorySocket as unknown as typeof globalThis.WebSocket;
};
