import type { QrMessage } from '../src/contract/rooms.ts';
import { type CLOSE, FRAME_LIMIT } from '../src/contract/rooms.ts';

/** How many connections a room takes: the client's, and those that it lost and the server has not missed yet. */
export const CONNECTION_LIMIT = 8;

/** What a room knows. */
export interface QrState {
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  /** What it was told last, for whoever comes late. */
  readonly told: QrMessage['type'] | undefined;
}

/** What happens to a room. `connections` counts the one that joins. */
export type QrEvent =
  | { readonly type: 'join'; readonly id: string; readonly connections: number }
  | { readonly type: 'frame'; readonly id: string; readonly length: number }
  | { readonly type: 'tell'; readonly message: QrMessage }
  | { readonly type: 'alarm' };

/** What a room does. `to` and `id` name a connection; without, all. */
export type QrEffect =
  | { readonly type: 'send'; readonly to?: string; readonly message: QrMessage }
  | { readonly type: 'close'; readonly id?: string; readonly why: keyof typeof CLOSE }
  | { readonly type: 'keep'; readonly told: QrMessage['type'] }
  | { readonly type: 'forget' };

/** The state that follows, and what to do, in this order. */
export interface QrStep {
  readonly state: QrState;
  readonly effects: readonly QrEffect[];
}

/**
 * A room of a sign-in by QR code: tells its listeners what it is told, those who come late too, until it expires.
 *
 * @param now milliseconds since 1970
 */
export const step = (state: QrState, event: QrEvent, now: number): QrStep => {
  const same = (...effects: QrEffect[]): QrStep => ({ state, effects });
  switch (event.type) {
    case 'join': {
      const { id, connections } = event;
      if (now >= state.expiresAt) return same({ type: 'close', id, why: 'expired' });
      if (connections > CONNECTION_LIMIT) return same({ type: 'close', id, why: 'full' });
      return state.told ? same({ type: 'send', to: id, message: { type: state.told } }) : same();
    }
    case 'frame':
      return event.length > FRAME_LIMIT ? same({ type: 'close', id: event.id, why: 'tooBig' }) : same();
    case 'tell': {
      const { message } = event;
      // Two requests told it, and the later word may come first: what is denied stays so.
      const old = state.told === 'denied' || state.told === message.type;
      if (old || now >= state.expiresAt) return same();
      const told = message.type;
      return {
        state: { ...state, told },
        effects: [
          { type: 'keep', told },
          { type: 'send', message },
        ],
      };
    }
    case 'alarm':
      return same({ type: 'close', why: 'expired' }, { type: 'forget' });
  }
};
