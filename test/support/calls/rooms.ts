import type { CreateAnswer, LimitAnswer, PermitAnswer } from '../../../party/wire/messages.ts';
import type { Rooms } from '../../../party/wire/rooms.ts';
import { NO_ROOMS } from '../../../party/wire/rooms.ts';

/** What a room was asked. */
export type Asked = Parameters<Rooms['ask']>;

/** What calls answer. */
export interface Answers {
  readonly create?: CreateAnswer;
  readonly permit?: PermitAnswer;
  /** What inboxes answer to whoever needs a TURN credential. */
  readonly turn?: LimitAnswer;
  /** What inboxes answer to whoever invites somebody. */
  readonly invite?: LimitAnswer;
  /** Gets what is asked; what it throws is what the Worker gets. */
  readonly hear?: (...asked: Asked) => void;
}

/** Rooms for apps outside workerd: by default every call rings, and everybody may join. */
export const cannedRooms = ({
  create = { outcome: 'created', state: 'ringing' },
  permit = { outcome: 'ok', role: 'caller', video: false },
  turn = { outcome: 'ok' },
  invite = { outcome: 'ok' },
  hear = () => undefined,
}: Answers = {}): Rooms => ({
  ...NO_ROOMS,
  ask: async (room, message) => {
    hear(room, message);
    if (message.type === 'create') return create;
    if (message.type === 'turn') return turn;
    if (message.type === 'invite') return room.party === 'inbox' ? invite : { outcome: 'ok' };
    return message.type === 'permit' ? permit : { outcome: 'done' };
  },
});
