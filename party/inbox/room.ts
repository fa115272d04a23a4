import { InboxClientFrame } from '../../src/contract/inbox-room.ts';
import { ToInbox } from '../../src/contract/room-messages.ts';
import { FRAME_LIMIT, PING } from '../../src/contract/rooms.ts';
import { quickToInbox } from '../quick.ts';
import { decodeWith, type RoomDefinition } from '../room.ts';
import { decodeLongOld, decodeOld } from './dialect.ts';
import { type InboxFrame, start, step } from './machine.ts';
import { deadline, type InboxState, kept, reminder } from './state.ts';

const decodeNew = decodeWith(InboxClientFrame, ['hello', 'decline', 'hangup', 'ping']);

/** The room where a user's devices are reached. It sleeps: thousands stand idle. */
export const inboxRoom: RoomDefinition<InboxState, InboxFrame, ToInbox> = {
  party: 'inbox',
  frameLimit: FRAME_LIMIT,
  ping: PING,
  hibernate: true,
  message: ToInbox,
  quick: quickToInbox,
  asksWhoIsHere: ({ type }) => type === 'ring',
  decode: (text, who) => (who?.old ? decodeOld(text) : decodeNew(text)),
  decodeLong: (text, bytes, who) => (who?.old ? decodeLongOld(text, bytes) : undefined),
  start,
  step,
  kept,
  deadline,
  reminder,
};
