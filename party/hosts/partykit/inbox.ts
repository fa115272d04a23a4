import { inboxRoomDefinition } from '../../inbox/room.ts';
import { roomOnPartyKit } from './adapter.ts';

/** An `inbox` room on PartyKit. */
export default roomOnPartyKit(inboxRoomDefinition);
