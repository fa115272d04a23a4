import { CallClientFrame } from '../../src/contract/sockets/call.ts';
import type { FrameError } from '../../src/contract/sockets/protocol.ts';
import { SIGNAL_LIMIT } from '../../src/contract/sockets/protocol.ts';
import { type Decoded, decodeObjectWith, parseObject } from '../definition.ts';
import { candidateIn, isSomething } from '../quick.ts';

type SignalFrame = Extract<CallClientFrame, { type: 'signal' }>;
type Unknown<Type> = { readonly [Name in keyof Type]?: unknown };

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
  const { kind, candidate } = signal as Unknown<
    Extract<SignalFrame['signal'], { kind: 'candidate' }>
  >;
  if (kind !== 'candidate' || !isSomething(candidate)) return;
  const read = candidateIn(candidate);
  if (!read) return;
  const said: SignalFrame['signal'] = { kind, candidate: read };
  return to === undefined
    ? { type, seq: seq as number, signal: said }
    : { type, seq: seq as number, to, signal: said };
};

/** A signal that cannot be taken, by the number that it has used in vain. */
export interface RefusedSignal {
  readonly type: 'refused';
  readonly seq: number;
  readonly code: Extract<FrameError, 'invalid' | 'too_long'>;
}

/** What a room hears of a client. */
export type CallFrame = CallClientFrame | RefusedSignal;

const TYPES = ['hello', 'accept', 'decline', 'hangup', 'signal', 'ack', 'ping'];
const decodeKnown = decodeObjectWith(CallClientFrame, TYPES, decodeCandidate);

/** Refuses a signal by its number, or without one where it has none. */
const refuseSignal = (
  { seq }: Unknown<SignalFrame>,
  code: RefusedSignal['code'],
): Decoded<CallFrame> =>
  Number.isSafeInteger(seq) && (seq as number) >= 1
    ? { frame: { type: 'refused', seq: seq as number, code } }
    : { error: 'invalid' };

const decodeObject = (json: Unknown<SignalFrame>): Decoded<CallFrame> => {
  const decoded = decodeKnown(json);
  const isInvalid = 'error' in decoded && decoded.error === 'invalid';
  return isInvalid && json.type === 'signal' ? refuseSignal(json, 'invalid') : decoded;
};

/** What a frame says. */
export const decodeFrame = (text: string): Decoded<CallFrame> => {
  const json = parseObject(text);
  return json ? decodeObject(json) : { error: 'malformed' };
};

/** What a frame says that is longer than others may be: a signal, which may be too long itself. */
export const decodeLongFrame = (text: string, bytes: number): Decoded<CallFrame> | undefined => {
  const json: Unknown<SignalFrame> | undefined = parseObject(text);
  if (json?.type !== 'signal') return undefined;
  return bytes > SIGNAL_LIMIT ? refuseSignal(json, 'too_long') : decodeObject(json);
};
