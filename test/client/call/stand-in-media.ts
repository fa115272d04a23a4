type Handler = ((event: object) => void) | null;

/** A data channel: what is sent arrives at the channel that it was joined with. */
class StandInChannel {
  readyState = 'connecting';
  other: StandInChannel | undefined;
  onopen: Handler = null;
  onmessage: Handler = null;

  open(other: StandInChannel | undefined) {
    if (!other || this.readyState !== 'connecting') return;
    this.other = other;
    this.readyState = 'open';
    queueMicrotask(() => this.onopen?.({}));
  }

  send(data: string) {
    queueMicrotask(() => this.other?.onmessage?.({ data }));
  }

  close() {
    this.readyState = 'closed';
  }
}

const createLine = (kind: string, mid: string | null) => {
  const sender = {
    track: null as object | null,
    replaceTrack: async (track: object | null) => {
      sender.track = track;
    },
    setStreams: () => undefined,
  };
  return {
    mid,
    direction: 'sendrecv',
    currentDirection: null,
    sender,
    receiver: { track: { kind } },
  };
};

type Description = { readonly type: 'offer' | 'answer'; readonly sdp: string };

const CANDIDATE = 'candidate:1 1 udp 1 198.51.100.7 46154 typ host';

/** Every connection that is open, by the name that stands in its descriptions. */
const connections = new Map<string, StandInConnection>();
let made = 0;

/** A connection that negotiates as one of a browser, and moves no media. */
class StandInConnection extends EventTarget {
  readonly name = String(++made);
  signalingState = 'stable';
  connectionState = 'new';
  localDescription: Description | null = null;
  remoteDescription: Description | null = null;
  currentLocalDescription: Description | null = null;
  currentRemoteDescription: Description | null = null;
  ontrack: Handler = null;
  onsignalingstatechange: Handler = null;
  readonly #lines: ReturnType<typeof createLine>[] = [];
  #channel: StandInChannel | undefined;

  constructor() {
    super();
    connections.set(this.name, this);
  }

  addTransceiver(kind: string) {
    const line = createLine(kind, null);
    this.#lines.push(line);
    this.restartIce();
    return line;
  }

  getTransceivers() {
    return this.#lines;
  }

  createDataChannel() {
    this.#channel = new StandInChannel();
    return this.#channel;
  }

  getConfiguration() {
    return { bundlePolicy: 'max-bundle' };
  }

  setConfiguration() {
    // There are no servers.
  }

  async getStats() {
    return new Map();
  }

  restartIce() {
    queueMicrotask(() => this.dispatchEvent(new Event('negotiationneeded')));
  }

  async createOffer(): Promise<Description> {
    return this.#describe('offer');
  }

  async setLocalDescription(given?: Description) {
    const isOffered = this.signalingState === 'have-remote-offer';
    this.localDescription = given ?? this.#describe(isOffered ? 'answer' : 'offer');
    for (const [index, line] of this.#lines.entries()) line.mid ??= String(index);
    this.#become(isOffered ? 'stable' : 'have-local-offer');
    const candidate = { candidate: CANDIDATE, sdpMid: '0', sdpMLineIndex: 0 };
    this.dispatchEvent(Object.assign(new Event('icecandidate'), { candidate }));
  }

  async setRemoteDescription(given: Description) {
    this.remoteDescription = given;
    const kinds = Array.from(given.sdp.matchAll(/^m=(audio|video)/gm), ([, kind = '']) => kind);
    for (const [index, kind] of kinds.entries()) {
      const line = this.#lines[index] ?? createLine(kind, String(index));
      this.#lines[index] = line;
      this.ontrack?.({ transceiver: line });
    }
    this.#become(given.type === 'offer' ? 'have-remote-offer' : 'stable');
  }

  async addIceCandidate() {
    this.#connect();
  }

  close() {
    connections.delete(this.name);
    this.signalingState = 'closed';
    this.connectionState = 'closed';
  }

  /** Connects both ends once both have described themselves and each other. */
  #connect() {
    const [, name = ''] = /^a=name:(.*)$/m.exec(this.remoteDescription?.sdp ?? '') ?? [];
    const other = connections.get(name);
    if (!other || this.signalingState !== 'stable' || other.signalingState !== 'stable') return;
    for (const [one, its] of [
      [this, other],
      [other, this],
    ] as const) {
      one.#channel?.open(its.#channel);
      if (one.connectionState === 'connected') continue;
      one.connectionState = 'connected';
      one.dispatchEvent(new Event('connectionstatechange'));
    }
  }

  #become(state: string) {
    this.signalingState = state;
    if (state === 'stable') {
      this.currentLocalDescription = this.localDescription;
      this.currentRemoteDescription = this.remoteDescription;
      this.#connect();
    }
    this.onsignalingstatechange?.({});
  }

  #describe(type: 'offer' | 'answer'): Description {
    const kinds = this.#lines.map(({ receiver }) => receiver.track.kind);
    const media = [...kinds, ...(this.#channel ? ['application'] : [])];
    const lines = ['v=0', `a=name:${this.name}`, ...media.map((kind) => `m=${kind} 9 x 0`)];
    return { type, sdp: `${lines.join('\n')}\n` };
  }
}

class StandInStream {
  readonly #tracks = new Set<object>();
  constructor(tracks: readonly object[] = []) {
    for (const track of tracks) this.addTrack(track);
  }
  getTracks() {
    return [...this.#tracks];
  }
  addTrack(track: object) {
    this.#tracks.add(track);
  }
  removeTrack(track: object) {
    this.#tracks.delete(track);
  }
}

class StandInAudio {
  srcObject: object | null = null;
  async play() {
    // There is no loudspeaker.
  }
  pause() {
    this.srcObject = null;
  }
}

/** What a browser has for calls and Node has not, by its global names. */
export const STAND_INS = {
  RTCPeerConnection: StandInConnection,
  MediaStream: StandInStream,
  Audio: StandInAudio,
} as const;
