/** What is measured of media, in every page alike. */
export interface MediaHook {
  /** When the first picture of a call was decoded here, in milliseconds since 1970. */
  firstPicture(): number | undefined;
  /** How many pictures were decoded so far. */
  pictures(): Promise<number>;
  /** Forgets what was measured. */
  forget(): void;
}

/** As browsers have it that our types do not know yet. */
declare const MediaStreamTrackProcessor: new (options: {
  track: MediaStreamTrack;
}) => { readonly readable: ReadableStream<{ close(): void }> };

/** Runs in a page before its script: keeps its connections, and looks at what they bring. */
export const installHook = (): void => {
  let made: RTCPeerConnection[] = [];
  let first: number | undefined;
  const awaitPicture = async (track: MediaStreamTrack) => {
    const { readable } = new MediaStreamTrackProcessor({ track });
    const { value } = await readable.getReader().read();
    first ??= performance.timeOrigin + performance.now();
    value?.close();
  };
  globalThis.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(options?: RTCConfiguration) {
      super(options);
      made.push(this);
      this.addEventListener('track', ({ track }) => {
        if (track.kind === 'video') void awaitPicture(track);
      });
    }
  };
  const count = async () => {
    let pictures = 0;
    for (const connection of made)
      for (const one of (await connection.getStats()).values())
        if (one.type === 'inbound-rtp') pictures += one.framesDecoded ?? 0;
    return pictures;
  };
  const hook: MediaHook = {
    firstPicture: () => first,
    pictures: count,
    forget: () => {
      made = [];
      first = undefined;
    },
  };
  Object.assign(globalThis, { media: hook });
};
