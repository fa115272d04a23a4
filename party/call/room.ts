import { CallClientFrame } from '../../src/contract/call-room.ts';
import { ToCall } from '../../src/contract/room-messages.ts';
import { FRAME_LIMIT, PING } from '../../src/contract/rooms.ts';
import { decodeWith, type RoomDefinition } from '../room.ts';
import { decodeCandidate } from './decode.ts';
import { deadline, kept, reminder, start, step } from './machine.ts';
import type { CallRoomState } from './state.ts';

/** The room of a call. It does not sleep: a call is short. */
export const callRoom: RoomDefinition<CallRoomState, CallClientFrame, ToCall> = {
  party: 'call',
  frameLimit: FRAME_LIMIT,
  ping: PING,
  hibernate: false,
  message: ToCall,
  decode: decodeWith(
    CallClientFrame,
    ['hello', 'accept', 'decline', 'hangup', 'signal', 'ack', 'ping'],
    decodeCandidate,
  ),
  start: (id, given, _, now) => start(id, given, now),
  step,
  kept,
  deadline,
  reminder,
};
