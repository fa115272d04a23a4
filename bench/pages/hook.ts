/** What is measured of media, in every page alike. */
export interface MediaHook {
  /** When the first picture of a call was shown here, in milliseconds since 1970. */
  firstPicture(): number | undefined;
  /** How many pictures were decoded so far. */
  pictures(): Promise<number>;
  /** Forgets what was measured. */
  forget(): void;
}

/** Runs in a page before its script: keeps its connections, and looks at what they bring. */
export const installHook = (): void => {
  let made: RTCPeerConnection[] = [];
  let first: number | undefined;
  const show = (track: MediaStreamTrack) => {
    const video = document.createElement('video');
    Object.assign(video, { muted: true, autoplay: true, srcObject: new MediaStream([track]) });
    document.body.append(video);
    video.requestVideoFrameCallback(() => {
      first ??= performance.timeOrigin + performance.now();
    });
    track.addEventListener('ended', () => video.remove());
  };
  globalThis.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(options?: RTCConfiguration) {
      super(options);
      made.push(this);
      this.addEventListener('track', ({ track }) => {
        if (track.kind === 'video') show(track);
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
      for (const video of document.querySelectorAll('video')) video.remove();
    },
  };
  Object.assign(globalThis, { media: hook });
};
