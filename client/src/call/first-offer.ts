import type { PeerConnectionLike } from './peer.ts';

/** A connection that tells its first offer before it begins to look for candidates. */
export interface FirstOffer {
  /** What negotiates uses this in place of the connection. */
  readonly connection: PeerConnectionLike;
  /** Begins to look for candidates: the ICE servers are known. */
  begin(): void;
}

/**
 * Holds a connection back at its first offer. The offer goes with the request that makes the call,
 * and the ICE servers come with the answer to it: whoever looked for candidates before would find
 * none beyond their own network.
 */
export const holdFirstOffer = (connection: RTCPeerConnection): FirstOffer => {
  let offer: RTCSessionDescriptionInit | undefined;
  let isBegun = false;
  let letGo: () => void = () => undefined;
  const begun = new Promise<void>((resolve) => {
    letGo = resolve;
  });

  const like: PeerConnectionLike = {
    get signalingState() {
      return isBegun || !offer ? connection.signalingState : 'have-local-offer';
    },
    get connectionState() {
      return connection.connectionState;
    },
    get localDescription() {
      return (
        connection.localDescription ?? (offer ? { type: 'offer', sdp: offer.sdp ?? '' } : null)
      );
    },
    get remoteDescription() {
      return connection.remoteDescription;
    },
    setLocalDescription: async () => {
      if (isBegun) return connection.setLocalDescription();
      offer = await connection.createOffer();
    },
    setRemoteDescription: async (description) => {
      await begun;
      await connection.setRemoteDescription(description);
    },
    addIceCandidate: async (candidate) => {
      await begun;
      await connection.addIceCandidate(candidate);
    },
    restartIce: () => connection.restartIce(),
    close: () => {
      letGo();
      connection.close();
    },
    addEventListener: (type, listener) => connection.addEventListener(type, listener),
  };

  return {
    connection: like,
    begin: () => {
      if (isBegun) return;
      isBegun = true;
      const set = offer ? connection.setLocalDescription(offer) : Promise.resolve();
      // A description that does not fit is told by what comes next.
      set.then(letGo, letGo);
    },
  };
};
