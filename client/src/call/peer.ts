import type { Signal } from '../contract.ts';
import { withoutCandidates } from './candidates.ts';
import type { MediaState } from './events.ts';

/** As much of an `RTCPeerConnection` as negotiation needs. */
export interface PeerConnectionLike {
  readonly signalingState: string;
  readonly connectionState: string;
  readonly localDescription: { readonly type: string; readonly sdp: string } | null;
  readonly remoteDescription: { readonly type: string } | null;
  setLocalDescription(): Promise<void>;
  setRemoteDescription(description: { type: 'offer' | 'answer'; sdp: string }): Promise<void>;
  addIceCandidate(candidate: Candidate): Promise<void>;
  restartIce(): void;
  close(): void;
  // biome-ignore lint/suspicious/noExplicitAny: each event has a type of its own.
  addEventListener(type: string, listener: (event: any) => void): void;
}

type Candidate = NonNullable<Extract<Signal, { kind: 'candidate' }>['candidate']>;

/** How to negotiate over a connection. */
export interface PeerOptions {
  /** Whether this side gives way when offers cross. */
  readonly polite: boolean;
  /** Whether no candidate of the other side is used until `release`. */
  readonly held: boolean;
  /** Hears each offer, answer and candidate that is for the other side, in their order. */
  onSignal(signal: Signal): void;
  onMedia(state: MediaState): void;
  /** Hears what the connection could not do; the negotiation goes on. */
  onError(what: string): void;
  /** Is called when an offer was applied and before it is answered: to add transceivers. */
  beforeAnswer(): void;
  /** Makes the first offer, where it is not simply `setLocalDescription` that does. */
  offerFirst?: ((tell: (sdp: string) => void) => Promise<void>) | undefined;
}

/** The negotiation over one connection. */
export interface Peer {
  /** Takes signals of the other side, in their order. */
  apply(signals: readonly Signal[]): void;
  /** Uses the candidates of the other side from now on. */
  release(): void;
  /** Has ICE restarted. */
  restart(): void;
  /** Ends the connection; nothing is heard of it any more. */
  close(): void;
}

const MEDIA: Readonly<Record<string, MediaState>> = {
  new: 'new',
  connecting: 'new',
  connected: 'connected',
  disconnected: 'disconnected',
  failed: 'failed',
};

/**
 * Negotiates over a connection as W3C WebRTC §10.7 (perfect negotiation) has it. All that is done
 * with the connection goes through one queue, so offers are made between signals, never among them.
 */
export const createPeer = (connection: PeerConnectionLike, options: PeerOptions): Peer => {
  const { polite, onSignal, onMedia, onError, beforeAnswer } = options;
  let { held } = options;
  let { offerFirst } = options;
  let isClosed = false;
  let ignoresOffer = false;
  let candidates: Candidate[] = [];
  let usedUfrag: string | undefined;
  let queue: Promise<void> = Promise.resolve();

  const enqueue = (what: string, work: () => Promise<void> | void): void => {
    queue = queue
      .then(() => (isClosed ? undefined : work()))
      .catch((error: unknown) => {
        if (!isClosed) onError(`${what}: ${error}`);
      });
  };

  const describe = async (): Promise<void> => {
    await connection.setLocalDescription();
    const { type, sdp } = connection.localDescription ?? {};
    if (!isClosed && sdp !== undefined && (type === 'offer' || type === 'answer'))
      onSignal({ kind: type, sdp });
  };

  const addCandidates = async (): Promise<void> => {
    if (held || !connection.remoteDescription) return;
    const added = candidates;
    candidates = [];
    for (const candidate of added) {
      try {
        await connection.addIceCandidate(candidate);
      } catch (error) {
        // The candidates of an offer that was ignored fit no description.
        if (!ignoresOffer && !isClosed) onError(`candidate: ${error}`);
      }
    }
  };

  const applyDescription = async (kind: 'offer' | 'answer', given: string): Promise<void> => {
    const isCrossing = kind === 'offer' && connection.signalingState !== 'stable';
    ignoresOffer = isCrossing && !polite;
    if (ignoresOffer) return;
    let sdp = given;
    // Candidates of before an ICE restart fit no longer.
    const ufrag = /^a=ice-ufrag:.*$/m.exec(given)?.[0];
    if (ufrag !== usedUfrag) candidates = [];
    usedUfrag = ufrag;
    if (held) {
      const split = withoutCandidates(given);
      sdp = split.sdp;
      candidates.push(...split.candidates);
    }
    // What was offered here and crosses this offer is rolled back by the browser.
    await connection.setRemoteDescription({ type: kind, sdp });
    if (kind === 'offer') {
      beforeAnswer();
      await describe();
    }
    await addCandidates();
  };

  connection.addEventListener('negotiationneeded', () =>
    enqueue('offer', () => {
      // Once the connection is stable the browser asks again.
      if (connection.signalingState !== 'stable') return;
      const offer = offerFirst ?? describe;
      offerFirst = undefined;
      return offer((sdp) => {
        if (!isClosed) onSignal({ kind: 'offer', sdp });
      });
    }),
  );
  connection.addEventListener('icecandidate', ({ candidate }: { candidate: Candidate | null }) => {
    if (isClosed || !candidate?.candidate) return;
    const { candidate: line, sdpMid = null, sdpMLineIndex = null, ...rest } = candidate;
    const { usernameFragment = null } = rest;
    const made = { candidate: line, sdpMid, sdpMLineIndex, usernameFragment };
    onSignal({ kind: 'candidate', candidate: made });
  });
  connection.addEventListener('connectionstatechange', () => {
    const media = MEDIA[connection.connectionState];
    if (!isClosed && media) onMedia(media);
  });

  return {
    apply: (signals) => {
      for (const signal of signals) {
        if (signal.kind !== 'candidate')
          enqueue(signal.kind, () => applyDescription(signal.kind, signal.sdp));
        else if (signal.candidate) {
          const { candidate } = signal;
          enqueue('candidate', () => {
            // It belongs to the offer that was ignored.
            if (ignoresOffer && !connection.remoteDescription) return;
            candidates.push(candidate);
            return addCandidates();
          });
        }
      }
    },
    release: () =>
      enqueue('candidate', () => {
        held = false;
        return addCandidates();
      }),
    restart: () => {
      if (!isClosed) connection.restartIce();
    },
    close: () => {
      isClosed = true;
      connection.close();
    },
  };
};
