import { FRAME_LIMIT, PING } from '../../src/contract/sockets/protocol.ts';
import type { RoomDefinition } from '../definition.ts';
import { readCandidateToCall } from '../read-candidates.ts';
import { ToCall } from '../wire/messages.ts';
import type { CallFrame } from './decode.ts';
import { decodeFrame, decodeLongFrame } from './decode.ts';
import { nextDeadline, nextReminder, startCall, stepCall, writeRoom } from './machine.ts';
import type { CallRoomState } from './state.ts';

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
