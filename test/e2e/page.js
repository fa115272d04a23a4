// A client of docs/protocol.md by hand: no SDK, what a browser has. The test calls what is put on
// `globalThis.client`.

const VERSION = 1;
const PING_MS = 5_000;
const state = document.querySelector('#state');

/** A picture, mine without its sound. */
const picture = (muted) => {
  const video = Object.assign(document.createElement('video'), {
    autoplay: true,
    muted,
    playsInline: true,
  });
  document.body.append(video);
  return video;
};
const [mine, theirs] = [picture(true), picture(false)];

/** Who is signed in, and where. */
let api;
let token;
/** What rings, and what is going on: a call has a connection and the socket of its room. */
let ringing;
let current;

const request = async (path, body) => {
  const answer = await fetch(`${api}${path}`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(body ?? {}),
  });
  const json = await answer.json();
  if (!answer.ok) throw new Error(json.message);
  return json;
};

/** A socket of a room, after its hello. */
const enter = ({ url, ticket }, onFrame) => {
  const socket = new WebSocket(`${api.replace('http', 'ws')}${url}?ticket=${ticket}`);
  const say = (frame) => socket.send(JSON.stringify(frame));
  socket.onopen = () => say({ type: 'hello', version: VERSION });
  socket.onmessage = ({ data }) => onFrame(JSON.parse(data), say);
  const pings = setInterval(
    () => socket.readyState === WebSocket.OPEN && say({ type: 'ping' }),
    PING_MS,
  );
  socket.onclose = () => clearInterval(pings);
  return { socket, say };
};

const listen = async (where) => {
  ({ api, token } = where);
  enter(await request('/api/calls/inbox'), (frame) => {
    if (frame.type === 'welcome') state.textContent = 'listening';
    if (frame.type === 'ring') {
      ringing = frame;
      state.textContent = 'ringing';
    }
  });
};

const openConnection = async (video) => {
  const connection = new RTCPeerConnection();
  const media = await navigator.mediaDevices.getUserMedia({ audio: true, video });
  mine.srcObject = media;
  for (const track of media.getTracks()) connection.addTrack(track, media);
  connection.ontrack = ({ streams }) => {
    theirs.srcObject = streams[0];
  };
  return { connection, media };
};

/**
 * The room of a call: numbers what is signalled, and applies what comes. `sent` signals were in the
 * request that began the call.
 */
const join = (admitted, { connection, media, video }, sent, onWelcome) => {
  let seq = sent;
  const waiting = [];
  let open = false;
  const flush = (say) => {
    while (open && waiting.length > 0) say({ type: 'signal', seq: ++seq, signal: waiting.shift() });
  };
  const room = enter(admitted, async (frame, say) => {
    if (frame.type === 'welcome') onWelcome?.(say);
    if (frame.type === 'welcome' && frame.state === 'accepted') open = true;
    if (frame.type === 'state')
      state.textContent = frame.reason ? `${frame.state}: ${frame.reason}` : frame.state;
    if (frame.type === 'state' && frame.state === 'accepted') open = true;
    if (frame.type === 'signal') {
      say({ type: 'ack', seen: { [frame.from]: { epoch: frame.epoch, seq: frame.seq } } });
      for (const signal of frame.signals) await apply(signal, signalling);
    }
    if (frame.type === 'state' && frame.state === 'ended') {
      connection.close();
      for (const track of media.getTracks()) track.stop();
    }
    flush(say);
  });
  const signalling = {
    connection,
    signal: (signal) => {
      waiting.push(signal);
      flush(room.say);
    },
  };
  connection.onicecandidate = ({ candidate }) =>
    signalling.signal({ kind: 'candidate', candidate: candidate?.toJSON() ?? null });
  current = { connection, room, video };
  return signalling;
};

// One after the other: a candidate may not overtake its description.
let applied = Promise.resolve();
const apply = (signal, { connection, signal: send }) => {
  applied = applied.then(async () => {
    if (signal.kind === 'candidate')
      return connection.addIceCandidate(signal.candidate ?? undefined);
    await connection.setRemoteDescription({ type: signal.kind, sdp: signal.sdp });
    if (signal.kind !== 'offer') return;
    await connection.setLocalDescription();
    send({ kind: 'answer', sdp: connection.localDescription.sdp });
  });
  return applied;
};

const call = async (to, video) => {
  const opened = await openConnection(video);
  const { connection } = opened;
  const early = [];
  connection.onicecandidate = ({ candidate }) => early.push(candidate);
  await connection.setLocalDescription();
  const admitted = await request('/api/calls', {
    to,
    video,
    offer: connection.localDescription.sdp,
  });
  state.textContent = 'calling';
  const { signal } = join(admitted, { ...opened, video }, 1);
  for (const candidate of early)
    signal({ kind: 'candidate', candidate: candidate?.toJSON() ?? null });
};

const accept = async () => {
  const opened = await openConnection(ringing.video);
  const admitted = await request(`/api/calls/${ringing.call}/ticket`);
  join(admitted, { ...opened, video: ringing.video }, 0, (say) => say({ type: 'accept' }));
};

const hangUp = () => current.room.say({ type: 'hangup' });

/** What has come in so far. */
const received = async () => {
  const counts = { frames: 0, samples: 0, packets: 0 };
  for (const report of (await current.connection.getStats()).values()) {
    if (report.type !== 'inbound-rtp') continue;
    counts.packets += report.packetsReceived;
    if (report.kind === 'video') counts.frames += report.framesDecoded ?? 0;
    else counts.samples += report.totalSamplesReceived ?? 0;
  }
  return counts;
};

globalThis.client = { listen, call, accept, hangUp, received };
