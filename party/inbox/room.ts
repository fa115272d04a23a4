import { InboxClientFrame } from '../../src/contract/sockets/inbox.ts';
import { FRAME_LIMIT, PING } from '../../src/contract/sockets/protocol.ts';
import { decodeWith, type RoomDefinition } from '../definition.ts';
import { quickToInbox } from '../quick.ts';
import { ToInbox } from '../wire/messages.ts';
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
