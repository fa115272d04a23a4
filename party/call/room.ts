import { FRAME_LIMIT, PING } from '../../src/contract/sockets/protocol.ts';
import type { RoomDefinition } from '../definition.ts';
import { quickToCall } from '../quick.ts';
import { ToCall } from '../wire/messages.ts';
import { type CallFrame, decodeFrame, decodeLongFrame } from './decode.ts';
import { deadline, kept, reminder, start, step } from './machine.ts';
import type { CallRoomState } from './state.ts';

/** The room of a call. It does not sleep: a call is short. */
export const callRoom: RoomDefinition<CallRoomState, CallFrame, ToCall> = {
  party: 'call',
  frameLimit: FRAME_LIMIT,
  ping: PING,
  hibernate: false,
  message: ToCall,
  quick: quickToCall,
  decode: decodeFrame,
  decodeLong: decodeLongFrame,
  start: (id, given, _, now) => start(id, given, now),
  step,
  kept,
  deadline,
  reminder,
};
