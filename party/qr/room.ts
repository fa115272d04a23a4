import { PING } from '../../src/contract/sockets/protocol.ts';
import { QrMessage, qrRoomExpiry } from '../../src/contract/sockets/qr.ts';
import type { RoomDefinition } from '../definition.ts';
import type { QrState } from './machine.ts';
import { stepQr } from './machine.ts';

/** The longest frame that is read here, in bytes: clients say nothing but ping. */
const FRAME_LIMIT = 1024;

/**
 * The room of a sign-in by QR code. The Worker lets in who has its id, which says when it expires.
 */
export const qrRoomDefinition: RoomDefinition<QrState, never, QrMessage> = {
  party: 'qr',
  frameLimit: FRAME_LIMIT,
  ping: PING,
  hibernate: true,
  message: QrMessage,
  decode: () => undefined,
  start: (id, { kept }) => ({
    state: {
      expiresAt: qrRoomExpiry(id),
      told: QrMessage.shape.type.optional().parse(kept ?? undefined),
    },
    effects: [],
  }),
  step: stepQr,
  kept: ({ told }) => told,
  deadline: ({ expiresAt }) => expiresAt,
};
