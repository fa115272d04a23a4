/** As much of the package as a page uses: only who measures installs it. */
declare module 'peerjs' {
  export interface MediaConnection {
    readonly open: boolean;
    answer(stream: MediaStream): void;
    close(): void;
    on(event: 'close', listener: () => void): void;
  }
  export class Peer {
    constructor(
      id: string,
      options: { host: string; port: number; path: string; config: RTCConfiguration },
    );
    readonly disconnected: boolean;
    call(to: string, stream: MediaStream): MediaConnection;
    reconnect(): void;
    on(event: 'call', listener: (call: MediaConnection) => void): void;
    on(event: 'disconnected', listener: () => void): void;
    once(event: 'open', listener: () => void): void;
  }
}
