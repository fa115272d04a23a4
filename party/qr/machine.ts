import { DEVICE_LIMIT } from '../../src/contract/sockets/protocol.ts';
import type { QrMessage } from '../../src/contract/sockets/qr.ts';
import type { Effect, RoomEvent, Step } from '../definition.ts';

/** What a room knows. */
export interface QrState {
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  /** What it was told last, for whoever comes late. */
  readonly told: QrMessage['type'] | undefined;
}

/** What happens to a room. */
export type QrEvent = RoomEvent<never, QrMessage>;

/** A room of a sign-in by QR code: tells its listeners what it is told, those who come late too, until it expires. */
export const step = (state: QrState, event: QrEvent, now: number): Step<QrState> => {
  const same = (...effects: Effect[]): Step<QrState> => ({ state, effects });
  switch (event.type) {
    case 'join': {
      const { id, present } = event;
      if (now >= state.expiresAt) return same({ type: 'close', id, why: 'expired' });
      // The client's own connection, and those that it lost and nobody has missed yet.
      if (present.length > DEVICE_LIMIT) return same({ type: 'close', id, why: 'full' });
      return state.told ? same({ type: 'send', to: id, frame: { type: state.told } }) : same();
    }
    case 'message': {
      const { message } = event;
      const reply: Effect = { type: 'reply', request: event.request, answer: { outcome: 'done' } };
      // Two requests told it, and the later word may come first: what is denied stays so.
      const old = state.told === 'denied' || state.told === message.type;
      if (old || now >= state.expiresAt) return same(reply);
      return {
        state: { ...state, told: message.type },
        effects: [{ type: 'keep' }, { type: 'send', frame: message }, reply],
      };
    }
    case 'alarm':
      return now < state.expiresAt
        ? same()
        : same({ type: 'close', why: 'expired' }, { type: 'forget' });
    default:
      return same();
  }
};
