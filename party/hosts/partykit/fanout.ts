import { fanoutRoomDefinition } from '../../fanout/room.ts';
import { roomOnPartyKit } from './adapter.ts';

/** A `fanout` room on PartyKit. */
export default roomOnPartyKit(fanoutRoomDefinition);
