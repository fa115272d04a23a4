import type { RoomServices } from '../../party/wire/rooms.ts';
import type { Authenticator } from '../platform/http/router.ts';
import type { TelegramServices } from '../telegram/services.ts';
import type { Sessions } from './sessions.ts';
import type { Session } from './token.ts';

/** All services of the features, made once by `createServices`. */
export interface Services extends TelegramServices, RoomServices {
  readonly sessions: Sessions;
  readonly authenticator: Authenticator<Session>;
}
