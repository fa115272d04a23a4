/**
 * A call between two clients of the legacy server, as it went over /ws [C37]: each frame to the
 * byte, and what the other side was sent for it. `‹caller›` and `‹callee›` stand for the ids of the
 * two.
 */
export type Exchange = readonly {
  readonly from: 'caller' | 'callee';
  readonly says: string;
  /** What the other side hears; absent = nothing. */
  readonly heard?: string;
}[];

const OFFER_SDP = String.raw`v=0\r\no=- 4611731400430051336 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n`;
const ANSWER_SDP = String.raw`v=0\r\no=- 7595655801978680453 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=setup:active\r\n`;

const ice = (n: number, extra = '') =>
  `{"event":"call:ice","payload":{"candidate":{"candidate":"candidate:${n} 1 udp 2122260223 192.168.1.${n} 5600${n} typ host generation 0 ufrag EsAw network-id 1","sdpMid":"0","sdpMLineIndex":0,"usernameFragment":"EsAw"}${extra}}}`;

const ping = (from: 'caller' | 'callee') => ({ from, says: '{"type":"ping"}' });
const passedOn = (from: 'caller' | 'callee', says: string) => ({ from, says, heard: says });

/** A video call from the web client: the callee named by `userId`, the answer wrapped in `sdp`. */
export const WEB_CALL: Exchange = [
  ping('caller'),
  {
    from: 'caller',
    says: `{"event":"call:offer","payload":{"userId":"‹callee›","sdp":{"type":"offer","sdp":"${OFFER_SDP}"},"isVideo":true,"callerName":"Анна \\"Аня\\" 👋","chatId":"c-17","meta":{"device":"web","z":1,"a":[1,2.5,null,false]}}}`,
    heard: `{"event":"call:offer","payload":{"userId":"‹callee›","sdp":{"type":"offer","sdp":"${OFFER_SDP}"},"isVideo":true,"callerName":"Анна \\"Аня\\" 👋","chatId":"c-17","meta":{"device":"web","z":1,"a":[1,2.5,null,false]},"fromUserId":"‹caller›"}}`,
  },
  passedOn('caller', ice(1)),
  passedOn('caller', ice(2, ',"userId":"‹callee›","seq":2')),
  ping('callee'),
  {
    from: 'callee',
    says: `{"event":"call:answer","payload":{"sdp":{"type":"answer","sdp":"${ANSWER_SDP}"},"userId":"‹caller›"}}`,
    heard: `{"event":"call:answer","payload":{"type":"answer","sdp":"${ANSWER_SDP}"}}`,
  },
  passedOn('callee', ice(3)),
  passedOn('caller', ice(4)),
  ping('caller'),
  passedOn('callee', ice(5)),
  // The same call is negotiated anew.
  {
    from: 'caller',
    says: `{"event":"call:offer","payload":{"targetUserId":"‹callee›","sdp":{"type":"offer","sdp":"v=0 again"},"isVideo":true}}`,
    heard: `{"event":"call:offer","payload":{"targetUserId":"‹callee›","sdp":{"type":"offer","sdp":"v=0 again"},"isVideo":true,"fromUserId":"‹caller›"}}`,
  },
  {
    from: 'callee',
    says: '{"event":"call:answer","payload":{"sdp":{"type":"answer","sdp":"v=0 again"}}}',
    heard: '{"event":"call:answer","payload":{"type":"answer","sdp":"v=0 again"}}',
  },
  { from: 'caller', says: '{"event":"call:hangup"}', heard: '{"event":"call:hangup"}' },
];

/**
 * A voice call from the phone client: the callee named by `targetUserId`, the answer bare; the
 * callee hangs up.
 */
export const PHONE_CALL: Exchange = [
  {
    from: 'caller',
    says: `{"event":"call:offer","payload":{"targetUserId":"‹callee›","fromUserId":"somebody else","sdp":{"type":"offer","sdp":"${OFFER_SDP}"},"isVideo":false}}`,
    heard: `{"event":"call:offer","payload":{"targetUserId":"‹callee›","fromUserId":"‹caller›","sdp":{"type":"offer","sdp":"${OFFER_SDP}"},"isVideo":false}}`,
  },
  passedOn('caller', ice(1)),
  {
    from: 'callee',
    says: `{"event":"call:answer","payload":{"type":"answer","sdp":"${ANSWER_SDP}"}}`,
    // The payload has an `sdp`, so that is what is passed on.
    heard: `{"event":"call:answer","payload":"${ANSWER_SDP}"}`,
  },
  passedOn('callee', ice(2)),
  passedOn('callee', '{"event":"call:ice","payload":{"candidate":null}}'),
  {
    from: 'callee',
    says: '{"event":"call:hangup","payload":{"userId":"‹caller›"}}',
    heard: '{"event":"call:hangup"}',
  },
];

/** An answer that has no `sdp` at all is passed on as it is. */
export const BARE_CALL: Exchange = [
  {
    from: 'caller',
    says: '{"event":"call:offer","payload":{"userId":"‹callee›","sdp":"v=0 bare"}}',
    heard:
      '{"event":"call:offer","payload":{"userId":"‹callee›","sdp":"v=0 bare","fromUserId":"‹caller›"}}',
  },
  {
    from: 'callee',
    says: '{"event":"call:answer","payload":{"accepted":true,"codec":"opus"}}',
    heard: '{"event":"call:answer","payload":{"accepted":true,"codec":"opus"}}',
  },
  { from: 'callee', says: '{"event":"call:hangup"}', heard: '{"event":"call:hangup"}' },
];
