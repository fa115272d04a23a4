import type { Rooms } from '../party/wire/rooms.ts';
import { NO_ROOMS } from '../party/wire/rooms.ts';
import { createDatabase } from './platform/db/client.ts';
import { createRedis } from './platform/redis/client.ts';
import type { Settings } from './platform/settings.ts';
import { createAuthenticator } from './session/authenticator.ts';
import type { Services } from './session/services.ts';
import { createSessions } from './session/sessions.ts';
import { createTelegram } from './telegram/api.ts';

/**
 * Creates all services: this is the composition root.
 *
 * @param settings parsed settings
 * @param options the clock, which tests move, and the rooms, which only the Worker has
 */
export const createServices = (
  settings: Settings,
  { now = Date.now, rooms = NO_ROOMS }: { now?: () => number; rooms?: Rooms } = {},
): Services => {
  const redis = createRedis(settings.UPSTASH_REDIS_REST_URL, settings.UPSTASH_REDIS_REST_TOKEN);
  const sessions = createSessions({ redis, now });
  return {
    settings,
    db: createDatabase(settings.DATABASE_URL, settings.DATABASE_ENDPOINT),
    redis,
    telegram: createTelegram(settings.TELEGRAM_BOT_TOKEN, settings.TELEGRAM_API_URL),
    sessions,
    authenticator: createAuthenticator({ settings, now }, sessions),
    rooms,
    now,
  };
};
