import { InboxClientFrame } from '../../src/contract/sockets/inbox.ts';
import { FRAME_LIMIT, PING } from '../../src/contract/sockets/protocol.ts';
import type { RoomDefinition } from '../definition.ts';
import { decodeWith, listFrameTypes } from '../definition.ts';
import { readCandidatesToInbox } from '../read-candidates.ts';
import { ToInbox } from '../wire/messages.ts';
import { decodeLegacy, decodeLongLegacy } from './dialect.ts';
import type { InboxFrame } from './machine.ts';
import { startInbox, stepInbox } from './machine.ts';
import type { InboxState } from './state.ts';
import { alarmAt, reminderAt, toStored } from './state.ts';

const decodeNew = decodeWith(InboxClientFrame, listFrameTypes(InboxClientFrame));

/** The room where the devices of a user are reached. It sleeps, since thousands stand idle. */
export const inboxRoomDefinition: RoomDefinition<InboxState, InboxFrame, ToInbox> = {
  party: 'inbox',
  frameLimit: FRAME_LIMIT,
  ping: PING,
  hibernate: true,
  message: ToInbox,
  quick: readCandidatesToInbox,
  asksWhoIsHere: (message) =>
    message.type === 'ring' || (message.type === 'chat' && message.push === true),
  decode: (text, who) => (who?.old ? decodeLegacy(text) : decodeNew(text)),
  decodeLong: (text, bytes, who) => (who?.old ? decodeLongLegacy(text, bytes) : undefined),
  start: startInbox,
  step: stepInbox,
  kept: toStored,
  deadline: alarmAt,
  reminder: reminderAt,
};
