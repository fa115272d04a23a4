import { DEVICE_LIMIT } from '../../src/contract/sockets/protocol.ts';
import type { QrMessage } from '../../src/contract/sockets/qr.ts';
import type { Effect, RoomEvent, Step } from '../definition.ts';

/** What a `qr` room knows. */
export interface QrState {
  /** In milliseconds since 1970. */
  readonly expiresAt: number;
  /** The last message of the Worker, for devices that come late. */
  readonly told: QrMessage['type'] | undefined;
}

/** What happens to a `qr` room. */
export type QrEvent = RoomEvent<never, QrMessage>;

/**
 * Takes one step of the room of a sign-in by QR code: it passes on to its devices, also to late
 * ones, what the Worker says, until it expires.
 */
export const stepQr = (state: QrState, event: QrEvent, now: number): Step<QrState> => {
  const unchanged = (...effects: Effect[]): Step<QrState> => ({ state, effects });
  switch (event.type) {
    case 'join': {
      const { id, present } = event;
      if (now >= state.expiresAt) return unchanged({ type: 'close', id, why: 'expired' });
      // The client's own connection, and lost ones that have not timed out yet.
      if (present.length > DEVICE_LIMIT) return unchanged({ type: 'close', id, why: 'full' });
      return state.told
        ? unchanged({ type: 'send', to: id, frame: { type: state.told } })
        : unchanged();
    }
    case 'message': {
      const { message } = event;
      const reply: Effect = { type: 'reply', request: event.request, answer: { outcome: 'done' } };
      // Messages of two requests may arrive in the wrong order: what is denied stays denied.
      const isStale = state.told === 'denied' || state.told === message.type;
      if (isStale || now >= state.expiresAt) return unchanged(reply);
      return {
        state: { ...state, told: message.type },
        effects: [{ type: 'keep' }, { type: 'send', frame: message }, reply],
      };
    }
    case 'alarm':
      return now < state.expiresAt
        ? unchanged()
        : unchanged({ type: 'close', why: 'expired' }, { type: 'forget' });
    default:
      return unchanged();
  }
};
