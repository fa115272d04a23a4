// Somebody in the middle of a call, as a server that lies could be: it ends the connections of both
// sides with certificates of its own, and hands on whatever comes, media as well as messages.

/** A connection to one side, and what comes of it. */
const connect = () => {
  const connection = new RTCPeerConnection();
  const channel = connection.createDataChannel('aist', { negotiated: true, id: 0 });
  return { connection, channel };
};
const [toCaller, toCallee] = [connect(), connect()];

/** Hands on what comes from one side to the other. */
const bridge = (from: ReturnType<typeof connect>, to: ReturnType<typeof connect>) => {
  from.channel.onmessage = ({ data }) => to.channel.send(data);
  from.connection.ontrack = ({ track }) => {
    // Chromium decodes sound only where somebody listens.
    const listener = new Audio();
    Object.assign(listener, { srcObject: new MediaStream([track]), muted: true });
    void listener.play();
    const line = to.connection
      .getTransceivers()
      .find(({ receiver, sender }) => receiver.track.kind === track.kind && !sender.track);
    void line?.sender.replaceTrack(track);
  };
};

/** Describes this end, with all of its candidates. */
const describe = async ({ connection }: ReturnType<typeof connect>): Promise<string> => {
  await connection.setLocalDescription();
  while (connection.iceGatheringState !== 'complete')
    await new Promise((resolve) =>
      connection.addEventListener('icegatheringstatechange', resolve, { once: true }),
    );
  return connection.localDescription?.sdp ?? '';
};

let answerForCaller: Promise<string> | undefined;

const middle = {
  /** Takes the caller's offer; returns its own for the callee. */
  offer: async (sdp: string): Promise<string> => {
    // A page that may use the camera tells real addresses.
    const media = await navigator.mediaDevices.getUserMedia({ audio: true });
    for (const kind of ['audio', 'video']) toCallee.connection.addTransceiver(kind);
    bridge(toCallee, toCaller);
    bridge(toCaller, toCallee);
    await toCaller.connection.setRemoteDescription({ type: 'offer', sdp });
    for (const line of toCaller.connection.getTransceivers()) line.direction = 'sendrecv';
    answerForCaller = describe(toCaller);
    const offer = await describe(toCallee);
    for (const track of media.getTracks()) track.stop();
    return offer;
  },
  /** Takes the callee's answer; returns its own for the caller. */
  answer: async (sdp: string): Promise<string> => {
    await toCallee.connection.setRemoteDescription({ type: 'answer', sdp });
    return (await answerForCaller) ?? '';
  },
  candidate: (side: 'caller' | 'callee', candidate: RTCIceCandidateInit): Promise<void> =>
    (side === 'caller' ? toCaller : toCallee).connection.addIceCandidate(candidate),
};
export type Middle = typeof middle;
Object.assign(globalThis, { middle });
