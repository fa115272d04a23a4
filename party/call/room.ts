import { CallClientFrame, isObject, readCandidate } from '../../src/contract/sockets/call.ts';
import { FRAME_LIMIT, PING, SIGNAL_LIMIT } from '../../src/contract/sockets/protocol.ts';
import type { Decoded, RoomDefinition } from '../definition.ts';
import { decodeObjectWith, listFrameTypes, parseObject } from '../definition.ts';
import { readCandidateToCall } from '../read-candidates.ts';
import { ToCall } from '../wire/messages.ts';
import { nextDeadline, nextReminder, startCall, stepCall, writeRoom } from './machine.ts';
import type { CallFrame, CallRoomState, RefusedSignal } from './state.ts';

type SignalFrame = Extract<CallClientFrame, { type: 'signal' }>;
type Unknown<Type> = { readonly [Name in keyof Type]?: unknown };

/**
 * Decodes a frame with a candidate, as most frames are, without the schema, which is slow in
 * Workers because they forbid generated code.
 *
 * @returns what the schema of client frames would, or undefined where the schema has to decide
 */
export const decodeCandidate = (frame: Unknown<SignalFrame>): SignalFrame | undefined => {
  const { type, seq, to, epoch, signal } = frame;
  if (type !== 'signal' || !Number.isSafeInteger(seq) || (seq as number) < 1) return;
  if (to !== undefined && (typeof to !== 'string' || to.length > 64)) return;
  if (epoch !== undefined && (!Number.isSafeInteger(epoch) || (epoch as number) < 1)) return;
  if (!isObject(signal)) return;
  const { kind, candidate } = signal as Unknown<
    Extract<SignalFrame['signal'], { kind: 'candidate' }>
  >;
  if (kind !== 'candidate' || !isObject(candidate)) return;
  const read = readCandidate(candidate);
  if (!read) return;
  return {
    type,
    seq: seq as number,
    ...(to !== undefined && { to }),
    ...(epoch !== undefined && { epoch: epoch as number }),
    signal: { kind, candidate: read },
  };
};

const TYPES = listFrameTypes(CallClientFrame);
const decodeKnown = decodeObjectWith(CallClientFrame, TYPES, decodeCandidate);

/** Refuses a signal, by its number if it has a good one [C21]. */
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

/** Decodes a text frame. */
const decodeFrame = (text: string): Decoded<CallFrame> => {
  const json = parseObject(text);
  return json ? decodeObject(json) : { error: 'malformed' };
};

/** Decodes a frame that is longer than the limit: only a signal may be, up to its own limit. */
const decodeLongFrame = (text: string, bytes: number): Decoded<CallFrame> | undefined => {
  const json: Unknown<SignalFrame> | undefined = parseObject(text);
  if (json?.type !== 'signal') return undefined;
  return bytes > SIGNAL_LIMIT ? refuseSignal(json, 'too_long') : decodeObject(json);
};

/** The room of a call. It does not hibernate, since a call is short. */
export const callRoomDefinition: RoomDefinition<CallRoomState, CallFrame, ToCall> = {
  party: 'call',
  frameLimit: FRAME_LIMIT,
  ping: PING,
  hibernate: false,
  message: ToCall,
  quick: readCandidateToCall,
  decode: decodeFrame,
  decodeLong: decodeLongFrame,
  start: startCall,
  step: stepCall,
  kept: writeRoom,
  deadline: nextDeadline,
  reminder: nextReminder,
};
