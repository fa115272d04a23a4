import type { Page } from 'playwright-core';
import type { MediaLine } from '../support/media-line.ts';

declare const routeCandidate: (candidate: string) => Promise<string | undefined>;

/** Runs in the page: every candidate of the other side is replaced by one that leads to it. */
const install = () => {
  globalThis.RTCPeerConnection = class extends RTCPeerConnection {
    override async addIceCandidate(given?: RTCIceCandidateInit | null): Promise<void> {
      if (!given?.candidate) return;
      const candidate = await routeCandidate(given.candidate);
      const { sdpMid = null, sdpMLineIndex = null } = given;
      if (candidate) await super.addIceCandidate({ candidate, sdpMid, sdpMLineIndex });
    }
    override setRemoteDescription({ type, sdp }: RTCSessionDescriptionInit): Promise<void> {
      // Candidates that stand in a description would lead past the line.
      const bare = sdp?.replace(/^a=candidate:.*\r\n/gm, '') ?? '';
      return super.setRemoteDescription({ type, sdp: bare });
    }
  };
};

/** Leads the media of a page through a line, which can be cut. */
export const leadMediaThrough = async (page: Page, line: MediaLine): Promise<void> => {
  await page.exposeFunction('routeCandidate', (candidate: string) => line.route(candidate));
  await page.addInitScript(install);
};
