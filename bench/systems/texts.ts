/** The length of a candidate with all its attributes, in characters (RFC 8839 §5.1). */
const CANDIDATE_LENGTH = 200;

const BEGINNING = 'candidate:842163049 1 udp 1677729535 198.51.100.7 46154 typ srflx ufrag ';

/** Makes a candidate that carries a text without spaces. */
export const candidateWith = (text: string): string =>
  `${BEGINNING}${text} `.padEnd(CANDIDATE_LENGTH, 'x');

/** Reads the text in a candidate of {@link candidateWith}. */
export const textIn = (candidate: string): string =>
  candidate.slice(BEGINNING.length, candidate.indexOf(' ', BEGINNING.length));

/** Makes what a client sends of a candidate (RTCIceCandidate.toJSON). */
export const toJson = (candidate: string) => ({ candidate, sdpMid: '0', sdpMLineIndex: 0 });

/** A text as long as the description of a call with audio and video, about 3 KB (RFC 8829). */
export const SDP = `v=0\r\n${'a=rtpmap:96 VP8/90000\r\n'.repeat(130)}`;
