import { qrRoomDefinition } from '../../qr/room.ts';
import { roomOnPartyKit } from './adapter.ts';

/** A `qr` room on PartyKit. */
export default roomOnPartyKit(qrRoomDefinition);
