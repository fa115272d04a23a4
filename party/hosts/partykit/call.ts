import { callRoomDefinition } from '../../call/room.ts';
import { roomOnPartyKit } from './adapter.ts';

/** A `call` room on PartyKit. */
export default roomOnPartyKit(callRoomDefinition);
