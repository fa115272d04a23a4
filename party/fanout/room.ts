import { PING } from '../../src/contract/sockets/protocol.ts';
import type { RoomDefinition } from '../definition.ts';
import { ToFanout } from '../wire/chats.ts';
import type { FanoutState } from './machine.ts';
import { startFanout, stepFanout } from './machine.ts';

/** The longest frame that is read, in bytes: nobody connects. */
const FRAME_LIMIT = 1024;

/** The room that tells the members of a chat who are too many for the Worker [M27]. */
export const fanoutRoomDefinition: RoomDefinition<FanoutState, never, ToFanout> = {
  party: 'fanout',
  frameLimit: FRAME_LIMIT,
  ping: PING,
  hibernate: true,
  message: ToFanout,
  decode: () => undefined,
  start: startFanout,
  step: stepFanout,
  kept: () => null,
  deadline: ({ dueAt }) => dueAt,
};
