import type { Page } from 'playwright-core';

/**
 * Keeps the connections of a page: `lineCounts` there says how many lines each one describes, and
 * `captures` how often the browser was asked for a microphone or a camera.
 */
export const keepConnections = async (tab: Page): Promise<void> => {
  await tab.addInitScript(() => {
    const made: RTCPeerConnection[] = [];
    const Original = RTCPeerConnection;
    globalThis.RTCPeerConnection = class extends Original {
      constructor(options?: RTCConfiguration) {
        super(options);
        made.push(this);
      }
    };
    const measure = () =>
      made
        .filter(({ signalingState }) => signalingState !== 'closed')
        .map(({ localDescription }) => localDescription?.sdp.match(/^m=/gm)?.length ?? 0);
    const { mediaDevices } = navigator;
    const getUserMedia = mediaDevices.getUserMedia.bind(mediaDevices);
    let captured = 0;
    mediaDevices.getUserMedia = (wanted) => {
      captured += 1;
      return getUserMedia(wanted);
    };
    Object.assign(globalThis, { lineCounts: measure, captures: () => captured });
  });
};
