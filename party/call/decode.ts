import type { CallClientFrame } from '../../src/contract/call-room.ts';

type SignalFrame = Extract<CallClientFrame, { type: 'signal' }>;
type Candidate = NonNullable<Extract<SignalFrame['signal'], { kind: 'candidate' }>['candidate']>;
type Unknown<Type> = { readonly [Name in keyof Type]?: unknown };

const isText = (value: unknown): value is string | null | undefined => typeof value === 'string' || value == null;
const isIndex = (value: unknown): value is number | null | undefined => Number.isSafeInteger(value) || value == null;
const isSomething = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** What a candidate says that is as it has to be, without what else it carries. */
const candidateIn = (value: Unknown<Candidate>): Candidate | undefined => {
  const { candidate, sdpMid, sdpMLineIndex, usernameFragment } = value;
  if (typeof candidate !== 'string' || !isText(sdpMid) || !isIndex(sdpMLineIndex) || !isText(usernameFragment)) return;
  const read: Candidate = { candidate };
  if (sdpMid !== undefined) read.sdpMid = sdpMid;
  if (sdpMLineIndex !== undefined) read.sdpMLineIndex = sdpMLineIndex;
  if (usernameFragment !== undefined) read.usernameFragment = usernameFragment;
  return read;
};

/**
 * What a frame with a candidate says: most of what a room hears is that, and the schema is slow where code must not be generated, as in Workers.
 *
 * @returns the same as the schema of client frames, or undefined where that has to be asked: it alone refuses
 */
export const decodeCandidate = (frame: Unknown<SignalFrame>): SignalFrame | undefined => {
  const { type, seq, to, signal } = frame;
  if (type !== 'signal' || !Number.isSafeInteger(seq) || (seq as number) < 1) return;
  if (to !== undefined && (typeof to !== 'string' || to.length > 64)) return;
  if (!isSomething(signal)) return;
  const { kind, candidate } = signal as Unknown<Extract<SignalFrame['signal'], { kind: 'candidate' }>>;
  if (kind !== 'candidate' || !isSomething(candidate)) return;
  const read = candidateIn(candidate);
  if (!read) return;
  const said: SignalFrame['signal'] = { kind, candidate: read };
  return to === undefined ? { type, seq: seq as number, signal: said } : { type, seq: seq as number, to, signal: said };
};
